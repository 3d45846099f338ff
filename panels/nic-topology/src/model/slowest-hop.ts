import { type PathEdge } from './nic-path';

/** Time there and back, ms; null where not known. */
export function hopMs(edge: PathEdge): number | null {
  if (edge.thereAndBackMs !== null) {
    return edge.thereAndBackMs;
  }
  return edge.thereMs === null || edge.backMs === null ? null : edge.thereMs + edge.backMs;
}

/** How much longer than any other hop one must take to be worth pointing at. */
const STANDS_OUT = 2;

/** Index of the hop that took by far the longest; -1 where none stands out or there is only one. */
export function slowestHop(edges: readonly PathEdge[]): number {
  const times = edges.map(hopMs);
  const known = times.filter((ms) => ms !== null).sort((a, b) => b - a);
  if (known.length < 2 || known[0] <= 0 || known[0] < STANDS_OUT * known[1]) {
    return -1;
  }
  return times.indexOf(known[0]);
}
