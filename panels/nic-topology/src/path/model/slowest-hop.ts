import { type PathEdge } from './path';

/** Round trip, ms; null where not known. */
function hopMs(edge: PathEdge): number | null {
  if (edge.roundTripMs !== null) {
    return edge.roundTripMs;
  }
  return edge.toServerMs === null || edge.toClientMs === null ? null : edge.toServerMs + edge.toClientMs;
}

/** How much longer than any other hop one must take to be worth pointing at. */
const STANDS_OUT = 2;

/** And which share of the whole request: a microsecond among nanoseconds is nothing to look at. */
const WORTH_A_LOOK = 0.001;

/** From this share on it is part of what was slow. */
const MATTERS = 0.1;

interface SlowestHop {
  /** Of the edge; -1 where none stands out, none is worth a look, or there is only one. */
  readonly index: number;
  /** The request would have been notably faster without. */
  readonly matters: boolean;
}

const NONE: SlowestHop = { index: -1, matters: false };

/**
 * The hop that took by far the longest.
 *
 * @param totalMs of the request; 0 where it is not known
 */
export function slowestHop(edges: readonly PathEdge[], totalMs: number): SlowestHop {
  const times = edges.map(hopMs);
  const known = times.filter((ms) => ms !== null).sort((a, b) => b - a);
  if (known.length < 2 || known[0] <= 0 || known[0] < STANDS_OUT * known[1] || known[0] < WORTH_A_LOOK * totalMs) {
    return NONE;
  }
  return { index: times.indexOf(known[0]), matters: known[0] >= MATTERS * totalMs };
}
