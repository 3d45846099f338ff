import fc from 'fast-check';
import { type L7Record } from '@bpfnet/flow-model/records';
import { fieldName, fieldNames, LineText, type NamesOf } from '../src/record/line-text';

const N = fieldNames(
  'netns',
  'tx_bytes',
  'duration_ms',
  'tx_retrans',
  'virtual_nic',
  'vni_id',
  'pkt_chunk_range',
  'nic_name',
  'nic_mac',
  'container_id',
  'host'
);

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
          const head = new LineText(8192).begin().text(N.netns, text);
          const kept = new Float64Array(2 + Math.ceil(head.length / 8));
          head.cacheInto(kept, 2);
          const json = line
            .begin()
            .cached(kept, 2, head.length)
            .number(N.tx_bytes, n)
            .ms(N.duration_ms, ns)
            .ifAny(N.tx_retrans, n)
            .flag(N.virtual_nic, flag)
            .number(N.vni_id, undefined)
            .pair(N.pkt_chunk_range, 1, n)
            .close()
            .toString();
          expect(JSON.parse(json)).toEqual({
            netns: text,
            tx_bytes: n,
            duration_ms: ns / 1e6,
            ...(n > 0 ? { tx_retrans: n } : {}),
            virtual_nic: flag,
            pkt_chunk_range: [1, n],
          });
        }
      )
    );
  });

  it('leaves zero counters and absent values out', () => {
    expect(
      new LineText()
        .begin()
        .ifAny(N.nic_name, 0)
        .plain(N.nic_mac, undefined)
        .text(N.container_id, undefined)
        .ms(N.duration_ms, -5)
        .close()
        .toString()
    ).toBe('{"duration_ms":0}');
  });

  it('is ASCII, so that its length is its size', () => {
    expect(new LineText().begin().text(N.host, 'Zürich "1"\n').close().toString()).toBe(
      '{"host":"Z\\u00fcrich \\"1\\"\\n"}'
    );
  });

  it('has the fields of the contract only, and all that a record has', () => {
    // @ts-expect-error The contract has no such field.
    expect(fieldName('tx_retran').length).toBe(',"tx_retran":'.length);
    // @ts-expect-error An L7 record has an outcome and may have a trace_id.
    const names = fieldNames('request_id') satisfies NamesOf<Pick<L7Record, 'request_id' | 'trace_id'>, never>;
    expect(Object.keys(names)).toEqual(['request_id']);
  });
});
