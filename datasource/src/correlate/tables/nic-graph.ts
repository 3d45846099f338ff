/**
 * Many requests merged into the NICs that they crossed and the hops between.
 *
 * Invariants: a request counts once at each NIC; times of a hop are round trips, which need no common clock; everything outside of what is
 * observed is one node on the client's side, and one per address on the server's.
 */
import {
  type HopEdgeRow,
  type HopNodeRow,
  type NicGraphEdgeRow,
  type NicGraphNodeRow,
  OUTSIDE_CLIENT,
  OUTSIDE_SERVER,
} from '@bpfnet/flow-model/frames';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type Outcome } from '@bpfnet/flow-model/words';
import { hopsOf } from './hops';
import { type ExchangeAtNic } from '../../path/exchange-at-nic';

export interface NicGraph {
  readonly nodes: readonly NicGraphNodeRow[];
  readonly edges: readonly NicGraphEdgeRow[];
  readonly requests: number;
}

interface NicGraphInput {
  /** Records of all requests, each at every NIC. */
  readonly spans: readonly ExchangeAtNic[];
  /** Seconds that they are of. */
  readonly seconds: number;
  /** How many requests one of them stands for, where a part was read. */
  readonly scale: number;
}

interface NodeTally {
  readonly first: HopNodeRow;
  requests: number;
  failed: number;
  readonly latencies: number[];
}

interface EdgeTally {
  readonly source: string;
  readonly target: string;
  requests: number;
  failed: number;
  lost: number;
  readonly times: number[];
}

const FAILED: ReadonlySet<Outcome | ''> = new Set<Outcome>(['server_error', 'unanswered', 'reset']);

export function nicGraph({ spans, seconds, scale }: NicGraphInput): NicGraph {
  const byRequest = new Map<string, ExchangeAtNic[]>();
  for (const span of spans) {
    const { request_id } = span.record;
    byRequest.set(request_id, [...(byRequest.get(request_id) ?? []), span]);
  }
  const nodes = new Map<string, NodeTally>();
  const edges = new Map<string, EdgeTally>();
  for (const same of byRequest.values()) {
    const hops = hopsOf(same, []);
    const keys = new Map(hops.nodes.map((node) => [node.id, keyOf(node)]));
    const failed = FAILED.has(hops.outcome);
    hops.nodes.forEach((node) => addNode(nodes, keyOf(node), { node, failed }));
    hops.edges.forEach((edge) => {
      const [source, target] = [keys.get(edge.source), keys.get(edge.target)];
      if (source !== undefined && target !== undefined && source !== target) {
        addEdge(edges, { source, target }, { edge, failed });
      }
    });
  }
  const perSecond = (requests: number) => (requests * scale) / seconds;
  return {
    nodes: [...nodes].map(([id, tally]) => nodeRow(id, tally, perSecond)),
    edges: [...edges].map(([id, tally]) => edgeRow(id, tally, perSecond)),
    requests: byRequest.size,
  };
}

/** The same NIC whichever connection crosses it. */
function keyOf({ id, title, host, podName, nicName }: HopNodeRow): string {
  if (id === OUTSIDE_CLIENT) {
    return OUTSIDE_CLIENT;
  }
  return id === OUTSIDE_SERVER ? `${OUTSIDE_SERVER}:${title}` : [host, podName, nicName].join('/');
}

function addNode(
  nodes: Map<string, NodeTally>,
  key: string,
  { node, failed }: { readonly node: HopNodeRow; readonly failed: boolean }
): void {
  const tally: NodeTally = nodes.get(key) ?? { first: node, requests: 0, failed: 0, latencies: [] };
  nodes.set(key, tally);
  tally.requests++;
  tally.failed += failed ? 1 : 0;
  if (node.latencyMs !== null) {
    tally.latencies.push(node.latencyMs);
  }
}

function addEdge(
  edges: Map<string, EdgeTally>,
  { source, target }: { readonly source: string; readonly target: string },
  { edge, failed }: { readonly edge: HopEdgeRow; readonly failed: boolean }
): void {
  const key = `${source} → ${target}`;
  const tally: EdgeTally = edges.get(key) ?? { source, target, requests: 0, failed: 0, lost: 0, times: [] };
  edges.set(key, tally);
  tally.requests++;
  tally.failed += failed ? 1 : 0;
  tally.lost += edge.lost === '' ? 0 : 1;
  if (edge.roundTripMs !== null) {
    tally.times.push(edge.roundTripMs);
  }
}

function nodeRow(
  id: string,
  { first, requests, failed, latencies }: NodeTally,
  perSecond: (requests: number) => number
): NicGraphNodeRow {
  const outside = id === OUTSIDE_CLIENT;
  return {
    id,
    title: outside ? 'clients outside' : first.title,
    subtitle: outside ? 'not observed' : first.subtitle,
    mainstat: rateText(perSecond(requests)),
    secondarystat: failed === 0 ? 'none failed' : `${shareText(failed / requests)} failed`,
    arc__ok: (requests - failed) / requests,
    arc__failed: failed / requests,
    observed: first.observed,
    host: first.host,
    nicName: first.nicName,
    podName: first.podName,
    requests,
    requestsPerSecond: perSecond(requests),
    failed,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
  };
}

function edgeRow(
  id: string,
  { source, target, requests, failed, lost, times }: EdgeTally,
  perSecond: (requests: number) => number
): NicGraphEdgeRow {
  const p50Ms = quantile(times, 0.5);
  const p95Ms = quantile(times, 0.95);
  return {
    id,
    source,
    target,
    mainstat:
      p50Ms === null || p95Ms === null ? 'time unknown' : `p50 ${durationText(p50Ms)}, p95 ${durationText(p95Ms)}`,
    secondarystat: `${rateText(perSecond(requests))}${lost === 0 ? '' : `, ${lost} of ${requests} lost here`}`,
    requests,
    requestsPerSecond: perSecond(requests),
    failed,
    p50Ms,
    p95Ms,
    lost,
  };
}

function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.ceil(share * sorted.length) - 1];
}

function rateText(perSecond: number): string {
  return perSecond >= 1 || perSecond === 0 ? `${perSecond.toFixed(1)} req/s` : `${(perSecond * 60).toFixed(1)} req/min`;
}

function shareText(share: number): string {
  return `${(share * 100).toFixed(share >= 0.1 ? 0 : 1)} %`;
}
