/**
 * How far one host's clock is ahead of another's, from what both saw of the same traffic. See docs/hop-times.md.
 *
 * With d the offset (to − from) and w a transit time: a packet from → to shows w + d, one from to → from shows w' − d. No transit
 * time is negative, so d is at most the least difference shown forwards and at least minus the least shown backwards; between these
 * bounds nothing is known unless both ways take the same time. The estimate is their middle. NTP's clock filter takes the least of
 * many too (RFC 5905 section 10), and as there a sample loses weight with age: clocks drift by up to 15 parts per million (PHI,
 * RFC 5905 section 7.2), so a sample is widened by that for each second from the moment in question.
 */

export type ClockUnknown =
  /** No packet can be matched between the two hosts. */
  | 'nothing-in-common'
  /** Only one direction was seen at both: an offset and a slow network look alike then. */
  | 'one-way-only'
  /** The round trip came out below zero: a clock was stepped meanwhile. */
  | 'clock-was-set';

export type ClockOffset =
  | {
      readonly kind: 'estimated';
      readonly from: string;
      readonly to: string;
      /** How far the clock of `to` is ahead of that of `from`, ms; negative where it is behind. */
      readonly aheadMs: number;
      /** Error bound where both ways take the same time, ms. */
      readonly ifSymmetricMs: number;
      /** Error bound in any case: half of the least round trip, ms. */
      readonly atMostMs: number;
      readonly samples: { readonly there: number; readonly back: number };
    }
  | { readonly kind: 'unknown'; readonly from: string; readonly to: string; readonly why: ClockUnknown };

/** A packet that passed both hosts. */
export interface ClockSample {
  /** When, on either clock; ns since any moment that is the same for all samples. */
  readonly atNs: number;
  /** Later timestamp minus earlier timestamp as the two clocks show it, ns; of `there` to − from, of `back` from − to. */
  readonly shownNs: number;
}

export interface ClockSamples {
  readonly there: readonly ClockSample[];
  readonly back: readonly ClockSample[];
}

/** PHI of RFC 5905 section 7.2. */
const DRIFT = 15e-6;

/** @param atNs the moment for which the offset is wanted, counted as in the samples */
export function estimateOffset(
  { from, to }: { readonly from: string; readonly to: string },
  { there, back }: ClockSamples,
  atNs: number
): ClockOffset {
  if (there.length === 0 || back.length === 0) {
    const why = there.length === back.length ? 'nothing-in-common' : 'one-way-only';
    return { kind: 'unknown', from, to, why };
  }
  const minThere = smallest(there, atNs);
  const minBack = smallest(back, atNs);
  const roundTripNs = minThere.ns + minBack.ns;
  if (roundTripNs < 0) {
    return { kind: 'unknown', from, to, why: 'clock-was-set' };
  }
  const atMostMs = roundTripNs / 2 / 1e6;
  return {
    kind: 'estimated',
    from,
    to,
    aheadMs: (minThere.ns - minBack.ns) / 2 / 1e6,
    ifSymmetricMs: Math.min(atMostMs, (minThere.scatterNs + minBack.scatterNs) / 2 / 1e6),
    atMostMs,
    samples: { there: there.length, back: back.length },
  };
}

interface Smallest {
  readonly ns: number;
  /** How far the smallest of parts of the samples lie above the smallest of all. */
  readonly scatterNs: number;
}

/** The samples are cut into this many parts in order of time, of this many samples at least. */
const PARTS = 8;
const PART_AT_LEAST = 3;

/**
 * Had only one part of the samples been there, the result would have been that part's smallest; how far these lie from the
 * smallest of all says how much chance is in it. With too few samples for parts, the median replaces them; with hardly any,
 * nothing is known of chance.
 */
function smallest(samples: readonly ClockSample[], atNs: number): Smallest {
  const widened = [...samples]
    .sort((a, b) => a.atNs - b.atNs)
    .map(({ shownNs, atNs: sampleNs }) => shownNs + DRIFT * Math.abs(sampleNs - atNs));
  const size = Math.max(PART_AT_LEAST, Math.ceil(widened.length / PARTS));
  const minima: number[] = [];
  for (let i = 0; i + size <= widened.length; i += size) {
    minima.push(least(widened.slice(i, i + size)));
  }
  const ns = least(widened);
  if (widened.length < PART_AT_LEAST) {
    return { ns, scatterNs: Infinity };
  }
  return { ns, scatterNs: median(minima.length >= 2 ? minima : widened) - ns };
}

/** Of any number of values: a call takes some ten thousand arguments at most. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >>> 1];
}
