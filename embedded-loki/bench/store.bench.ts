/**
 * How fast the store takes records in and answers what the suite asks, over HTTP, with 500 000 L7 lines of an hour in a
 * file on disk. `BENCH_LINES` sets another number.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startStore } from '../src/index';

type Row = Readonly<Record<string, string | number>>;

const SHARDS = 16;
const HOSTS = ['node-1', 'node-2', 'node-3', 'node-4'];
const LINES_PER_PUSH = 5_000;
const HOUR_NS = 3_600_000_000_000n;

/** A repeatable pseudo-random number below 1 (mulberry32). */
function random(seed: number): number {
  let state = (seed + 0x6d2b79f5) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 4_294_967_296;
}

function requestId(at: number): string {
  return Array.from({ length: 4 }, (_, part) =>
    Math.floor(random(at * 4 + part) * 0xffffffff)
      .toString(16)
      .padStart(8, '0')
  ).join('');
}

function line(at: number): string {
  const wait = Math.round(random(at) ** 4 * 800_000) / 1000;
  const latency = Math.round((wait + 0.2) * 1000) / 1000;
  return JSON.stringify({
    v: 1,
    host: HOSTS[at % HOSTS.length],
    nic_name: 'eth0',
    nic_mac: '02:42:ac:11:00:02',
    nic_index: 12,
    netns: '4026531840',
    virtual_nic: false,
    host_network: true,
    src_ip: '10.0.3.17',
    src_port: 30_000 + (at % 30_000),
    dst_ip: '10.0.5.4',
    dst_port: 8080,
    direction: 'outgoing',
    client_ip: '10.0.3.17',
    client_port: 30_000 + (at % 30_000),
    server_ip: '10.0.5.4',
    server_port: 8080,
    l4_proto: 'tcp',
    l7_proto: 'http',
    inner_traceid: requestId(at + 1),
    nic_traceid: `${at}_${at * 7}`,
    request_id: requestId(at),
    l7_traceid: `${at * 3}_${at * 11}`,
    community_id: '1:wCb3OG7yAFWelaUydu0D+125CLM=',
    req_seq: at * 3,
    resp_seq: at * 11,
    latency_ms: latency,
    cost_req_sent: 0.1,
    cost_resp_wait: wait,
    cost_cnt_dl: 0.1,
    tx_packets: 4 + (at % 5),
    rx_packets: 5,
    tx_bytes: 412,
    rx_bytes: 2048,
    tx_retrans: at % 50 === 0 ? 1 : 0,
    rx_retrans: 0,
    pkt_chunk_range: [1, 1],
    outcome: 'ok',
    l7_op: 'GET',
    l7_resource: `/api/v1/items/${at % 200}`,
    l7_status: '200',
    http_method: 'GET',
    http_path: `/api/v1/items/${at % 200}`,
    http_host: 'items.internal:8080',
    http_status_code: at % 97 === 0 ? 503 : 200,
    http_version: '1.1',
  });
}

function pushBody(from: number, to: number, timeOf: (at: number) => bigint): Buffer {
  const streams = new Map<string, { stream: Record<string, string>; values: string[][] }>();
  for (let at = from; at < to; at++) {
    const host = HOSTS[at % HOSTS.length];
    const shard = String(Math.floor(random(at) * SHARDS));
    const key = `${host} ${shard}`;
    let stream = streams.get(key);
    if (stream === undefined) {
      stream = {
        stream: { source: 'bpf_net_l7_log', host, flow_shard: shard, service_name: 'bpfnet' },
        values: [],
      };
      streams.set(key, stream);
    }
    stream.values.push([String(timeOf(at)), line(at)]);
  }
  return gzipSync(JSON.stringify({ streams: [...streams.values()] }), { level: 1 });
}

async function measure(url: string, form: Readonly<Record<string, string>>, path: string, rounds = 5) {
  const times: number[] = [];
  let returned = 0;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const response = await fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(form).toString()}`);
    const text = await response.text();
    times.push(performance.now() - started);
    if (response.status !== 200) {
      throw new Error(`${form.query}: ${response.status} ${text}`);
    }
    const body = JSON.parse(text) as {
      readonly data: { readonly stats: { readonly summary: { readonly totalEntriesReturned: number } } };
    };
    returned = body.data.stats.summary.totalEntriesReturned;
  }
  const sorted = [...times.slice(1)].sort((a, b) => a - b);
  return { firstMs: times[0], medianMs: sorted.length < 4 ? times[0] : (sorted[1] + sorted[2]) / 2, returned };
}

async function run(): Promise<{ readonly rows: readonly Row[]; readonly json: unknown }> {
  const lines = Number(process.env.BENCH_LINES ?? 500_000);
  const folder = mkdtempSync(join(tmpdir(), 'store-bench-'));
  const file = join(folder, 'store.duckdb');
  const store = await startStore({ port: 0, file });
  try {
    const endNs = BigInt(Date.now()) * 1_000_000n;
    const startNs = endNs - HOUR_NS;
    const timeOf = (at: number) => startNs + (HOUR_NS * BigInt(at)) / BigInt(lines);

    let pushSeconds = 0;
    for (let from = 0; from < lines; from += LINES_PER_PUSH) {
      const body = pushBody(from, Math.min(lines, from + LINES_PER_PUSH), timeOf);
      const started = performance.now();
      const response = await fetch(`${store.url}/loki/api/v1/push`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
        body: new Uint8Array(body),
      });
      pushSeconds += (performance.now() - started) / 1000;
      if (response.status !== 204) {
        throw new Error(`push: ${response.status} ${await response.text()}`);
      }
    }

    const l7 = 'source="bpf_net_l7_log"';
    const wanted = Math.floor(lines * 0.4);
    const text = requestId(wanted).slice(3, 30);
    const shard = Math.floor(random(wanted) * SHARDS);
    const hour = { start: String(startNs), end: String(endNs) };
    const queries: ReadonlyArray<readonly [name: string, path: string, form: Readonly<Record<string, string>>]> = [
      [
        'look-up by id, one shard',
        'query_range',
        { ...hour, query: `{${l7}, flow_shard="${shard}"} |= "\\"request_id\\":\\"${requestId(wanted)}\\""` },
      ],
      [
        'look-up by id, all shards',
        'query_range',
        { ...hour, query: `{${l7}} |= "\\"request_id\\":\\"${requestId(wanted)}\\"" | json` },
      ],
      ['text search, one shard', 'query_range', { ...hour, query: `{${l7}, flow_shard="${shard}"} |= "${text}"` }],
      ['text search, all shards', 'query_range', { ...hour, query: `{${l7}} |= "${text}"` }],
      ['by a field with a column', 'query_range', { ...hour, query: `{${l7}} |= "\\"outcome\\":\\"reset\\""` }],
      ['look-up by field', 'query_range', { ...hour, query: `{${l7}} | json | request_id="${requestId(wanted)}"` }],
      [
        'one stream, five minutes',
        'query_range',
        {
          query: `{${l7}, host="node-1", flow_shard="3"}`,
          start: String(timeOf(wanted)),
          end: String(timeOf(wanted) + 300_000_000_000n),
          limit: '1000',
        },
      ],
      ['newest 1000', 'query_range', { ...hour, query: `{${l7}}`, limit: '1000' }],
      [
        'slow (> 700 ms), newest 1000',
        'query_range',
        { ...hour, query: `{${l7}} | json | latency_ms > 700`, limit: '1000' },
      ],
      [
        'p95 by host, 60 steps',
        'query_range',
        {
          ...hour,
          step: '60',
          query: `quantile_over_time(0.95, {${l7}} | json | unwrap latency_ms [5m]) by (host)`,
        },
      ],
      [
        'p95 of a filter, 60 steps',
        'query_range',
        {
          ...hour,
          step: '60',
          query: `quantile_over_time(0.95, {${l7}} | json latency_ms="latency_ms", outcome="outcome", l7_proto="l7_proto" | l7_proto=~".+" | latency_ms >= 0.5 | outcome!="unanswered" | unwrap latency_ms | __error__="" [5m]) by ()`,
        },
      ],
      [
        'p95 by host, now',
        'query',
        { time: String(endNs), query: `quantile_over_time(0.95, {${l7}} | json | unwrap latency_ms [5m]) by (host)` },
      ],
      [
        'retransmission ratio, 60 steps',
        'query_range',
        {
          ...hour,
          step: '60',
          query: `sum by (host) (sum_over_time({${l7}} | json | unwrap tx_retrans [5m])) / sum by (host) (sum_over_time({${l7}} | json | unwrap tx_packets [5m]))`,
        },
      ],
      [
        'requests by status, 60 steps',
        'query_range',
        { ...hour, step: '60', query: `sum by (http_status_code) (count_over_time({${l7}} | json [1m]))` },
      ],
      [
        'lines by host, 60 steps',
        'query_range',
        { ...hour, step: '60', query: `sum by (host) (count_over_time({${l7}} [1m]))` },
      ],
    ];
    const rows: Row[] = [
      {
        what: `push, gzip, ${LINES_PER_PUSH} lines each`,
        value: Math.round(lines / pushSeconds),
        unit: 'lines/s',
        returned: lines,
      },
      {
        what: 'bytes on disk a line',
        value: Math.round(statSync(file).size / lines),
        unit: `of ${line(1).length}`,
        returned: '',
      },
    ];
    for (const [what, path, form] of queries) {
      const { firstMs, medianMs, returned } = await measure(store.url, form, path);
      rows.push({ what, value: Math.round(medianMs * 10) / 10, unit: `ms (first ${Math.round(firstMs)})`, returned });
    }
    const panels = queries.filter(([what]) => /steps|slow/.test(what));
    const started = performance.now();
    await Promise.all(panels.map(([, path, form]) => measure(store.url, form, path, 1)));
    rows.push({
      what: `a page: ${panels.length} of these at once`,
      value: Math.round(performance.now() - started),
      unit: 'ms',
      returned: '',
    });
    return { rows, json: { lines, rows } };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export const bench = { name: 'store', run };
