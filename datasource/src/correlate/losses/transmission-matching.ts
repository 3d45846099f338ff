/**
 * Which departure became which arrival, where the same bytes were sent more than once and perhaps not all of them arrived.
 *
 * Transmissions keep their order, none arrives sooner than the shortest transit allows, as many as possible are matched, and of all
 * such matches the one wins whose transits differ least from the baseline. Clocks need not agree: the baseline is the difference that
 * the two clocks show.
 */
export interface BaselineTransit {
  /** ns from departure to arrival as the two clocks show it. */
  readonly typicalNs: number;
  /** Nothing arrives earlier than that after its departure. */
  readonly leastNs: number;
}

/** Above this many pairs matching is greedy: hostile input must not take quadratic time. */
const MAX_PAIRS = 65_536;

/**
 * @param departuresNs in order of time
 * @param arrivalsNs in order of time
 * @returns for each arrival the index of its departure, or -1
 */
export function matchTransmissions(
  departuresNs: readonly number[],
  arrivalsNs: readonly number[],
  way: BaselineTransit
): readonly number[] {
  if (departuresNs.length === 0 || arrivalsNs.length === 0) {
    return arrivalsNs.map(() => -1);
  }
  return departuresNs.length * arrivalsNs.length > MAX_PAIRS
    ? latestFirst(departuresNs, arrivalsNs, way)
    : bestInOrder(departuresNs, arrivalsNs, way);
}

/** Each arrival, the last first, takes the latest departure that is left and not too late for it. */
function latestFirst(
  departures: readonly number[],
  arrivals: readonly number[],
  way: BaselineTransit
): readonly number[] {
  const found = new Array<number>(arrivals.length).fill(-1);
  let left = departures.length - 1;
  for (let j = arrivals.length - 1; j >= 0 && left >= 0; j--) {
    while (left >= 0 && arrivals[j] - departures[left] < way.leastNs) {
      left--;
    }
    found[j] = left;
    left = Math.max(-1, left - 1);
  }
  return found;
}

const enum Step {
  SkipDeparture,
  SkipArrival,
  Match,
}

/** The alignment of two sequences by dynamic programming: most matches first, then least deviation. */
function bestInOrder(
  departures: readonly number[],
  arrivals: readonly number[],
  way: BaselineTransit
): readonly number[] {
  const width = arrivals.length + 1;
  const size = (departures.length + 1) * width;
  const matches = new Uint32Array(size);
  const deviation = new Float64Array(size);
  const step = new Uint8Array(size);
  for (let i = 0; i <= departures.length; i++) {
    for (let j = 0; j <= arrivals.length; j++) {
      const at = i * width + j;
      if (i === 0 || j === 0) {
        step[at] = i === 0 ? Step.SkipArrival : Step.SkipDeparture;
        continue;
      }
      take(at, at - width, Step.SkipDeparture);
      if (isBetter(at - 1, at)) {
        take(at, at - 1, Step.SkipArrival);
      }
      const wayNs = arrivals[j - 1] - departures[i - 1];
      if (wayNs >= way.leastNs) {
        const before = at - width - 1;
        const count = matches[before] + 1;
        const total = deviation[before] + Math.abs(wayNs - way.typicalNs);
        if (count > matches[at] || (count === matches[at] && total < deviation[at])) {
          matches[at] = count;
          deviation[at] = total;
          step[at] = Step.Match;
        }
      }
    }
  }
  const found = new Array<number>(arrivals.length).fill(-1);
  for (let i = departures.length, j = arrivals.length; i > 0 && j > 0;) {
    const taken = step[i * width + j];
    if (taken === Step.Match) {
      found[j - 1] = i - 1;
    }
    i -= taken === Step.SkipArrival ? 0 : 1;
    j -= taken === Step.SkipDeparture ? 0 : 1;
  }
  return found;

  function take(at: number, from: number, by: Step): void {
    matches[at] = matches[from];
    deviation[at] = deviation[from];
    step[at] = by;
  }

  function isBetter(a: number, b: number): boolean {
    return matches[a] > matches[b] || (matches[a] === matches[b] && deviation[a] < deviation[b]);
  }
}
