/** What a story costs: round trips, queries and bytes, from every search term that leads to it. */
import { lookUpOf } from '../query/look-up';
import { type Note } from '../plan/note-text';
import { type LookUpIds } from '../query/flow-query';
import { lineStore, type LineStore } from '../test/line-store';
import { EPOCH_NS, type Exchange, linesOf, SHARD_COUNT, traffic, TWO_HOSTS } from '../test/traffic-script';
import { ChunkCache } from './chunk-cache';
import { ConnectionReader } from './connection-reader';
import { type LokiClient } from '../loki/loki-client';
import { ConnectionCache } from './connection-cache';

const ID = '00112233445566ff';
const REQUEST: Exchange = { requestId: ID, atMs: 600_000, serverMs: 12, clientIsn: 77, serverIsn: 9000 };
const HOUR = { fromNs: EPOCH_NS, toNs: EPOCH_NS + 3_600_000_000_000n };
const OTHERS = Array.from({ length: 200 }, (_, i) =>
  traffic(
    { requestId: `feed${String(i).padStart(12, '0')}`, atMs: i * 10_000, serverMs: 3, clientIsn: 1000 + i },
    TWO_HOSTS
  )
);
const LINES = linesOf(traffic(REQUEST, TWO_HOSTS), ...OTHERS);

const asTyped = (text: string) => text;

function stories(store: LokiClient): ConnectionCache {
  return new ConnectionCache(new ConnectionReader(store, new ChunkCache()), SHARD_COUNT);
}

async function read(reader: ConnectionCache, ids: LookUpIds, signal = new AbortController().signal) {
  const result = await reader.read(lookUpOf(ids, asTyped), { window: HOUR, nics: 'all', signal });
  if (!result.ok) {
    throw new Error(result.problem.kind);
  }
  return result.value;
}

/** As the client's NIC saw it, for a click on its row. */
const ROW: LookUpIds = {
  requestId: ID,
  flowShard: 12,
  at: String(traffic(REQUEST, TWO_HOSTS).l7[0].tsNs),
};

describe('a story', () => {
  it.each<[string, LookUpIds]>([
    ['a row', ROW],
    ['a request id', { searchTerm: ID }],
    ['numbers', { searchTerm: '78_9001' }],
    ['an address and port', { searchTerm: '10.1.0.5:40000' }],
    ['a sequence number', { searchTerm: '78' }],
    ['a connection', { nicTraceId: '77_9000' }],
  ])('from %s is whole after three round trips at most', async (_, ids) => {
    const { exchanges: spans, chunks, packets, cost } = await read(stories(lineStore(LINES)), ids);
    expect(cost.roundTrips).toBeLessThanOrEqual(3);
    const at = (ofKind: ReadonlyArray<{ readonly record: { readonly inner_traceid: string } }>) =>
      new Set(ofKind.map(({ record }) => record.inner_traceid)).size;
    expect([at(spans), at(chunks), at(packets)]).toEqual([5, 5, 5]);
  });

  it('from a row reads its shard and its minute, and no byte that is not its own', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS), ...OTHERS.slice(0, 40)));
    const { cost } = await read(stories(store), ROW);
    const own = linesOf(traffic(REQUEST, TWO_HOSTS));
    const bytes = own.reduce((sum, { line }) => sum + line.length, 0);
    expect(cost).toEqual({ queries: 6, roundTrips: 2, lines: 25, bytes: expect.any(Number) });
    // Its five spans come twice: as the request, and among the requests of its connection. So do its chunks: as those of its connection,
    // and as those between its ends, of which there is no other.
    expect(cost.bytes).toBeLessThan(bytes * 2);
    const withShard = store.asked.filter((query) => query.includes('flow_shard="12"'));
    // Name look-ups and what else passes between the ends are other flows, in other shards.
    expect([store.asked.length, withShard.length]).toEqual([6, 4]);
  });

  it('reads three other connections between its ends for the clocks, in the same three round trips', async () => {
    const store = lineStore(LINES);
    const { others, cost } = await read(stories(store), ROW);
    expect(cost.roundTrips).toBe(3);
    expect(new Set(others.chunks.map(({ record }) => record.nic_traceid)).size).toBe(3);
    expect(others.packets).toHaveLength(3 * TWO_HOSTS.length);
    // Nearest in time first.
    expect(others.chunks.every(({ record }) => Math.abs(Number(record.nic_traceid?.split('_')[0]) - 1060) <= 1)).toBe(
      true
    );
  });

  it('reads none for a request that stayed on one host, and none where one round trip more would be needed for it', async () => {
    const oneHost = TWO_HOSTS.map((watcher) => ({ ...watcher, host: 'node-a' }));
    const local = linesOf(
      traffic(REQUEST, oneHost),
      traffic({ ...REQUEST, clientIsn: 5000, requestId: 'feed000000000001' }, oneHost)
    );
    const store = lineStore(local);
    await read(stories(store), ROW);
    expect(store.asked).toHaveLength(5);
    const searched = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS), ...OTHERS.slice(55, 65)));
    const { others, cost } = await read(stories(searched), { searchTerm: '10.1.0.5:40000' });
    expect(cost.roundTrips).toBe(3);
    expect(others.packets).toEqual([]);
  });

  it('is read once for all panels of a page, and not again once nothing can be added', async () => {
    const store = lineStore(LINES);
    const reader = stories(store);
    const [one, other] = await Promise.all([read(reader, ROW), read(reader, ROW)]);
    expect(other).toBe(one);
    expect(store.asked).toHaveLength(7);
    expect(await read(reader, ROW)).toBe(one);
    expect(store.asked).toHaveLength(7);
  });

  it('is read again while more of it may be written', async () => {
    const late: Exchange = { ...REQUEST, atMs: 3_590_000 };
    const store = lineStore(linesOf(traffic(late, TWO_HOSTS)));
    const reader = stories(store);
    await read(reader, { searchTerm: ID });
    const before = store.asked.length;
    await read(reader, { searchTerm: ID });
    // All but the packets of chunks, which never change once written.
    expect(store.asked.length).toBe(2 * before - 1);
  });

  it('is cancelled when nobody waits for it any more, and only then', async () => {
    const aborted: string[] = [];
    const waiting: LokiClient = {
      ...lineStore(),
      lines: ({ logql }, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted.push(logql);
            reject(signal.reason);
          })
        ),
    };
    const reader = stories(waiting);
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = Promise.allSettled([read(reader, ROW, first.signal), read(reader, ROW, second.signal)]);
    first.abort(new Error('moved on'));
    await new Promise((resolve) => setTimeout(resolve));
    expect(aborted).toHaveLength(0);
    second.abort(new Error('moved on'));
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(aborted.length).toBeGreaterThan(0);
  });
});

describe('a link that knows too much', () => {
  it.each<[string, LookUpIds, readonly Note[]]>([
    ['the wrong shard', { ...ROW, flowShard: 3 }, [{ kind: 'other-shard', expected: [3] }]],
    ['the wrong moment', { ...ROW, at: String(EPOCH_NS + 3_000_000_000_000n) }, []],
  ])('still finds the request: %s', async (_, ids, expected) => {
    const store: LineStore = lineStore(LINES);
    const { focus, notes } = await read(stories(store), ids);
    expect(focus).toHaveLength(5);
    expect(notes).toEqual(expected);
  });
});

describe('a search term that names many', () => {
  it('is about the worst, and offers the others', async () => {
    const failed = traffic({ requestId: 'badbadbadbadbad0', atMs: 700_000, clientIsn: 5000 }, TWO_HOSTS);
    const store = lineStore([...linesOf(traffic(REQUEST, TWO_HOSTS), ...OTHERS.slice(0, 30)), ...linesOf(failed)]);
    const { focus, candidates, notes } = await read(stories(store), { searchTerm: '10.1.0.5:40000' });
    expect(focus[0].record.request_id).toBe('badbadbadbadbad0');
    expect(new Set(candidates.map(({ record }) => record.request_id)).size).toBe(32);
    expect(notes).toEqual([]);
  });

  it('says so where it names more than are read', async () => {
    const { candidates, notes } = await read(stories(lineStore(LINES)), { searchTerm: '10.1.0.5:40000' });
    expect(candidates).toHaveLength(200);
    expect(notes).toEqual([{ kind: 'more-requests', lines: 200 }]);
  });

  it('is about the newest part of the time range that has any, and says so', async () => {
    const late = traffic({ ...REQUEST, requestId: 'badbadbadbadbad1', atMs: 3_500_000, clientIsn: 5001 }, TWO_HOSTS);
    const store = lineStore([...LINES, ...linesOf(late)]);
    const { focus, candidates, notes } = await read(stories(store), { searchTerm: '10.1.0.5:40000' });
    expect(focus[0].record.request_id).toBe('badbadbadbadbad1');
    expect(candidates).toHaveLength(5);
    expect(notes).toEqual([{ kind: 'searched-newest', part: '15 min' }]);
  });

  it('may be a sequence number within a request, which is looked for once nothing begins with it', async () => {
    const store = lineStore(linesOf(traffic(REQUEST, TWO_HOSTS), ...OTHERS.slice(0, 20)));
    const { chunks, cost } = await read(stories(store), { searchTerm: '90' });
    expect(new Set(chunks.map(({ record }) => record.nic_traceid))).toEqual(new Set(['77_9000']));
    expect(store.asked.filter((query) => query.includes('json'))).toHaveLength(2);
    expect(cost.roundTrips).toBe(4);
  });

  it('leads to a connection that carried no request', async () => {
    const { l4, packets } = traffic({ ...REQUEST, clientIsn: 6000 }, TWO_HOSTS);
    const {
      focus,
      chunks,
      packets: read1,
    } = await read(stories(lineStore(linesOf({ l7: [], l4, packets }))), {
      searchTerm: '10.1.0.5:40000',
    });
    expect([focus.length, chunks.length, read1.length]).toEqual([0, 5, 5]);
  });
});
