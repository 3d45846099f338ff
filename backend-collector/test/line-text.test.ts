import fc from 'fast-check';
import { LineText } from '../src/record/line-text';

describe('a line', () => {
  it('parses to what was written, whatever the texts and numbers', () => {
    const line = new LineText();
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.maxSafeNat(),
        fc.integer({ min: 0, max: 2 ** 50 }),
        fc.boolean(),
        (text, n, ns, flag) => {
          const head = new LineText(8192).begin().text('text', text);
          const json = line
            .begin()
            .fieldsOf(head.bytes, 1, head.length)
            .number('n', n)
            .ms('ms', ns)
            .ifAny('any', n)
            .flag('flag', flag)
            .number('absent', undefined)
            .pair('pair', 1, n)
            .end()
            .toString();
          expect(JSON.parse(json)).toEqual({ text, n, ms: ns / 1e6, ...(n > 0 ? { any: n } : {}), flag, pair: [1, n] });
        }
      )
    );
  });

  it('leaves zero counters and absent values out', () => {
    expect(
      new LineText().begin().ifAny('a', 0).plain('b', undefined).text('c', undefined).ms('d', -5).end().toString()
    ).toBe('{"d":0}');
  });

  it('is ASCII, so that its length is its size', () => {
    expect(new LineText().begin().text('host', 'Zürich "1"\n').end().toString()).toBe(
      '{"host":"Z\\u00fcrich \\"1\\"\\n"}'
    );
  });
});
