/** What one host's clock is ahead of another's. */

export type ClockUnknown =
  /** Nothing that both hosts saw can be matched. */
  | 'nothing-in-common'
  /** Only what went one way was seen at both: an offset and a slow way look alike then. */
  | 'one-way-only'
  /** There and back together came out below zero: a clock was set meanwhile. */
  | 'clock-was-set';

export type ClockOffset =
  | {
      readonly kind: 'estimated';
      readonly from: string;
      readonly to: string;
      /** What the clock of `to` is ahead of that of `from`, ms; negative where it is behind. */
      readonly aheadMs: number;
      /** How far off that may be where both ways take the same time, ms. */
      readonly ifSymmetricMs: number;
      /** How far off it can be at all: half of the smallest round trip, ms. */
      readonly atMostMs: number;
      readonly samples: { readonly there: number; readonly back: number };
    }
  | { readonly kind: 'unknown'; readonly from: string; readonly to: string; readonly why: ClockUnknown };
