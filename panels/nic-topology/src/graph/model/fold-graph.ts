/**
 * Folds nodes into pods, hosts or namespaces, and all but the busiest into one.
 *
 * Rates, failures, losses and retransmissions are added up over edges, which a request crosses once; of p95 the greatest is kept, since
 * quantiles cannot be added. A group's requests are those that came in, went out, or crossed its busiest member, whichever is most: added up
 * over members, a request would count once per NIC.
 */
import { type Graph, type GraphEdge, type GraphNode, greaterOf, sumOf } from './graph';

export const LEVELS = ['nic', 'pod', 'host', 'namespace'] as const;
export type Level = (typeof LEVELS)[number];

interface Folding {
  readonly level: Level;
  /** Groups that are unfolded at this level; at the level of NICs, hosts that are folded. */
  readonly flipped: ReadonlySet<string>;
}

export function foldGraph(graph: Graph, { level, flipped }: Folding): Graph {
  if (!graph.hasPlaces) {
    return graph;
  }
  const of = graph.nodes.map((node): Place => {
    const group = groupOf(node, level === 'nic' ? 'host' : level);
    const isFolded = group !== '' && (level === 'nic') === flipped.has(group);
    return { key: isFolded ? group : node.id, group, isFolded };
  });
  return merge(graph, of, (members, { group, isFolded }) =>
    isFolded ? groupNode(members, group, level === 'nic' ? 'host' : level) : { ...members[0], group }
  );
}

/** The busiest as they are, the rest as one. */
export function keepBusiest(graph: Graph, count: number): Graph {
  if (graph.nodes.length <= count) {
    return graph;
  }
  const byTraffic = graph.nodes.map((node, i) => ({ i, traffic: node.requests ?? degree(graph, i), id: node.id }));
  byTraffic.sort((a, b) => b.traffic - a.traffic || (a.id < b.id ? -1 : 1));
  const kept = new Set(byTraffic.slice(0, count).map(({ i }) => i));
  const of = graph.nodes.map((node, i): Place => ({
    key: kept.has(i) ? node.id : REST,
    group: '',
    isFolded: !kept.has(i),
  }));
  return merge(graph, of, (members, { key }) => (key === REST ? restNode(members) : members[0]));
}

const REST = 'bpfnet:rest';

function degree({ edges }: Graph, node: number): number {
  return edges.filter(({ source, target }) => source === node || target === node).length;
}

interface Place {
  readonly key: string;
  readonly group: string;
  readonly isFolded: boolean;
}

/** '' for what lies outside and belongs to nobody. */
function groupOf(node: GraphNode, level: Exclude<Level, 'nic'>): string {
  const { host, podName, k8sNamespace } = node;
  switch (level) {
    case 'host':
      return host === '' ? '' : `host ${host}`;
    case 'pod':
      // Of a host's own NICs the host is what a pod is of a pod's.
      return podName === '' ? (host === '' ? '' : `pod ${host}`) : `pod ${host} ${k8sNamespace} ${podName}`;
    case 'namespace':
      return k8sNamespace === '' ? (host === '' ? '' : 'namespace ') : `namespace ${k8sNamespace}`;
  }
}

function groupNode(members: readonly GraphNode[], group: string, level: Exclude<Level, 'nic'>): GraphNode {
  const [first] = members;
  const titles: Readonly<Record<Exclude<Level, 'nic'>, string>> = {
    host: first.host,
    pod: first.podName || first.host,
    namespace: first.k8sNamespace || 'no namespace',
  };
  const nics = `${members.length} ${members.length === 1 ? 'NIC' : 'NICs'}`;
  return {
    ...summed(members),
    id: group,
    title: titles[level],
    subtitle: level === 'pod' && first.podName !== '' ? `${first.host}, ${nics}` : nics,
    group,
    folded: 'group',
  };
}

function restNode(members: readonly GraphNode[]): GraphNode {
  return {
    ...summed(members),
    id: REST,
    title: `${members.length} more`,
    subtitle: 'collapsed, fewer requests',
    host: '',
    podName: '',
    k8sNamespace: '',
    nicName: '',
    group: '',
    folded: 'rest',
  };
}

function summed(members: readonly GraphNode[]): GraphNode {
  const orders = members.flatMap(({ order }) => (order === null ? [] : [order])).sort((a, b) => a - b);
  return members.reduce<GraphNode>(
    (sum, node) => ({
      ...sum,
      observed: sum.observed || node.observed,
      requests: greaterOf(sum.requests, node.requests),
      perSecond: greaterOf(sum.perSecond, node.perSecond),
      failed: greaterOf(sum.failed, node.failed),
      p95Ms: greaterOf(sum.p95Ms, node.p95Ms),
      retransmissions: greaterOf(sum.retransmissions, node.retransmissions),
    }),
    {
      ...members[0],
      order: orders.length === 0 ? null : orders[Math.floor(orders.length / 2)],
      stats: [],
      members: members.flatMap((node) => node.members),
      colour: '',
    }
  );
}

function merge(
  graph: Graph,
  places: readonly Place[],
  nodeOf: (members: readonly GraphNode[], place: Place) => GraphNode
): Graph {
  const members = new Map<string, { place: Place; nodes: GraphNode[] }>();
  places.forEach((place, i) => {
    const group = members.get(place.key) ?? { place, nodes: [] };
    members.set(place.key, group);
    group.nodes.push(graph.nodes[i]);
  });
  const index = new Map([...members.keys()].map((key, i) => [key, i]));
  const at = places.map(({ key }) => index.get(key) ?? 0);
  const edges = mergeEdges(graph.edges, at);
  const nodes = [...members.values()].map(({ place, nodes: all }) => nodeOf(all, place));
  return { ...graph, edges, nodes: withCrossing(nodes, edges) };
}

function mergeEdges(edges: readonly GraphEdge[], at: readonly number[]): readonly GraphEdge[] {
  const merged = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const [source, target] = [at[edge.source], at[edge.target]];
    if (source === target) {
      continue;
    }
    const key = `${source} ${target}`;
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined
        ? { ...edge, source, target }
        : {
            ...known,
            requests: sumOf(known.requests, edge.requests),
            perSecond: sumOf(known.perSecond, edge.perSecond),
            failed: sumOf(known.failed, edge.failed),
            p95Ms: greaterOf(known.p95Ms, edge.p95Ms),
            retransmissions: sumOf(known.retransmissions, edge.retransmissions),
            lost: sumOf(known.lost, edge.lost),
            stats: [],
            parts: known.parts + edge.parts,
          }
    );
  }
  return [...merged.values()];
}

/** What crosses a group's border may be more than what its busiest member saw. */
function withCrossing(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): readonly GraphNode[] {
  const fields = ['requests', 'perSecond', 'failed'] as const;
  const into = nodes.map(() => ({ requests: 0, perSecond: 0, failed: 0 }));
  const outOf = nodes.map(() => ({ requests: 0, perSecond: 0, failed: 0 }));
  for (const edge of edges) {
    for (const field of fields) {
      into[edge.target][field] += edge[field] ?? 0;
      outOf[edge.source][field] += edge[field] ?? 0;
    }
  }
  return nodes.map((node, i) => {
    if (node.folded === 'no') {
      return node;
    }
    const most = (field: (typeof fields)[number]) => greaterOf(node[field], Math.max(into[i][field], outOf[i][field]));
    return { ...node, requests: most('requests'), perSecond: most('perSecond'), failed: most('failed') };
  });
}
