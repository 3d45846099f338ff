/** Times with their error bars, as a person reads them. */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type ClockOffset } from './clock-offset';
import { type OneWay, type TimeUnknown } from './hop-times';

/** `0.12 ms`; between hosts `1.9 ms, ± 0.2 if symmetric, at most ± 1.9`; `not known: …`. */
export function oneWayText(time: OneWay): string {
  switch (time.kind) {
    case 'exact':
      return durationText(time.ms);
    case 'estimated':
      return withBars(time);
    case 'unknown':
      return `not known: ${UNKNOWN_TEXT[time.why]}`;
  }
}

/** One unit and as many digits for all three numbers, so that the bars can be compared with the time at a glance. */
export function withBars(time: {
  readonly ms: number;
  readonly ifSymmetricMs: number;
  readonly atMostMs: number;
}): string {
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
  'nothing-in-common': 'nothing that both hosts saw can be compared',
  'one-way-only': 'both hosts saw what went one way only',
  'clock-was-set': 'a clock was set meanwhile',
  'not-compared': 'the clocks were not compared',
  'not-seen': 'not seen at both NICs',
  'stamps-contradict': "the capture's stamps stand in the wrong order",
};

/** `node-b's clock is 40.0 ms behind node-a's (± 0.1 if symmetric, at most ± 0.6; 31 packets there and 28 back)`. */
export function clockText(clock: ClockOffset): string {
  const { from, to } = clock;
  if (clock.kind === 'unknown') {
    return `The clocks of ${from} and ${to} cannot be compared: ${UNKNOWN_TEXT[clock.why]}.`;
  }
  const { aheadMs, ifSymmetricMs, atMostMs, samples } = clock;
  const [ahead, ...bars] = withBars({ ms: Math.abs(aheadMs), ifSymmetricMs, atMostMs }).split(', ');
  const side = aheadMs < 0 ? 'behind' : 'ahead of';
  return `${to}'s clock is ${ahead} ${side} ${from}'s (${bars.join(', ')}; by ${samples.there} packets there and ${samples.back} back).`;
}
