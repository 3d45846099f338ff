/** The clocks of all hosts on a path, compared by what their NICs saw of the same connections. */
import { type ClockOffset, type ClockSample, type ClockSamples, estimateOffset } from './clock-offset';
import { type SentSegments } from '../losses/sent-segments';
import { unambiguousTransits } from '../losses/baseline-transit';
import { type CapturedConnection } from '../losses/captured-connection';

/** A connection that passes the hosts. */
export interface Followed {
  readonly connection: CapturedConnection;
  readonly sent: SentSegments;
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

  /** How far the clock of `to` is ahead of that of `from`. */
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
      const added = samplesOf(connection, from, to, this.connections[0].connection.baseNs);
      there.push(...added.there);
      back.push(...added.back);
    }
    return { there, back };
  }
}

function samplesOf({ connection, sent }: Followed, from: string, to: string, baseNs: bigint): ClockSamples {
  const nicOf = nearestNics(connection, from, to);
  if (nicOf === undefined) {
    return { there: [], back: [] };
  }
  const shiftNs = Number(connection.baseNs - baseNs);
  const transits = (a: number, b: number): readonly ClockSample[] =>
    unambiguousTransits(sent.groups[a < b ? 0 : 1], connection.flows, [a, b]).map(({ fromNs, toNs }) => ({
      // Always on the clock of `from`, so that an offset of seconds does not count as age.
      atNs: shiftNs + (a === nicOf.from ? fromNs : toNs),
      shownNs: toNs - fromNs,
    }));
  return { there: transits(nicOf.from, nicOf.to), back: transits(nicOf.to, nicOf.from) };
}

/** The NICs of two hosts that are nearest to each other on the path. */
function nearestNics(
  { flows }: CapturedConnection,
  from: string,
  to: string
): { readonly from: number; readonly to: number } | undefined {
  const nicsOf = (host: string) => flows.filter(({ place }) => place.host === host).map(({ place }) => place.order);
  let best: { readonly from: number; readonly to: number } | undefined;
  for (const a of nicsOf(from)) {
    for (const b of nicsOf(to)) {
      if (best === undefined || Math.abs(a - b) < Math.abs(best.from - best.to)) {
        best = { from: a, to: b };
      }
    }
  }
  return best;
}
