/**
 * The same questions as in the other tests, asked of a store over HTTP: `LOKI_URL=http://127.0.0.1:3100`, a Loki or the embedded store.
 * Skipped where there is none.
 */
import { type BackendSrv, type BackendSrvRequest } from '@grafana/runtime';
import http from 'http';
import { Observable } from 'rxjs';
import { hopsOf } from '../correlate/hops';
import { DataError } from '../data-error';
import { planL4List, planL7List } from '../plan/list-plan';
import { logql } from '../plan/logql';
import { quantileOf } from '../plan/metric-logql';
import { windowOfMs } from '../plan/time-window';
import { type L4ListQuery, type L7ListQuery } from '../query/flow-query';
import { EPOCH_NS, linesOf, SHARD_COUNT, traffic, TWO_HOSTS } from '../testing/traffic-script';
import { ChunkCache } from './chunk-cache';
import { ConnectionReader } from './connection-reader';
import { directLoki } from './direct-loki';
import { readHealth } from './health';
import { readL4List, readL7List } from './list-reader';
import { readValues } from './value-reader';

const url = process.env.LOKI_URL;
const signal = new AbortController().signal;
const asTyped = (text: string) => text;

/** Grafana's datasource proxy, as far as it takes a path away and passes the rest on. */
const proxy = {
  fetch: ({ url: path, params }: BackendSrvRequest) =>
    new Observable((subscriber) => {
      const target = new URL(path.replace(/^\/api\/datasources\/proxy\/uid\/[^/]+/, ''), url);
      target.search = new URLSearchParams(params as Record<string, string>).toString();
      send(target, { method: 'GET' }).then(
        (data) => {
          subscriber.next({ data: JSON.parse(data) });
          subscriber.complete();
        },
        (error) => subscriber.error(error)
      );
    }),
} as unknown as BackendSrv;

function send(target: URL, { method, body }: { readonly method: string; readonly body?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.request(target, { method, headers: { 'Content-Type': 'application/json' } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const data = Buffer.concat(parts).toString();
        const status = response.statusCode ?? 0;
        return status < 300 ? resolve(data) : reject({ status, data });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const inStore = url === undefined ? describe.skip : describe;

inStore('a store at LOKI_URL (skipped where that is not set)', () => {
  const client = directLoki('any', () => proxy);
  const nowMs = Date.now();
  const startMs = nowMs - 60_000 - Number(EPOCH_NS / BigInt(1_000_000));
  /** Ids that no earlier run has left in the store. */
  const run = nowMs.toString(16).padStart(12, '0').slice(-12);
  const isn = nowMs % 1_000_000_000;
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
    await send(new URL('/loki/api/v1/push', url), { method: 'POST', body: JSON.stringify({ streams }) });
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
    const planned = planL7List({ refId: 'A', queryType: 'l7List', ...query, filters }, asTyped);
    if (!planned.ok) {
      throw new DataError(planned.problem);
    }
    const { rows } = await readL7List(client, planned.plan, { window, signal, fold: 'request' });
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
      const planned = planL4List({ refId: 'A', queryType: 'l4List', filters: { nic, ...filters } }, asTyped);
      if (!planned.ok) {
        throw new DataError(planned.problem);
      }
      return (await readL4List(client, planned.plan, { window, signal })).rows.length;
    };
    expect([await count({}), await count({ minRetransmissions: 1 }), await count({ minRetransmissions: 2 })]).toEqual([
      15, 5, 0,
    ]);
  });

  it('tells above which value the slowest lie', async () => {
    const planned = planL7List({ refId: 'A', queryType: 'l7List', filters: { nic } }, asTyped);
    const parts = planned.ok ? planned.plan.parts : undefined;
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
    expect(await readHealth(client, { nowMs: Date.now(), shardCount: SHARD_COUNT, signal })).toMatchObject({
      status: 'success',
    });
  });

  it('says why it refuses a query', async () => {
    const broken = `${logql({ source: 'bpf_net_l7_log', lineFilters: [] })} |~ "("` as ReturnType<typeof logql>;
    await expect(client.lines({ logql: broken, window, maxLines: 1 }, signal)).rejects.toMatchObject({
      problem: { kind: 'refused', reason: expect.stringMatching(/parse|regexp/i) },
    });
  });
});
