/** How long a request and its response took from one NIC to the next. */
import { type ClockUnknown } from './clock-offset';

export type TimeUnknown =
  | ClockUnknown
  /** The bytes were not seen at both NICs. */
  | 'not-seen'
  /** The hop is beyond what was captured. */
  | 'not-observed'
  /** Two stamps of one clock stand in the wrong order. */
  | 'stamps-contradict';

/** A time one way. Never negative. */
export type OneWay =
  /** Both NICs are read by one clock. */
  | { readonly kind: 'exact'; readonly ms: number }
  | { readonly kind: 'estimated'; readonly ms: number; readonly ifSymmetricMs: number; readonly atMostMs: number }
  | { readonly kind: 'unknown'; readonly why: TimeUnknown };

export interface HopTime {
  /** Lanes. */
  readonly from: string;
  readonly to: string;
  readonly sameClock: boolean;
  /** Of the request's first byte, by the transmission that arrived. */
  readonly there: OneWay;
  /** Of the response's last byte, likewise. */
  readonly back: OneWay;
  /** There and back together: needs no common clock, so it is exact; null where one of them was not seen. */
  readonly sumMs: number | null;
}
