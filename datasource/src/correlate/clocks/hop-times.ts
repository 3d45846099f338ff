/**
 * How long a request and its response took from one NIC to the next. See docs/hop-times.md.
 *
 * Invariants: no time is negative; both ways add up to the round trip, which needs no common clock; what is unknown says why.
 */
import { type ClockOffset, type ClockUnknown } from './clock-offset';

export type TimeUnknown =
  | ClockUnknown
  /** Only the records of the request itself were read. */
  | 'not-compared'
  /** The bytes were not seen at both NICs. */
  | 'not-seen'
  /** Two timestamps of one clock are in the wrong order. */
  | 'stamps-contradict';

/** A time one way. */
export type OneWay =
  /** Both NICs are read by one clock. */
  | { readonly kind: 'exact'; readonly ms: number }
  | { readonly kind: 'estimated'; readonly ms: number; readonly ifSymmetricMs: number; readonly atMostMs: number }
  | { readonly kind: 'unknown'; readonly why: TimeUnknown };

export interface HopTime {
  /** Flow ids. */
  readonly from: string;
  readonly to: string;
  readonly sameClock: boolean;
  /** Of the request's first byte, by the transmission that arrived. */
  readonly there: OneWay;
  /** Of the response's last byte, likewise. */
  readonly back: OneWay;
  /** The round trip; null where one of its ways was not seen. */
  readonly sumMs: number | null;
}

/** What two NICs saw of a request and its response, ms on the clock of each; null where not seen. */
export interface Stamps {
  readonly requestMs: number | null;
  readonly responseMs: number | null;
}

/** Timestamps of one host are taken at different places in the kernel; a time this little below 0 counts as 0. */
const RESOLUTION_MS = 0.002;

interface HopEnd {
  readonly flowId: string;
  readonly stamps: Stamps;
}

/** @param clocks how far the second host's clock is ahead of the first's; `same` where one clock reads both NICs */
export function hopTime(from: HopEnd, to: HopEnd, clocks: ClockOffset | 'same' | 'not-compared'): HopTime {
  const thereMs = difference(to.stamps.requestMs, from.stamps.requestMs);
  const backMs = difference(from.stamps.responseMs, to.stamps.responseMs);
  const sumMs = thereMs === null || backMs === null ? null : thereMs + backMs;
  const flowIds = { from: from.flowId, to: to.flowId };
  if (clocks === 'same') {
    const contradicts = sumMs !== null && sumMs < -RESOLUTION_MS;
    return {
      ...flowIds,
      sameClock: true,
      there: oneClock(thereMs),
      back: oneClock(backMs),
      sumMs: sumMs === null || contradicts ? null : Math.max(0, sumMs),
    };
  }
  const [there, back] = twoClocks(thereMs, backMs, clocks);
  return { ...flowIds, sameClock: false, there, back, sumMs: sumMs !== null && sumMs < 0 ? null : sumMs };
}

function difference(later: number | null, earlier: number | null): number | null {
  return later === null || earlier === null ? null : later - earlier;
}

function oneClock(ms: number | null): OneWay {
  if (ms === null) {
    return { kind: 'unknown', why: 'not-seen' };
  }
  return ms < -RESOLUTION_MS ? { kind: 'unknown', why: 'stamps-contradict' } : { kind: 'exact', ms: Math.max(0, ms) };
}

function twoClocks(
  thereMs: number | null,
  backMs: number | null,
  clocks: ClockOffset | 'not-compared'
): readonly [OneWay, OneWay] {
  if (clocks === 'not-compared' || clocks.kind === 'unknown') {
    const why = clocks === 'not-compared' ? clocks : clocks.why;
    const unknown = (ms: number | null): OneWay => ({ kind: 'unknown', why: ms === null ? 'not-seen' : why });
    return [unknown(thereMs), unknown(backMs)];
  }
  const { aheadMs, ifSymmetricMs, atMostMs } = clocks;
  const estimated = (ms: number | null, most: number): OneWay =>
    ms === null
      ? { kind: 'unknown', why: 'not-seen' }
      : { kind: 'estimated', ms: Math.min(Math.max(0, ms), most), ifSymmetricMs, atMostMs };
  // A retransmission may be quicker than all that the offset rests on: then it ends at 0, and the other way takes the sum.
  const most = thereMs === null || backMs === null ? Infinity : Math.max(0, thereMs + backMs);
  return [estimated(difference(thereMs, aheadMs), most), estimated(backMs === null ? null : backMs + aheadMs, most)];
}
