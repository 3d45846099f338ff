/**
 * What a story costs: the datasource's own look-ups and correlation against the embedded store that holds a million
 * records of six hours, from each thing that a reader may start at; and beside it, on the same store, the LogQL that a
 * user would write. `BENCH_RECORDS` sets another number.
 *
 * Beside that, what following each packet costs on a connection of very many, without a store.
 *
 * Bytes are those of the lines that the store had to look at, as its answers say; columns by which it leaves lines out are not
 * counted: of a sequence number within a request, four numbers of each chunk. Every story is of another request, and
 * nothing is kept between them.
 */
import { startStore } from '@bpfnet/embedded-loki';
import { seqAdd, shardOfClientIsn, toSeq } from '@bpfnet/flow-model';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { storyOf } from '../src/handlers/story-cache';
import { connectionStory } from '../src/correlate/connection-story';
import { packetTable } from '../src/correlate/tables/packet-table';
import { ChunkCache } from '../src/fetch/chunk-cache';
import { ConnectionReader } from '../src/fetch/connection-reader';
import { type LogEntry } from '../src/loki/loki-client';
import { type Logql } from '../src/plan/logql';
import { type TimeWindow } from '../src/plan/time-window';
import { searchTermOf, type ResolvedLookUp } from '../src/query/look-up';
import { SHARD_COUNT, TWO_HOSTS } from '../src/test/traffic-script';
import { type BulkKind, bulkConnection } from './bulk-connection';
import { hoursOfTraffic, RECORDS_PER_REQUEST } from './hours-of-traffic';
import { type MeasuredLoki, measuredLoki } from './measured-loki';

type Row = Readonly<Record<string, string | number>>;

const HOURS = 6;
const LINES_PER_PUSH = 6_000;
const STORIES = 40;
const NAIVE_RUNS = 5;
const BULK_PACKETS = 100_000;
const BULK_RUNS = 5;

/** One of the requests whose stories are worked out. */
interface Chosen {
  readonly requestId: string;
  readonly clientIsn: number;
  readonly span: LogEntry;
  readonly record: {
    readonly inner_traceid: string;
    readonly nic_traceid: string;
    readonly client_ip: string;
    readonly client_port: number;
    readonly server_ip: string;
    readonly server_port: number;
    readonly req_seq: number;
  };
}

interface Cost {
  readonly ms: number;
  /** Of this process, store and datasource together: what the story costs on a machine that has other things to do. */
  readonly cpuMs: number;
  readonly queries: number;
  readonly bytes: number;
  readonly roundTrips: number;
}

type Way = readonly [name: string, resolve: (chosen: Chosen) => ResolvedLookUp];

const nowhere = { innerTraceId: '', flowShard: undefined };

const WAYS: readonly Way[] = [
  [
    'a row of a list',
    ({ requestId, record, clientIsn, span }) => ({
      lookUp: { by: 'request', id: requestId },
      innerTraceId: record.inner_traceid,
      flowShard: shardOfClientIsn(toSeq(clientIsn), SHARD_COUNT),
      atNs: span.tsNs,
    }),
  ],
  ['a request id', ({ requestId }) => ({ ...nowhere, lookUp: { by: 'request', id: requestId } })],
  ['a connection id', ({ record }) => ({ ...nowhere, lookUp: { by: 'connection', id: record.nic_traceid } })],
  ['an id pasted as it is', ({ requestId }) => ({ ...nowhere, lookUp: searchTermOf(requestId) })],
  [
    'an address and port',
    ({ record }) => ({ ...nowhere, lookUp: searchTermOf(`${record.client_ip}:${record.client_port}`) }),
  ],
  [
    'the address and port of a server',
    ({ record }) => ({ ...nowhere, lookUp: searchTermOf(`${record.server_ip}:${record.server_port}`) }),
  ],
  ['the sequence number of a request', ({ record }) => ({ ...nowhere, lookUp: searchTermOf(String(record.req_seq)) })],
  [
    'a sequence number within a request',
    ({ record }) => ({ ...nowhere, lookUp: searchTermOf(String(seqAdd(toSeq(record.req_seq), 7))) }),
  ],
];

async function run(): Promise<{ readonly rows: readonly Row[]; readonly json: unknown }> {
  const records = Number(process.env.BENCH_RECORDS ?? 1_000_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'datasource-bench-'));
  const store = await startStore({ port: 0, file: path.join(folder, 'store.duckdb') });
  try {
    const endMs = Date.now();
    const requests = Math.ceil(records / RECORDS_PER_REQUEST);
    const chosen = await fill(store.url, { requests, hours: HOURS, endMs });
    const client = measuredLoki(store.url);
    const window: TimeWindow = {
      fromNs: BigInt(endMs - (HOURS * 3600 + 60) * 1000) * BigInt(1_000_000),
      toNs: BigInt(endMs + 60_000) * BigInt(1_000_000),
    };
    const naive = await naiveCost(client, chosen.slice(0, NAIVE_RUNS), window);
    const rows: Row[] = [];
    for (const [name, resolve] of WAYS) {
      const costs: Cost[] = [];
      for (const one of chosen) {
        costs.push(await lookUp(client, one, { resolve, window }));
      }
      rows.push(summary(name, costs, naive));
    }
    rows.push(summary('LogQL by hand: | json | request_id="…"', naive, naive));
    const bulk = [followedBulk('download'), followedBulk('equal')];
    return { rows: [...rows, ...bulk], json: { records: requests * RECORDS_PER_REQUEST, hours: HOURS, rows, bulk } };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every packet of a connection followed from NIC to NIC, and put into the table that a panel draws; the median of some runs. */
function followedBulk(kind: BulkKind): Row {
  const flows = bulkConnection(kind, BULK_PACKETS / 2);
  const costs = Array.from({ length: BULK_RUNS }, () => {
    const started = performance.now();
    const story = connectionStory({ flows: flows });
    const correlated = performance.now();
    packetTable({ flows: flows, story });
    return { story: correlated - started, table: performance.now() - correlated };
  });
  const median = (of: 'story' | 'table') =>
    Math.round(costs.map((cost) => cost[of]).sort((a, b) => a - b)[BULK_RUNS >> 1]);
  return {
    'packets at 2 NICs': BULK_PACKETS,
    connection: kind,
    'story ms': median('story'),
    'table ms': median('table'),
  };
}

/** Pushes all records, and returns requests spread over all of the time. */
async function fill(
  url: string,
  options: { readonly requests: number; readonly hours: number; readonly endMs: number }
): Promise<readonly Chosen[]> {
  const chosen: Chosen[] = [];
  const every = Math.max(1, Math.floor(options.requests / STORIES));
  let pending: LogEntry[] = [];
  let at = 0;
  for (const { requestId, clientIsn, entries } of hoursOfTraffic(options)) {
    pending.push(...entries);
    if (at++ % every === Math.floor(every / 2) && chosen.length < STORIES) {
      const span = entries[0];
      chosen.push({ requestId, clientIsn, span, record: JSON.parse(span.line) as Chosen['record'] });
    }
    if (pending.length >= LINES_PER_PUSH) {
      await push(url, pending);
      pending = [];
    }
  }
  if (pending.length > 0) {
    await push(url, pending);
  }
  return chosen;
}

async function push(url: string, entries: readonly LogEntry[]): Promise<void> {
  const streams = new Map<string, { stream: LogEntry['labels']; values: string[][] }>();
  for (const { tsNs, line, labels } of entries) {
    const key = `${labels.source} ${labels.host} ${labels.flow_shard}`;
    const stream = streams.get(key) ?? { stream: labels, values: [] };
    stream.values.push([String(tsNs), line]);
    streams.set(key, stream);
  }
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ streams: [...streams.values()] }),
  });
  if (response.status !== 204) {
    throw new Error(`push: ${response.status} ${await response.text()}`);
  }
}

/** A story from the first query to its verdict. */
async function lookUp(
  client: MeasuredLoki,
  chosen: Chosen,
  { resolve, window }: { readonly resolve: Way[1]; readonly window: TimeWindow }
): Promise<Cost> {
  client.take();
  const started = performance.now();
  const cpu = process.cpuUsage();
  const read = await new ConnectionReader(client, new ChunkCache()).read(resolve(chosen), {
    window,
    shardCount: SHARD_COUNT,
    want: { chunks: true, packets: true, names: true, clocks: true },
    nics: 'all',
    signal: new AbortController().signal,
  });
  if (!read.ok) {
    throw new Error(`${chosen.requestId} was not found: ${JSON.stringify(read.problem)}`);
  }
  const { value } = read;
  storyOf(value);
  const ms = performance.now() - started;
  const cpuMs = cpuSince(cpu);
  if (value.chunks.length < TWO_HOSTS.length || value.packets.length < TWO_HOSTS.length) {
    throw new Error(`the story of ${chosen.requestId} is not whole: ${value.chunks.length} chunks`);
  }
  const { queries, bytes } = client.take();
  return { ms, cpuMs, queries, bytes, roundTrips: value.cost.roundTrips };
}

async function naiveCost(
  client: MeasuredLoki,
  chosen: readonly Chosen[],
  window: TimeWindow
): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const { requestId } of chosen) {
    client.take();
    const started = performance.now();
    const cpu = process.cpuUsage();
    const logql = `{source="bpf_net_l7_log"} | json | request_id="${requestId}"` as Logql;
    const found = await client.lines({ logql, window, maxLines: 1000 }, new AbortController().signal);
    const ms = performance.now() - started;
    const cpuMs = cpuSince(cpu);
    if (found.length === 0) {
      throw new Error(`${requestId} was not found by hand`);
    }
    const { queries, bytes } = client.take();
    costs.push({ ms, cpuMs, queries, bytes, roundTrips: 1 });
  }
  return costs;
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function summary(name: string, costs: readonly Cost[], naive: readonly Cost[]): Row {
  const bytes = quantile(costs, 'bytes', 0.5);
  return {
    'story from': name,
    'median ms': Math.round(quantile(costs, 'ms', 0.5)),
    'p95 ms': Math.round(quantile(costs, 'ms', 0.95)),
    'CPU ms': Math.round(quantile(costs, 'cpuMs', 0.5)),
    queries: quantile(costs, 'queries', 1),
    'round trips': quantile(costs, 'roundTrips', 1),
    'MB read': Math.round(bytes / 1e4) / 100,
    'times less than by hand': Math.round(quantile(naive, 'bytes', 0.5) / bytes),
  };
}

function quantile(costs: readonly Cost[], of: keyof Cost, share: number): number {
  const sorted = costs.map((cost) => cost[of]).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const bench = { name: 'datasource', run };
