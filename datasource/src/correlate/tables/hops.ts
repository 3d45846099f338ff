/**
 * The path of one request: its NICs in path order, and the hops between neighbours.
 *
 * Invariants: between two hosts only the round trip is measured; an estimate of one direction has error bars; no time is negative; a loss
 * is reported only where a NIC further on captured the same connection and did not see the bytes, and where no capture dropped packets
 * meanwhile.
 */
import { type HopEdgeRow, type HopNodeRow, OUTSIDE_CLIENT, OUTSIDE_SERVER } from '@bpfnet/flow-model/frames';
import { pluralText } from '@bpfnet/flow-model/quantity-text';
import { type L7Record } from '@bpfnet/flow-model/records';
import { natText } from '../../path/connection-addresses';
import { beyondText, edgeBetween, type HopsStory, nicOnHost, openEdge } from './hop-edges';
import { blindNodeOf, nodeOf, outsideNode } from './hop-nodes';
import { missedAt } from '../../path/missed-nics';
import { ownsClient, ownsServer } from '../../path/path-ends';
import { orderPath } from '../../path/path-order';
import { summaryOf } from '../../path/request-words';
import { type ChunkAtNic, oncePerNic, pathPointOf, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { unplacedLosses } from './unplaced-losses';

export interface Hops {
  readonly nodes: readonly HopNodeRow[];
  readonly edges: readonly HopEdgeRow[];
  /** `GET /api/orders → 200`. */
  readonly summary: string;
  readonly outcome: L7Record['outcome'];
  readonly latencyMs: number;
  readonly notes: readonly string[];
}

/**
 * @param spans the records of one request; at least one
 * @param chunks L4 records of the same connections, also at NICs that did not see the request; may be empty
 * @param story the story of the same request, where its packets were read: it knows the clocks and what each hop lost
 */
export function hopsOf(spans: readonly ExchangeAtNic[], chunks: readonly ChunkAtNic[], story?: HopsStory): Hops {
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
    edges.push(edgeBetween(path[i - 1], path[i], { story, notes }));
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
    notes: [
      ...clockNotes(path, { trusted: clocksTrusted, compared: story !== undefined }),
      ...notes,
      ...(story === undefined
        ? []
        : unplacedLosses(
            path.map(({ record }) => record.inner_traceid),
            story
          )),
      ...dropNotes(path),
      ...endNotes(path, missed),
    ],
  };
}

interface Clocks {
  /** The order of some hosts rests on their clocks. */
  readonly trusted: boolean;
  readonly compared: boolean;
}

function clockNotes(path: readonly ExchangeAtNic[], { trusted, compared }: Clocks): readonly string[] {
  if (new Set(path.map(({ record }) => record.host)).size < 2) {
    return [];
  }
  if (trusted) {
    return ['The order of some hosts is based on their own clocks, which were not compared: it may be wrong.'];
  }
  return compared ? [] : ['Clocks of different hosts were not compared: between hosts only the round trip is shown.'];
}

function dropNotes(path: readonly ExchangeAtNic[]): readonly string[] {
  return path
    .filter(({ record }) => (record.capture_drops ?? 0) > 0)
    .map(
      ({ record }) =>
        `The capture dropped ${pluralText(record.capture_drops ?? 0, 'packet')} at ${nicOnHost(record)} while the request was pending: packets missing there may have been on the wire.`
    );
}

function endNotes(path: readonly ExchangeAtNic[], missed: readonly ChunkAtNic[]): readonly string[] {
  const last = path[path.length - 1].record;
  if (path.some(({ record }) => record.outcome !== 'unanswered')) {
    return [];
  }
  if (missed.length > 0) {
    return [`The request was last seen at ${nicOnHost(last)} and did not reach ${nicOnHost(missed[0].record)}.`];
  }
  return ownsServer(last)
    ? [`The request reached ${nicOnHost(last)}, where the server is, but got no response.`]
    : [`The request was last seen at ${nicOnHost(last)}; whether it reached the server is unknown.`];
}
