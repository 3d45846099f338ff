/** Times with their error bars, as a person reads them. */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type OneWay, type TimeUnknown } from './hop-times';

/** `0.12 ms`; between hosts `1.9 ms, ± 0.2 if symmetric, at most ± 1.9`; `unknown: …`. */
export function oneWayText(time: OneWay): string {
  switch (time.kind) {
    case 'exact':
      return durationText(time.ms);
    case 'estimated':
      return withBars(time);
    case 'unknown':
      return `unknown: ${UNKNOWN_TEXT[time.why]}`;
  }
}

/** One unit and as many digits for all three numbers, so that the bars compare with the time at a glance. */
function withBars(time: { readonly ms: number; readonly ifSymmetricMs: number; readonly atMostMs: number }): string {
  const digits = time.ms >= 1 ? 1 : time.ms >= 0.1 ? 2 : 3;
  const bar = (ms: number): string => roundedUp(ms, digits);
  return `${time.ms.toFixed(digits)} ms, ± ${bar(time.ifSymmetricMs)} if symmetric, at most ± ${bar(time.atMostMs)}`;
}

/** Bars must not promise more than is known. */
function roundedUp(ms: number, digits: number): string {
  const unit = 10 ** digits;
  return (Math.ceil(ms * unit - 1e-9) / unit).toFixed(digits);
}

export const UNKNOWN_TEXT: Readonly<Record<TimeUnknown, string>> = {
  'nothing-in-common': 'no packets were seen at both hosts',
  'one-way-only': 'only one direction was seen at both hosts',
  'clock-was-set': 'a clock was stepped in the meantime',
  'not-compared': 'the clocks were not compared',
  'not-seen': 'not seen at both NICs',
  'stamps-contradict': 'the capture timestamps are out of order',
};
