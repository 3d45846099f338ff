/** The part of a graph that stands out while the rest is veiled. */
import { type Found } from '../layout/find-at';
import { type Graph } from '../model/graph';

export interface Emphasis {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
}

interface EmphasisInput {
  readonly pointed: Found | undefined;
  readonly matches: readonly number[] | undefined;
}

/** What is pointed at, with its neighbours; else the matches of a search. */
export function emphasisOf(graph: Graph, { pointed, matches }: EmphasisInput): Emphasis | undefined {
  if (pointed?.kind === 'edge') {
    const edge = graph.edges[pointed.index];
    return edge && { edges: [pointed.index], nodes: [edge.source, edge.target] };
  }
  if (pointed?.kind === 'node' && pointed.index < graph.nodes.length) {
    const { index } = pointed;
    const edges = [...graph.edges.keys()].filter(
      (i) => graph.edges[i].source === index || graph.edges[i].target === index
    );
    const nodes = new Set([index, ...edges.flatMap((i) => [graph.edges[i].source, graph.edges[i].target])]);
    return { edges, nodes: [...nodes] };
  }
  return matches && { edges: [], nodes: matches };
}
