/**
 * The way of one request: its NICs in path order, and what lies between neighbours.
 *
 * Invariants: no time between two hosts is ever given one way, only there and back, which is the difference of two
 * round trips and needs no common clock; no time is negative; a loss is told only where a NIC further on was
 * watching the same connection and did not see the bytes, and where no capture lost packets meanwhile.
 */
import { type HopEdgeRow, type HopNodeRow, type L7Record, seqLess, toSeq } from '@bpfnet/flow-model';
import { durationText } from './durations';
import { summaryOf } from './request-words';
import { ownsClient, ownsServer } from './path-ends';
import { orderPath, type PathPoint } from './path-order';
import {
  type ChunkAtNic,
  clientIsSrc,
  isAnswered,
  oncePerNic,
  pathPointOf,
  roundTripOf,
  type SpanAtNic,
} from './span-at-nic';

export interface Hops {
  readonly nodes: readonly HopNodeRow[];
  readonly edges: readonly HopEdgeRow[];
  /** `GET /api/orders → 200`. */
  readonly summary: string;
  readonly outcome: L7Record['outcome'];
  readonly latencyMs: number;
  readonly notes: readonly string[];
}

/** Times below the resolution of `latency_ms`; a difference that is this little below 0 is 0. */
const RESOLUTION_MS = 0.002;

export const OUTSIDE_CLIENT = 'outside:client';
export const OUTSIDE_SERVER = 'outside:server';

/**
 * @param spans the records of one request; at least one
 * @param chunks L4 records of the same connections, also at NICs that did not see the request; may be empty
 */
export function hopsOf(spans: readonly SpanAtNic[], chunks: readonly ChunkAtNic[]): Hops {
  const { points, clocksTrusted } = orderPath(oncePerNic(spans).map(pathPointOf));
  const path = points.map(({ span }) => span);
  const first = path[0];
  const last = path[path.length - 1];
  const missed = missedAt(path, chunks);
  const notes: string[] = [];

  const observed = path.map((span) => nodeOf(span));
  const blind = missed.map((chunk) => blindNodeOf(chunk, first.record.request_id));
  const outsideClient = ownsClient(first.record) ? [] : [outsideNode('client', first.record)];
  const serverSeen = ownsServer(last.record) || missed.some(({ record }) => ownsServer(record));
  const outsideServer = serverSeen ? [] : [outsideNode('server', missed[missed.length - 1]?.record ?? last.record)];
  const nodes = [...outsideClient, ...observed, ...blind, ...outsideServer].map((node, order) => ({ ...node, order }));

  const edges: HopEdgeRow[] = [];
  if (outsideClient.length > 0) {
    edges.push(openEdge(OUTSIDE_CLIENT, first.record.inner_traceid, ''));
  }
  for (let i = 1; i < path.length; i++) {
    edges.push(edgeBetween(path[i - 1], path[i], notes));
  }
  let end = last.record.inner_traceid;
  missed.forEach((chunk, i) => {
    const nat = natText(i === 0 ? last.record : missed[i - 1].record, chunk.record);
    edges.push({
      ...openEdge(end, chunk.record.inner_traceid, nat),
      nat,
      lost: i === 0 ? 'request' : '',
      mainstat: i === 0 ? 'request lost' : '',
    });
    end = chunk.record.inner_traceid;
  });
  if (outsideServer.length > 0) {
    edges.push(openEdge(end, OUTSIDE_SERVER, beyondText(last.record, missed.length > 0)));
  }

  return {
    nodes,
    edges,
    summary: summaryOf(first.record),
    outcome: first.record.outcome,
    latencyMs: first.record.latency_ms,
    notes: [...clockNotes(path, clocksTrusted), ...notes, ...dropNotes(path), ...endNotes(path, missed)],
  };
}

function nodeOf({ record, tsNs }: SpanAtNic): Omit<HopNodeRow, 'order'> {
  const answered = isAnswered(record.outcome);
  const retransmissions = (record.tx_retrans ?? 0) + (record.rx_retrans ?? 0);
  const words = [
    answered ? (record.l7_status ?? 'answered') : record.outcome.replace('_', ' '),
    ...(retransmissions > 0 ? [`${retransmissions} retransmitted`] : []),
  ];
  return {
    ...placeOf(record),
    mainstat: answered ? durationText(record.latency_ms) : 'no answer',
    secondarystat: words.join(', '),
    latencyMs: answered ? record.latency_ms : null,
    outcome: record.outcome,
    retransmissions,
    requestTsNs: tsNs.toString(),
    requestId: record.request_id,
  };
}

/** A NIC that watched the connection and did not see the request. */
function blindNodeOf({ record }: ChunkAtNic, requestId: string): Omit<HopNodeRow, 'order'> {
  return {
    ...placeOf(record),
    mainstat: 'not seen',
    secondarystat: 'request not seen here',
    latencyMs: null,
    outcome: '',
    retransmissions: 0,
    requestTsNs: '',
    requestId,
  };
}

type Place = Pick<
  HopNodeRow,
  | 'id'
  | 'title'
  | 'subtitle'
  | 'observed'
  | 'host'
  | 'nicName'
  | 'virtual'
  | 'podName'
  | 'k8sNamespace'
  | 'containerName'
  | 'direction'
  | 'clientAddress'
  | 'clientPort'
  | 'serverAddress'
  | 'serverPort'
  | 'l4Proto'
  | 'l7Proto'
  | 'tunnel'
  | 'vniId'
>;

function placeOf(record: SpanAtNic['record'] | ChunkAtNic['record']): Place {
  const { client, server } = endpointsOf(record);
  const podName = record.k8s_pod_name ?? '';
  return {
    id: record.inner_traceid,
    title: podName === '' ? record.nic_name : `${podName} ${record.nic_name}`,
    subtitle: record.host,
    observed: true,
    host: record.host,
    nicName: record.nic_name,
    virtual: record.virtual_nic ?? null,
    podName,
    k8sNamespace: record.k8s_namespace ?? '',
    containerName: record.k8s_container_name ?? '',
    direction: record.direction,
    clientAddress: client.ip,
    clientPort: client.port,
    serverAddress: server.ip,
    serverPort: server.port,
    l4Proto: record.l4_proto,
    l7Proto: record.l7_proto ?? '',
    tunnel: record.tunnel ?? '',
    vniId: record.vni_id ?? null,
  };
}

function outsideNode(side: 'client' | 'server', seenBy: L7Record | ChunkAtNic['record']): Omit<HopNodeRow, 'order'> {
  const { client, server } = endpointsOf(seenBy);
  const own = side === 'client' ? client : server;
  return {
    id: side === 'client' ? OUTSIDE_CLIENT : OUTSIDE_SERVER,
    title: addressText(own),
    subtitle: `${side}, not observed`,
    mainstat: 'N/A',
    secondarystat: '',
    observed: false,
    host: '',
    nicName: '',
    virtual: null,
    podName: '',
    k8sNamespace: '',
    containerName: '',
    direction: 'unknown',
    clientAddress: side === 'client' ? client.ip : '',
    clientPort: side === 'client' ? client.port : 0,
    serverAddress: side === 'server' ? server.ip : '',
    serverPort: side === 'server' ? server.port : 0,
    l4Proto: '',
    l7Proto: '',
    tunnel: '',
    vniId: null,
    latencyMs: null,
    outcome: '',
    retransmissions: 0,
    requestTsNs: '',
    requestId: '',
  };
}

function edgeBetween(source: SpanAtNic, target: SpanAtNic, notes: string[]): HopEdgeRow {
  const sameClock = source.record.host === target.record.host;
  const sourceTrip = roundTripOf(source.record);
  const targetTrip = roundTripOf(target.record);
  const where = `between ${nicText(source.record)} and ${nicText(target.record)}`;

  const thereMs = sameClock ? nanosecondsApart(source.tsNs, target.tsNs) : null;
  let thereAndBackMs: number | null = null;
  let backMs: number | null = null;
  if (sourceTrip.kind === 'known' && targetTrip.kind === 'known') {
    const difference = sourceTrip.ms - targetTrip.ms;
    const back = thereMs === null ? 0 : difference - thereMs;
    if (difference < -RESOLUTION_MS || back < -RESOLUTION_MS) {
      notes.push(`The time back ${where} came out below zero, so it is not given.`);
    } else {
      thereAndBackMs = Math.max(0, difference);
      backMs = thereMs === null ? null : Math.max(0, back);
    }
  }
  const lost = sourceTrip.kind === 'unanswered' && targetTrip.kind === 'known' && !lostByCapture(source, target);
  const nat = natText(source.record, target.record);
  return {
    id: `${source.record.inner_traceid}-${target.record.inner_traceid}`,
    source: source.record.inner_traceid,
    target: target.record.inner_traceid,
    mainstat: lost ? 'response lost' : timesText(thereMs, backMs, thereAndBackMs),
    secondarystat: nat,
    sameClock,
    thereMs,
    backMs,
    thereAndBackMs,
    nat,
    lost: lost ? 'response' : '',
  };
}

function timesText(thereMs: number | null, backMs: number | null, bothMs: number | null): string {
  if (thereMs !== null && backMs !== null) {
    return `${durationText(thereMs)} there, ${durationText(backMs)} back`;
  }
  if (bothMs !== null) {
    return `${durationText(bothMs)} there and back`;
  }
  return thereMs === null ? 'not known' : `${durationText(thereMs)} there`;
}

function openEdge(source: string, target: string, secondarystat: string): HopEdgeRow {
  return {
    id: `${source}-${target}`,
    source,
    target,
    mainstat: 'not known',
    secondarystat,
    sameClock: false,
    thereMs: null,
    backMs: null,
    thereAndBackMs: null,
    nat: '',
    lost: '',
  };
}

function beyondText(last: L7Record, requestLostBefore: boolean): string {
  if (requestLostBefore) {
    return '';
  }
  return isAnswered(last.outcome)
    ? `${durationText(last.latency_ms)} from here to the answer`
    : `last seen at ${nicText(last)}`;
}

/**
 * NICs that watched the connection and did not see the request: no span there, and the client's bytes end before it. In the
 * order of the connection's own start.
 */
function missedAt(path: readonly SpanAtNic[], chunks: readonly ChunkAtNic[]): readonly ChunkAtNic[] {
  const requestSeq = path[0].record.req_seq;
  const seen = new Set(path.map(({ record }) => record.inner_traceid));
  if (requestSeq === undefined || path.some(({ record }) => record.outcome !== 'unanswered')) {
    return [];
  }
  const byNic = new Map<string, ChunkAtNic[]>();
  for (const chunk of chunks) {
    if (!seen.has(chunk.record.inner_traceid)) {
      byNic.set(chunk.record.inner_traceid, [...(byNic.get(chunk.record.inner_traceid) ?? []), chunk]);
    }
  }
  const missed = [...byNic.values()].filter(
    (ofNic) =>
      // Until the connection has ended, a chunk with the request may still be on its way to the store.
      ofNic.some(({ record }) => record.end_reason !== undefined) &&
      ofNic.every((chunk) => endsBefore(chunk, requestSeq))
  );
  const points = missed.map((ofNic): PathPoint & { readonly chunk: ChunkAtNic } => {
    const chunk = ofNic.reduce((a, b) => (b.tsNs < a.tsNs ? b : a));
    return {
      id: chunk.record.inner_traceid,
      host: chunk.record.host,
      firstSeenNs: chunk.tsNs,
      roundTrip: { kind: 'unknown' },
      direction: chunk.record.direction,
      hostNetwork: chunk.record.host_network,
      virtualNic: chunk.record.virtual_nic,
      tunnelled: chunk.record.tunnel !== undefined,
      chunk,
    };
  });
  return orderPath(points).points.map(({ chunk }) => chunk);
}

/** The capture was whole, and the client's last byte in the chunk came before the request's first. */
function endsBefore({ record }: ChunkAtNic, requestSeq: number): boolean {
  const fromSrc = clientIsSrc(record);
  const end = fromSrc === undefined ? undefined : fromSrc ? record.tx_seq_max : record.rx_seq_max;
  if (end === undefined || (record.capture_drops ?? 0) > 0) {
    return false;
  }
  return !seqLess(toSeq(requestSeq), toSeq(end));
}

function lostByCapture(...spans: readonly SpanAtNic[]): boolean {
  return spans.some(({ record }) => (record.capture_drops ?? 0) > 0);
}

interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Client and server as a NIC saw them; where neither is known, the NIC's own side stands for the client. */
function endpointsOf(record: L7Record | ChunkAtNic['record']): { readonly client: Address; readonly server: Address } {
  const src = { ip: record.src_ip, port: record.src_port };
  const dst = { ip: record.dst_ip, port: record.dst_port };
  return clientIsSrc(record) === false ? { client: dst, server: src } : { client: src, server: dst };
}

function natText(source: L7Record | ChunkAtNic['record'], target: L7Record | ChunkAtNic['record']): string {
  const before = endpointsOf(source);
  const after = endpointsOf(target);
  const changed = (a: Address, b: Address) =>
    a.ip === b.ip && a.port === b.port ? [] : [`${addressText(a)} → ${addressText(b)}`];
  return [...changed(before.client, after.client), ...changed(before.server, after.server)].join(', ');
}

function addressText({ ip, port }: Address): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function nicText(record: { readonly host: string; readonly nic_name: string }): string {
  return `${record.nic_name} on ${record.host}`;
}

function clockNotes(path: readonly SpanAtNic[], clocksTrusted: boolean): readonly string[] {
  if (new Set(path.map(({ record }) => record.host)).size < 2) {
    return [];
  }
  return clocksTrusted
    ? [
        "Nothing but the hosts' own clocks tells the order of some hosts, and clocks were not compared: it may be wrong.",
      ]
    : ['Clocks of different hosts were not compared: between hosts only the time there and back is given.'];
}

function dropNotes(path: readonly SpanAtNic[]): readonly string[] {
  return path
    .filter(({ record }) => (record.capture_drops ?? 0) > 0)
    .map(
      ({ record }) =>
        `The capture lost ${record.capture_drops} packets on ${nicText(record)} while the request was open: what is missing there may have been on the wire.`
    );
}

function endNotes(path: readonly SpanAtNic[], missed: readonly ChunkAtNic[]): readonly string[] {
  const last = path[path.length - 1].record;
  if (path.some(({ record }) => record.outcome !== 'unanswered')) {
    return [];
  }
  if (missed.length > 0) {
    return [`The request was last seen at ${nicText(last)} and did not reach ${nicText(missed[0].record)}.`];
  }
  return ownsServer(last)
    ? [`The request reached ${nicText(last)}, where the server is, and got no answer.`]
    : [`The request was last seen at ${nicText(last)}; whether it reached the server is not known.`];
}

/** Both times are of one clock. */
function nanosecondsApart(earlier: bigint, later: bigint): number | null {
  const ms = Number(later - earlier) / 1e6;
  return ms < -RESOLUTION_MS ? null : Math.max(0, ms);
}
