import { FIELD_WORDS, type FieldKind } from '../src/field-words';
import { recordJsonSchema } from '../src/record-docs';

const JSON_TYPES: Readonly<Record<FieldKind, readonly string[]>> = {
  text: ['string'],
  id: ['string'],
  number: ['integer'],
  count: ['integer'],
  bytes: ['integer'],
  milliseconds: ['number'],
  boolean: ['boolean'],
  list: ['array'],
};

const { $defs } = recordJsonSchema() as {
  $defs: Record<string, { properties: Record<string, { type: string; description: string }> }>;
};

describe.each(['bpf_net_l4_log', 'bpf_net_l7_log'])('fields of %s', (source) => {
  it.each(Object.entries($defs[source].properties))('%s has the kind of its values', (name, { type, description }) => {
    const { kind } = FIELD_WORDS[name as keyof typeof FIELD_WORDS];
    expect(JSON_TYPES[kind]).toContain(type);
    expect(kind === 'milliseconds').toBe(/, ms$/.test(description));
    expect(kind === 'bytes').toBe(/_bytes$/.test(name));
  });
});

it('no two fields share a title', () => {
  const titles = Object.values(FIELD_WORDS).map(({ title }) => title);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});
