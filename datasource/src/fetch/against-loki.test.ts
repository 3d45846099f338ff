/**
 * The same questions as in the other tests, asked of a store over HTTP, in every way in which a datasource may reach it: a Loki at
 * LOKI_URL, else the embedded store.
 */
import { hopsOf } from '../correlate/tables/hops';
import { DataError } from '../data-error';
import { planEvents } from '../plan/events-plan';
import { planL4List, planL7List } from '../plan/list-plan';
import { logql } from '../plan/logql';
import { quantileOf } from '../plan/metric-logql';
import { planMetrics } from '../plan/metrics-plan';
import { windowOfMs } from '../plan/time-window';
import { type AdHocFilter } from '../query/ad-hoc';
import { type L4ListQuery, type L7ListQuery, type MetricsQuery } from '../query/flow-query';
import { type LookUp } from '../query/look-up';
import { EPOCH_NS, linesOf, SHARD_COUNT, traffic, TWO_HOSTS } from '../test/traffic-script';
import { ChunkCache } from './chunk-cache';
import { ConnectionReader } from './connection-reader';
import { readEvents } from './event-reader';
import { readGraph } from './graph-reader';
import { readHealth } from './health';
import { readL4List, readL7List } from './list-reader';
import { readMetrics } from './metrics-reader';
import { pagedLoki } from '../loki/paged-loki';
import { startStoreUnderTest, type StoreUnderTest, send } from './test/store-under-test';
import { clientBy, WAYS } from './test/ways-to-loki';
import { readValues } from './value-reader';

const signal = new AbortController().signal;
const asTyped = (text: string) => text;

let store: StoreUnderTest;

beforeAll(async () => {
  store = await startStoreUnderTest();
}, 60_000);

afterAll(() => store.stop());

describe.each(WAYS)('a store reached by %s', (way) => {
  const client = pagedLoki(clientBy(way, () => store.url));
  const nowMs = Date.now();
  const startMs = nowMs - 60_000 - Number(EPOCH_NS / BigInt(1_000_000));
  /** Ids that no earlier run has left in the store. */
  const run = (nowMs * WAYS.length + WAYS.indexOf(way)).toString(16).padStart(12, '0').slice(-12);
  const isn = 10 * (nowMs % 100_000_000) + 3 * WAYS.indexOf(way);
  const nic = `run-${run}`;
  const window = windowOfMs(nowMs - 600_000, nowMs + 1000);
  const evil = `/a"b\\c$__range[[x]]\${y}|=é😀`;
  const watchers = TWO_HOSTS.map((watcher) => ({ ...watcher, nic }));

  beforeAll(async () => {
    const lines = linesOf(
      traffic({ requestId: `${run}0001`, atMs: startMs, serverMs: 12, clientIsn: isn, resendAfterMs: 3 }, watchers),
      traffic(
        { requestId: `${run}0002`, atMs: startMs + 50, serverMs: 80, clientIsn: isn + 1, resource: evil },
        watchers
      ),
      traffic({ requestId: `${run}0003`, atMs: startMs + 90, clientIsn: isn + 2 }, watchers)
    );
    const streams = lines.map(({ labels, tsNs, line }) => ({ stream: labels, values: [[String(tsNs), line]] }));
    await send(new URL('/loki/api/v1/push', store.url), { method: 'POST', body: JSON.stringify({ streams }) });
  });

  it('finds a request at every NIC and puts its path in order', async () => {
    const reader = new ConnectionReader(client, new ChunkCache());
    const read = await reader.read(
      { lookUp: { by: 'request', id: `${run}0001` }, innerTraceId: '', flowShard: undefined },
      { window, shardCount: SHARD_COUNT, want: { chunks: true, packets: true }, nics: 'all', signal }
    );
    if (!read.ok) {
      throw new DataError(read.problem);
    }
    const { focus, chunks, packets, notes } = read.value;
    expect([focus.length, chunks.length, packets.length, notes]).toEqual([5, 5, 5, []]);
    expect(hopsOf(focus, chunks).nodes.map(({ host }) => host)).toEqual([
      'node-a',
      'node-a',
      'node-a',
      'node-b',
      'node-b',
    ]);
  });

  it('finds a connection by its id', async () => {
    const reader = new ConnectionReader(client, new ChunkCache());
    const read = await reader.read(
      { lookUp: { by: 'connection', id: `${isn}_9000` }, innerTraceId: '', flowShard: undefined },
      { window, shardCount: SHARD_COUNT, want: { chunks: true, packets: true }, nics: 'all', signal }
    );
    expect(read).toMatchObject({ ok: true, value: { notes: [] } });
  });

  async function l7(query: Partial<L7ListQuery>) {
    const filters = { nic, ...query.filters };
    const plan = planL7List({ refId: 'A', queryType: 'l7List', ...query, filters }, asTyped);
    const { rows } = await readL7List(client, plan, { window, signal, fold: 'request' });
    return rows.map(({ record }) => record.request_id.slice(-1)).join('');
  }

  it.each<[string, Partial<L7ListQuery>]>([
    ['321', {}],
    ['321', { sort: 'slowest' }],
    ['2', { filters: { resource: evil } }],
    ['2', { filters: { text: '😀' } }],
    ['2', { filters: { resourceRegex: '^/a"b.c[$]' } }],
    ['32', { filters: { minLatencyMs: '50.5' } }],
    ['3', { filters: { outcome: ['unanswered', 'x"}'] } }],
    ['21', { filters: { status: '200', op: ['GET', 'PUT'] } }],
    ['321', { filters: { host: ['node-a', 'node-b'], pod: ['web-1', 'x'], port: ['80', '1'], l7Proto: 'http' } }],
    ['', { filters: { pod: '.*1' } }],
  ])('lists %s for %j', async (ids, query) => {
    expect(await l7(query)).toBe(ids);
  });

  it('lists connections by retransmissions', async () => {
    const count = async (filters: L4ListQuery['filters']) => {
      const plan = planL4List({ refId: 'A', queryType: 'l4List', filters: { nic, ...filters } }, asTyped);
      return (await readL4List(client, plan, { window, signal })).rows.length;
    };
    expect([await count({}), await count({ minRetransmissions: 1 }), await count({ minRetransmissions: 2 })]).toEqual([
      15, 5, 0,
    ]);
  });

  it('finds the value above which the slowest are', async () => {
    const plan = planL7List({ refId: 'A', queryType: 'l7List', filters: { nic } }, asTyped);
    const parts = plan.parts;
    const samples = await client.instant(
      quantileOf(parts!, 'latency_ms', { share: 0.5, seconds: 600 }),
      window.toNs,
      signal
    );
    expect(samples).toHaveLength(1);
    expect(samples[0].value).toBeGreaterThan(12);
  });

  it('gives values of variables and its health', async () => {
    expect(await readValues(client, 'host', { window, signal })).toEqual(expect.arrayContaining(['node-a', 'node-b']));
    expect(await readValues(client, 'outcome', { window, signal })).toEqual(
      expect.arrayContaining(['ok', 'unanswered'])
    );
    expect(await readValues(client, 'k8s_pod_name', { window, signal })).toEqual(
      expect.arrayContaining(['api-1', 'web-1'])
    );
    expect(await readValues(client, 'l7_resource', { window, signal })).toEqual(
      expect.arrayContaining(['/api/orders', evil])
    );
    expect(await readHealth(client, { nowMs: Date.now(), shardCount: SHARD_COUNT, signal })).toMatchObject({
      status: 'success',
    });
  });

  it.each<[string, LookUp]>([
    ['numbers', { by: 'numbers', id: `${isn + 1}_9001` }],
    ['a request or trace', { by: 'requestOrTrace', id: `${run}0001` }],
    ['a sequence number', { by: 'seq', id: String(isn + 1), seq: isn + 1 }],
  ])('finds a request by %s', async (_, lookUp) => {
    const reader = new ConnectionReader(client, new ChunkCache());
    const read = await reader.read(
      { lookUp, innerTraceId: '', flowShard: undefined },
      { window, shardCount: SHARD_COUNT, want: { chunks: true, packets: true, names: true }, nics: 'all', signal }
    );
    if (!read.ok) {
      throw new DataError(read.problem);
    }
    const { focus, chunks, packets, cost } = read.value;
    expect([focus.length, chunks.length, packets.length]).toEqual([5, 5, 5]);
    expect(cost.roundTrips).toBeLessThanOrEqual(3);
  });

  it('finds the connection under a sequence number that begins no request', async () => {
    const reader = new ConnectionReader(client, new ChunkCache());
    const lookUp = { by: 'seq', id: String(isn), seq: isn + 30 } as const;
    const read = await reader.read(
      { lookUp, innerTraceId: '', flowShard: undefined },
      { window, shardCount: SHARD_COUNT, want: { chunks: true, packets: true }, nics: 'all', signal }
    );
    expect(read.ok && read.value.chunks.length).toBeGreaterThanOrEqual(5);
  });

  it.each<[Partial<MetricsQuery>, number]>([
    [{ metric: 'rate', by: 'outcome' }, 2],
    [{ metric: 'errorRatio', by: 'l7_proto' }, 1],
    [{ metric: 'errorRatio' }, 1],
    [{ metric: 'latency', by: 'host', quantiles: [50, 99] }, 4],
    [{ metric: 'latency' }, 2],
    [{ metric: 'retransmissionRatio', by: 'nic_name' }, 1],
    [{ metric: 'lossRatio', by: 'host' }, 2],
    [{ metric: 'connectFailures', by: 'host' }, 0],
  ])('has series of %j', async (query, count) => {
    const filters = { nic, ...query.filters };
    const plan = planMetrics({ refId: 'A', queryType: 'metrics', ...query, filters }, asTyped);
    const { series } = await readMetrics(client, plan, { window, maxPoints: 60, signal });
    expect(series).toHaveLength(count);
    expect(series.every(({ points }) => points.every(({ value }) => Number.isFinite(value)))).toBe(true);
  });

  it('has the share of what failed to the digit', async () => {
    const plan = planMetrics({ refId: 'A', queryType: 'metrics', metric: 'errorRatio', filters: { nic } }, asTyped);
    const { series } = await readMetrics(client, plan, {
      window: windowOfMs(nowMs - 1_800_000, nowMs + 1_800_000),
      maxPoints: 1,
      signal,
    });
    // One of three requests has no answer.
    expect(series[0].points.map(({ value }) => Number(value.toFixed(6)))).toContain(0.333333);
  });

  it('has events', async () => {
    const plan = planEvents(
      { refId: 'A', queryType: 'events', kinds: ['unanswered', 'captureLoss', 'resets'], atLeast: 1, filters: { nic } },
      asTyped
    );
    const { events } = await readEvents(client, plan, { window, signal });
    expect(events.map(({ kind, host, count }) => `${kind} ${host} ${count}`).sort()).toEqual([
      'unanswered node-a 3',
      'unanswered node-b 2',
    ]);
  });

  it('gives requests for a graph, all or those of some shards', async () => {
    const plan = planL7List({ refId: 'A', queryType: 'l7List', filters: { nic } }, asTyped);
    const { spans, scale, notes } = await readGraph(client, plan.parts, {
      window,
      signal,
    });
    expect([spans.length, scale, notes]).toEqual([15, 1, []]);
  });

  it('lists the worst first', async () => {
    expect(await l7({ sort: 'worst' })).toBe('312');
  });

  it('takes ad-hoc filters', async () => {
    const list = async (adHoc: readonly AdHocFilter[]) => {
      const plan = planL7List({ refId: 'A', queryType: 'l7List', filters: { nic } }, asTyped, adHoc);
      return (await readL7List(client, plan, { window, signal, fold: 'nic' })).rows.length;
    };
    expect(await list([{ key: 'outcome', operator: '!=', value: 'ok' }])).toBe(5);
    expect(await list([{ key: 'host', operator: '=', value: 'node-b' }])).toBe(6);
    expect(await list([{ key: 'src_port', operator: '=|', value: '80', values: ['80', '40000'] }])).toBeGreaterThan(0);
    expect(await list([{ key: 'k8s_pod_name', operator: '=~', value: 'web-.*' }])).toBe(3);
    expect(await list([{ key: 'k8s_pod_name', operator: '!~', value: 'web-.*' }])).toBe(12);
    expect(await list([{ key: 'latency_ms', operator: '>', value: '1000' }])).toBe(5);
    expect(await list([{ key: 'latency_ms', operator: '<', value: '1000' }])).toBe(10);
  });

  it('says why it refuses a query', async () => {
    const broken = `${logql({ source: 'bpf_net_l7_log', lineFilters: [] })} |~ "("` as ReturnType<typeof logql>;
    await expect(client.lines({ logql: broken, window, maxLines: 1 }, signal)).rejects.toMatchObject({
      problem: { kind: 'refused', reason: expect.stringMatching(/parse|regexp/i) },
    });
  });
});
