/** The clocks of all hosts on a path, compared by what their NICs saw of the same connections. */
import { type ClockOffset, type ClockSample, type ClockSamples, estimateOffset } from './clock-offset';
import { type BothWays } from '../losses/journeys';
import { surePassages } from '../losses/baseline-transit';
import { type CapturedConnection } from '../losses/captured-connection';

/** A connection that passes the hosts. */
export interface Followed {
  readonly watched: CapturedConnection;
  readonly journeys: BothWays;
}

export class HostClocks {
  private readonly known = new Map<string, ClockOffset>();

  /**
   * @param connections the one in question first
   * @param atNs the moment in question, ns since the first connection's base
   */
  constructor(
    private readonly connections: readonly Followed[],
    private readonly atNs: number
  ) {}

  /** What the clock of `to` is ahead of that of `from`. */
  between(from: string, to: string): ClockOffset {
    if (from === to) {
      return { kind: 'estimated', from, to, aheadMs: 0, ifSymmetricMs: 0, atMostMs: 0, samples: { there: 0, back: 0 } };
    }
    const key = JSON.stringify([from, to]);
    const known = this.known.get(key) ?? estimateOffset({ from, to }, this.samples(from, to), this.atNs);
    this.known.set(key, known);
    return known;
  }

  private samples(from: string, to: string): ClockSamples {
    const there: ClockSample[] = [];
    const back: ClockSample[] = [];
    for (const connection of this.connections) {
      const added = samplesOf(connection, from, to, this.connections[0].watched.baseNs);
      there.push(...added.there);
      back.push(...added.back);
    }
    return { there, back };
  }
}

function samplesOf({ watched, journeys }: Followed, from: string, to: string, baseNs: bigint): ClockSamples {
  const laneOf = nearestLanes(watched, from, to);
  if (laneOf === undefined) {
    return { there: [], back: [] };
  }
  const shiftNs = Number(watched.baseNs - baseNs);
  const passages = (a: number, b: number): readonly ClockSample[] =>
    surePassages(journeys.groups[a < b ? 0 : 1], watched.flows, [a, b]).map(({ fromNs, toNs }) => ({
      // Always on the clock of `from`, so that an offset of seconds does not count as age.
      atNs: shiftNs + (a === laneOf.from ? fromNs : toNs),
      shownNs: toNs - fromNs,
    }));
  return { there: passages(laneOf.from, laneOf.to), back: passages(laneOf.to, laneOf.from) };
}

/** The NICs of two hosts with the least between them. */
function nearestLanes(
  { flows: watches }: CapturedConnection,
  from: string,
  to: string
): { readonly from: number; readonly to: number } | undefined {
  const lanesOf = (host: string) => watches.filter(({ place }) => place.host === host).map(({ place }) => place.order);
  let best: { readonly from: number; readonly to: number } | undefined;
  for (const a of lanesOf(from)) {
    for (const b of lanesOf(to)) {
      if (best === undefined || Math.abs(a - b) < Math.abs(best.from - best.to)) {
        best = { from: a, to: b };
      }
    }
  }
  return best;
}
