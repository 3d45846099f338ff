/**
 * Many requests as a graph. What a number means stands in the contract (`NicGraphNodeRow`, `NicGraphEdgeRow`); null where the frames
 * do not say.
 */
export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  readonly host: string;
  readonly podName: string;
  readonly k8sNamespace: string;
  readonly nicName: string;
  readonly observed: boolean;
  /** Place on the path from client to server. */
  readonly order: number | null;
  readonly requests: number | null;
  readonly perSecond: number | null;
  readonly failed: number | null;
  readonly p95Ms: number | null;
  readonly retransmissions: number | null;
  /** As the frame words it; for nodes of graphs that are not ours all that there is. */
  readonly stats: readonly string[];
  /** Ids of the nodes folded into this one; one, itself, where nothing was. */
  readonly members: readonly string[];
  /** What folding it or unfolding it is about; '' where it can do neither. */
  readonly group: string;
  readonly folded: 'no' | 'group' | 'rest';
  /** Colour that the frame asks for. */
  readonly colour: string;
}

export interface GraphEdge {
  readonly id: string;
  /** Places in `nodes`. */
  readonly source: number;
  readonly target: number;
  readonly requests: number | null;
  readonly perSecond: number | null;
  readonly failed: number | null;
  /** Of folded edges the greatest: quantiles cannot be added. */
  readonly p95Ms: number | null;
  readonly retransmissions: number | null;
  readonly lost: number | null;
  readonly stats: readonly string[];
  /** How many edges were folded into this one. */
  readonly parts: number;
  readonly colour: string;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Edges lead from client to server: layers follow from them. */
  readonly hasLayers: boolean;
  /** Nodes say which host and pod they are of. */
  readonly hasPlaces: boolean;
  readonly notes: readonly string[];
}

export const COLOUR_METRICS = ['p95Ms', 'failedShare', 'lost', 'retransmissions', 'perSecond'] as const;
export type ColourMetric = (typeof COLOUR_METRICS)[number];

export function metricOf(edge: GraphEdge, metric: ColourMetric): number | null {
  if (metric !== 'failedShare') {
    return edge[metric];
  }
  return failedShare(edge);
}

export function failedShare({ failed, requests }: Pick<GraphNode | GraphEdge, 'failed' | 'requests'>): number | null {
  return failed === null || requests === null || requests === 0 ? null : failed / requests;
}

/** null where neither is known. */
export function sumOf(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}

export function greaterOf(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
