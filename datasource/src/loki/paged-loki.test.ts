import fc from 'fast-check';
import { DataError } from '../data-error';
import { type Logql } from '../plan/logql';
import { type LineQuery, type LogEntry, type LokiClient, newestFirst } from './loki-client';
import { pagedLoki } from './paged-loki';

const QUERY = '{source="bpf_net_l7_log"}' as Logql;
const signal = new AbortController().signal;
const EPOCH_MS = 1_764_000_000_000;

/** Times in µs after the epoch. */
function entriesAt(times: readonly number[]): readonly LogEntry[] {
  return times.map((us, i) => ({
    tsNs: BigInt(EPOCH_MS) * 1_000_000n + BigInt(us) * 1000n,
    line: `line ${i}`,
    labels: { flow_shard: String(i % 3) },
  }));
}

/** A store that takes whole milliseconds and refuses answers above a number of lines. */
function store(entries: readonly LogEntry[], mostLines = Infinity): LokiClient & { readonly asked: LineQuery[] } {
  const asked: LineQuery[] = [];
  return {
    asked,
    instant: async () => [],
    series: async () => [],
    async lines(query) {
      asked.push(query);
      if (query.maxLines > mostLines) {
        const reason = 'rpc error: code = ResourceExhausted desc = grpc: received message larger than max';
        throw new DataError({ kind: 'refused', reason, logql: query.logql });
      }
      const wholeMs = {
        ...query,
        window: { ...query.window, toNs: ((query.window.toNs + 999_999n) / 1_000_000n) * 1_000_000n },
      };
      return newestFirst(newestFirst(entries, wholeMs), query);
    },
  };
}

const windowOf = (fromUs: number, toUs: number) => ({
  fromNs: BigInt(EPOCH_MS) * 1_000_000n + BigInt(fromUs) * 1000n,
  toNs: BigInt(EPOCH_MS) * 1_000_000n + BigInt(toUs) * 1000n,
});

describe('pages of log lines', () => {
  it('are as many as needed, and one where that is enough', async () => {
    const entries = entriesAt(Array.from({ length: 5000 }, (_, i) => i * 700));
    const large = store(entries);
    const window = windowOf(0, 1e7);
    expect(await pagedLoki(large).lines({ logql: QUERY, window, maxLines: 5000 }, signal)).toEqual(
      newestFirst(entries, { logql: QUERY, window, maxLines: 5000 })
    );
    expect(Math.max(...large.asked.map(({ maxLines }) => maxLines))).toBe(2000);
    expect(large.asked).toHaveLength(3);

    const small = store(entries.slice(0, 10));
    expect(await pagedLoki(small).lines({ logql: QUERY, window, maxLines: 5000 }, signal)).toHaveLength(10);
    expect(small.asked).toHaveLength(1);
  });

  it('hold together what one answer would have held', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 80 }),
        fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 20_000 })),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 30 }),
        async (times, [a, b], maxLines, pageLines) => {
          const entries = entriesAt(times);
          const query = { logql: QUERY, window: windowOf(Math.min(a, b), Math.max(a, b) + 1), maxLines };
          const read = await pagedLoki(store(entries)).lines({ ...query, pageLines }, signal);
          const times_ = (list: readonly LogEntry[]) => list.map(({ tsNs }) => tsNs);
          expect(times_(read)).toEqual(times_(newestFirst(entries, query)));
          expect(new Set(read.map(({ line }) => line)).size).toBe(read.length);
        }
      ),
      { numRuns: 1000, examples: [[[19_001, 0], [19_000, 0], 1, 1]] }
    );
  });

  it('become smaller where a store finds them too large', async () => {
    const entries = entriesAt(Array.from({ length: 3000 }, (_, i) => i * 700));
    const client = store(entries, 600);
    const read = await pagedLoki(client).lines({ logql: QUERY, window: windowOf(0, 1e7), maxLines: 5000 }, signal);
    expect(read).toHaveLength(3000);
    await expect(
      pagedLoki(store(entries, 1)).lines({ logql: QUERY, window: windowOf(0, 1e7), maxLines: 5000 }, signal)
    ).rejects.toMatchObject({ problem: { kind: 'refused' } });
  });
});
