import fc from 'fast-check';
import { fieldNames, LineText } from '../src/record/line-text';

const N = fieldNames('text', 'n', 'ms', 'any', 'flag', 'absent', 'pair', 'a', 'b', 'c', 'd', 'host');

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
          const head = new LineText(8192).begin().text(N.text, text);
          const kept = new Float64Array(2 + Math.ceil(head.length / 8));
          head.cacheInto(kept, 2);
          const json = line
            .begin()
            .cached(kept, 2, head.length)
            .number(N.n, n)
            .ms(N.ms, ns)
            .ifAny(N.any, n)
            .flag(N.flag, flag)
            .number(N.absent, undefined)
            .pair(N.pair, 1, n)
            .close()
            .toString();
          expect(JSON.parse(json)).toEqual({ text, n, ms: ns / 1e6, ...(n > 0 ? { any: n } : {}), flag, pair: [1, n] });
        }
      )
    );
  });

  it('leaves zero counters and absent values out', () => {
    expect(
      new LineText().begin().ifAny(N.a, 0).plain(N.b, undefined).text(N.c, undefined).ms(N.d, -5).close().toString()
    ).toBe('{"d":0}');
  });

  it('is ASCII, so that its length is its size', () => {
    expect(new LineText().begin().text(N.host, 'Zürich "1"\n').close().toString()).toBe(
      '{"host":"Z\\u00fcrich \\"1\\"\\n"}'
    );
  });
});
