/** From node to node by keys, along the busiest edge or up and down; and by search. */
import { type Graph } from './graph';

export type Step = 'next' | 'previous' | 'up' | 'down';

interface Places {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/** @returns the node to go to; the same where there is none */
export function stepFrom(graph: Graph, { x, y }: Places, { from, step }: { from: number; step: Step }): number {
  if (step === 'next' || step === 'previous') {
    const ends = graph.edges
      .filter((edge) => (step === 'next' ? edge.source : edge.target) === from)
      .map((edge) => ({ to: step === 'next' ? edge.target : edge.source, traffic: edge.requests ?? 0 }))
      .sort((a, b) => b.traffic - a.traffic || a.to - b.to);
    return ends[0]?.to ?? from;
  }
  const sign = step === 'down' ? 1 : -1;
  let best = from;
  let bestAway = Infinity;
  for (let node = 0; node < graph.nodes.length; node++) {
    const away = (y[node] - y[from]) * sign;
    const aside = Math.abs(x[node] - x[from]);
    if (node !== from && away > 0 && aside < 1 && away < bestAway) {
      best = node;
      bestAway = away;
    }
  }
  return best;
}

/** Places of nodes whose words hold all of `text`'s. */
export function searchNodes({ nodes }: Graph, text: string): readonly number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return [];
  }
  return nodes.flatMap((node, i) => {
    const said = [node.title, node.subtitle, node.host, node.podName, node.k8sNamespace, node.nicName, ...node.members]
      .join(' ')
      .toLowerCase();
    return words.every((word) => said.includes(word)) ? [i] : [];
  });
}
