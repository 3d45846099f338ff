/** Nodes and edges in words, with units. */
import { countText, durationText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { type ColourMetric, failedShare, type Graph, type GraphEdge, type GraphNode } from './graph';

type Fact = readonly [name: string, value: string];

export const METRIC_TITLES: Readonly<Record<ColourMetric, string>> = {
  p95Ms: 'Round trip p95',
  failedShare: 'Failed requests',
  lost: 'Lost requests',
  retransmissions: 'Retransmissions',
  perSecond: 'Request rate',
};

export function rateText(perSecond: number): string {
  if (perSecond >= 100 || perSecond === 0) {
    return `${countText(perSecond)} req/s`;
  }
  return perSecond >= 1 ? `${perSecond.toFixed(1)} req/s` : `${(perSecond * 60).toFixed(1)} req/min`;
}

export function shareText(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** One line on a card, from long to short, never with a number cut. Failures show by colour too. */
export function nodeLines(node: GraphNode): readonly [string, ...string[]] {
  if (node.perSecond === null) {
    return [node.stats.join(' · '), ...node.stats.slice(0, 1)];
  }
  const share = failedShare(node);
  const rate = rateText(node.perSecond);
  const short = rate.replace('req/', '/').replace(' /', '/');
  if (share === null || share === 0) {
    return [rate, short];
  }
  return [
    `${rate} · ${shareText(share)} failed`,
    `${short} · ${shareText(share)} failed`,
    `${short} · ${shareText(share)} ✕`,
    rate,
  ];
}

/** From the first byte of requests to the last of responses, at this node. */
export const latencyLine = ({ p95Ms, folded }: GraphNode): string =>
  p95Ms === null ? '' : `p95 ${folded === 'no' ? '' : '≤ '}${durationText(p95Ms)}`;

/** Beside an arrow: the whole text, and a shorter one where there is no room for it. */
export function edgeLines(edge: GraphEdge): readonly string[] {
  if (edge.requests === null && edge.perSecond === null) {
    return edge.stats.length === 0 ? [] : [edge.stats.join(' · '), edge.stats[0]];
  }
  const lost = edge.lost === null || edge.lost === 0 ? '' : `${countText(edge.lost)} lost`;
  const time = p95Text(edge);
  return [[time, lost].filter((text) => text !== '').join(' · '), lost || time].filter((text) => text !== '');
}

/** Where it is: of a pod's NIC the namespace too. */
export function placeLine({ folded, observed, subtitle, k8sNamespace, host }: GraphNode): string {
  return folded !== 'no' || !observed || host === ''
    ? subtitle
    : [k8sNamespace, host].filter((text) => text !== '').join(' · ');
}

/** Of folded edges the greatest p95 is an upper end, not a quantile. */
function p95Text({ p95Ms, parts }: GraphEdge): string {
  return p95Ms === null ? '' : `${parts > 1 ? '≤ ' : ''}${durationText(p95Ms)}`;
}

export function nodeFacts(node: GraphNode): readonly Fact[] {
  const facts: readonly Fact[] = [
    ['host', node.folded === 'rest' ? '' : node.host],
    ['pod', node.folded === 'no' ? [node.k8sNamespace, node.podName].filter((text) => text !== '').join(' / ') : ''],
    ['NIC', node.folded === 'no' ? node.nicName : ''],
    ['collapsed', node.folded === 'no' ? '' : pluralText(node.members.length, 'NIC')],
    ['rate', node.perSecond === null ? '' : rateText(node.perSecond)],
    ['requests', node.requests === null ? '' : countText(node.requests)],
    ['failed', failedText(node)],
    ['latency p95', node.p95Ms === null ? '' : `${node.folded === 'no' ? '' : 'up to '}${durationText(node.p95Ms)}`],
    ['retransmissions', node.retransmissions === null ? '' : countText(node.retransmissions)],
    ...(node.requests === null
      ? node.stats.map((stat, i): Fact => [i === 0 ? 'main stat' : 'secondary stat', stat])
      : []),
  ];
  return facts.filter(([, value]) => value !== '');
}

export function edgeFacts(edge: GraphEdge): readonly Fact[] {
  const { parts, perSecond, requests, p95Ms, retransmissions, lost } = edge;
  const facts: readonly Fact[] = [
    ['rate', perSecond === null ? '' : rateText(perSecond)],
    ['requests', requests === null ? '' : countText(requests)],
    ['failed', failedText(edge)],
    [
      'round trip p95',
      p95Ms === null ? (requests === null ? '' : 'unknown') : `${parts > 1 ? 'up to ' : ''}${durationText(p95Ms)}`,
    ],
    ['retransmissions', retransmissions === null ? '' : countText(retransmissions)],
    ['lost on this hop', lost === null ? '' : pluralText(lost, 'request')],
    ['collapsed', parts > 1 ? pluralText(parts, 'edge') : ''],
    ...(requests === null ? edge.stats.map((stat, i): Fact => [i === 0 ? 'main stat' : 'secondary stat', stat]) : []),
  ];
  return facts.filter(([, value]) => value !== '');
}

function failedText(one: GraphNode | GraphEdge): string {
  const share = failedShare(one);
  return one.failed === null || share === null
    ? ''
    : one.failed === 0
      ? 'none'
      : `${countText(one.failed)} (${shareText(share)})`;
}

export function nodeSentence(graph: Graph, index: number): string {
  const node = graph.nodes[index];
  const out = graph.edges.filter(({ source }) => source === index).length;
  const into = graph.edges.filter(({ target }) => target === index).length;
  return [node.title, node.subtitle, nodeLines(node)[0], `${into} in, ${out} out`]
    .filter((text) => text !== '')
    .join(', ');
}

export const edgeTitle = (graph: Graph, { source, target }: GraphEdge) =>
  `${graph.nodes[source].title} → ${graph.nodes[target].title}`;
