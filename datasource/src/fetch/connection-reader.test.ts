import { lineStore, type LineStore } from '../test/line-store';
import { EPOCH_NS, type Exchange, linesOf, SHARD_COUNT, traffic, TWO_HOSTS } from '../test/traffic-script';
import { type ResolvedLookUp } from '../query/look-up';
import { ChunkCache } from './chunk-cache';
import { ConnectionReader, type ReadOptions } from './connection-reader';
import { type LookUpResult } from './connection-records';

const REQUEST: Exchange = { requestId: '00112233445566ff', atMs: 600_000, serverMs: 12, clientIsn: 77, serverIsn: 99 };
const OTHER: Exchange = { ...REQUEST, requestId: 'ffeeddccbbaa9988', clientIsn: 78, atMs: 600_010 };

const HOUR = { fromNs: EPOCH_NS, toNs: EPOCH_NS + BigInt(3_600_000_000_000) };

const OPTIONS: ReadOptions = {
  window: HOUR,
  shardCount: SHARD_COUNT,
  want: { chunks: true, packets: true },
  nics: 'all',
  signal: new AbortController().signal,
};

function lookUp(
  by: 'request' | 'l7Trace' | 'connection' | 'inner' | 'trace',
  id: string,
  more: Partial<ResolvedLookUp> = {}
): ResolvedLookUp {
  return { lookUp: { by, id }, innerTraceId: '', flowShard: undefined, ...more };
}

function readerOf(store: LineStore): ConnectionReader {
  return new ConnectionReader(store, new ChunkCache());
}

async function found(reader: ConnectionReader, wanted: ResolvedLookUp, options: Partial<ReadOptions> = {}) {
  const read = await reader.read(wanted, { ...OPTIONS, ...options });
  if (!read.ok) {
    throw new Error(read.problem.kind);
  }
  return read.value;
}

function counted({ focus, exchanges: spans, chunks, packets }: LookUpResult) {
  return { focus: focus.length, spans: spans.length, chunks: chunks.length, packets: packets.length };
}

describe('a request', () => {
  it('is found at every NIC, with its packets, and with no other request’s', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS), traffic(OTHER, TWO_HOSTS)));
    const value = await found(readerOf(store), lookUp('request', REQUEST.requestId));
    expect(counted(value)).toEqual({ focus: 5, spans: 5, chunks: 5, packets: 5 });
    expect(value.notes).toEqual([]);
  });

  it('reads all shards once and the one that it found from then on', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS)));
    await found(readerOf(store), lookUp('request', REQUEST.requestId));
    expect(store.asked).toHaveLength(4);
    expect(store.asked.map((query) => /flow_shard="(\d+)"/.exec(query)?.[1])).toEqual([undefined, '12', '12', '12']);
  });

  it('takes in NICs that saw only its connection', async () => {
    const watchers = TWO_HOSTS.map((one) => (one.host === 'node-b' ? { ...one, misses: 'request' as const } : one));
    const store = lineStore(linesOf(traffic({ ...REQUEST, serverMs: undefined }, watchers)));
    const value = await found(readerOf(store), lookUp('request', REQUEST.requestId));
    expect(counted(value)).toEqual({ focus: 3, spans: 3, chunks: 5, packets: 5 });
  });

  it('at one NIC is the one named, else the one nearest to the client', async () => {
    const seen = traffic(REQUEST, TWO_HOSTS);
    const reader = readerOf(lineStore(linesOf(seen)));
    const nicOf = async (innerTraceId: string) => {
      const { focus, packets } = await found(reader, lookUp('request', REQUEST.requestId, { innerTraceId }), {
        nics: 'one',
      });
      expect(packets).toHaveLength(1);
      return focus.map(({ record }) => `${record.host} ${record.nic_name}`);
    };
    expect(await nicOf('')).toEqual(['node-a eth0']);
    expect(await nicOf(seen.l7[3].record.inner_traceid)).toEqual(['node-b uplink']);
  });

  it('is not looked for in packets again that were read before', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS)));
    const reader = readerOf(store);
    const first = await found(reader, lookUp('request', REQUEST.requestId));
    const second = await found(reader, lookUp('request', REQUEST.requestId));
    expect(second.packets.map(({ line }) => line).sort()).toEqual(first.packets.map(({ line }) => line).sort());
    expect(store.asked.filter((query) => query.includes('bpf_net_l4_packets'))).toHaveLength(1);
  });

  it("is found by DataKit's id, though some NICs saw no answer", async () => {
    const watchers = TWO_HOSTS.map((one) => (one.host === 'node-a' ? { ...one, misses: 'response' as const } : one));
    const store = lineStore(linesOf(traffic(REQUEST, watchers)));
    expect(counted(await found(readerOf(store), lookUp('l7Trace', '78_100'))).focus).toBe(5);
  });

  it('is found in another shard than the link says, and that is reported', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS)));
    const value = await found(readerOf(store), lookUp('request', REQUEST.requestId, { flowShard: 1 }));
    expect(value.focus).toHaveLength(5);
    expect(value.notes).toEqual([{ kind: 'other-shard', expected: [1] }]);
  });

  it('that is not there, or no id, is a problem with advice', async () => {
    const reader = readerOf(lineStore());
    const problem = async (wanted: ResolvedLookUp) => {
      const read = await reader.read(wanted, OPTIONS);
      return read.ok ? undefined : read.problem;
    };
    expect(await problem(lookUp('request', 'abcdef'))).toEqual({ kind: 'not-found', what: 'request abcdef' });
    expect(await problem(lookUp('request', 'a"b'))).toEqual({ kind: 'bad-id', id: 'a"b' });
    expect(await problem({ ...lookUp('request', ''), lookUp: undefined })).toEqual({ kind: 'no-id' });
  });

  it('shows lines that cannot be read as a note', async () => {
    const lines = linesOf(traffic(REQUEST, TWO_HOSTS));
    const broken = { ...lines[0], tsNs: lines[0].tsNs + BigInt(1), line: '{"request_id":"00112233445566ff"}' };
    const { focus, notes } = await found(readerOf(lineStore([...lines, broken])), lookUp('request', REQUEST.requestId));
    expect(focus).toHaveLength(5);
    expect(notes).toMatchObject([{ kind: 'unreadable', source: 'bpf_net_l7_log', lines: 1, ofLines: 6 }]);
  });
});

describe('a connection', () => {
  it('is found by its id in one shard', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS), traffic(OTHER, TWO_HOSTS)));
    const value = await found(readerOf(store), lookUp('connection', '77_99'));
    expect(counted(value)).toEqual({ focus: 0, spans: 5, chunks: 5, packets: 5 });
    expect(store.asked.every((query) => query.includes('flow_shard="12"'))).toBe(true);
  });

  it('at one NIC is found by its id there, and at all NICs from there', async () => {
    const seen = traffic(REQUEST, TWO_HOSTS);
    const inner = lookUp('inner', seen.l4[2].record.inner_traceid);
    const reader = readerOf(lineStore(linesOf(seen)));
    expect(counted(await found(reader, inner, { nics: 'one' }))).toEqual({ focus: 0, spans: 1, chunks: 1, packets: 1 });
    expect(counted(await found(reader, inner))).toEqual({ focus: 0, spans: 5, chunks: 5, packets: 5 });
  });

  it('never takes more than three round trips', async () => {
    const seen = traffic(REQUEST, TWO_HOSTS);
    for (const wanted of [
      lookUp('request', REQUEST.requestId),
      lookUp('connection', '77_99'),
      lookUp('inner', seen.l4[2].record.inner_traceid),
    ]) {
      const store = lineStore(linesOf(seen));
      let rounds = 0;
      let open = 0;
      const reader = new ConnectionReader(
        {
          ...store,
          lines: async (...args) => {
            rounds += open++ === 0 ? 1 : 0;
            await new Promise((resolve) => setTimeout(resolve, 5));
            open--;
            return store.lines(...args);
          },
        },
        new ChunkCache()
      );
      await found(reader, wanted);
      expect(rounds).toBeLessThanOrEqual(3);
    }
  });
});

describe('the cache of chunks', () => {
  it('drops what was used longest ago', async () => {
    const cache = new ChunkCache(2);
    const seen = traffic(REQUEST, TWO_HOSTS.slice(0, 3)).packets.map((one) => ({ ...one, shard: 0, line: '' }));
    const [a, b, c] = seen.map(({ record }) => record.inner_traceid);
    cache.add(seen.slice(0, 2));
    expect(cache.range(a, [1, 1])).toHaveLength(1);
    cache.add(seen.slice(2));
    expect([a, b, c].map((id) => cache.range(id, [1, 1]) !== undefined)).toEqual([true, false, true]);
    expect(cache.range(a, [1, 2])).toBeUndefined();
  });
});

describe('a flow without a handshake', () => {
  it('is found at other NICs by its five-tuple', async () => {
    const lines = linesOf(traffic(REQUEST, TWO_HOSTS)).map((entry) => ({
      ...entry,
      line: entry.line.replace(/"nic_traceid":"[^"]*",/, ''),
    }));
    const inner = traffic(REQUEST, TWO_HOSTS).l4[2].record.inner_traceid;
    expect(counted(await found(readerOf(lineStore(lines)), lookUp('inner', inner)))).toMatchObject({
      chunks: 5,
      packets: 5,
    });
  });
});
