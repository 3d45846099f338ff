import { FIELD_WORDS, type FieldKind } from '../src/field-words';
import * as z from 'zod';
import { l4RecordSchema, l7RecordSchema } from '../src/records';

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

const propertiesOf = (schema: z.ZodType) =>
  Object.entries(z.toJSONSchema(schema).properties as Record<string, { type: string; description: string }>);

it.each([...propertiesOf(l4RecordSchema), ...propertiesOf(l7RecordSchema)])(
  'the field %s has the kind of its values',
  (name, { type, description }) => {
    const { kind } = FIELD_WORDS[name as keyof typeof FIELD_WORDS];
    expect(JSON_TYPES[kind]).toContain(type);
    expect(kind === 'milliseconds').toBe(/, ms$/.test(description));
    expect(kind === 'bytes').toBe(/_bytes$/.test(name));
  }
);

it('no two fields share a title', () => {
  const titles = Object.values(FIELD_WORDS).map(({ title }) => title);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});
