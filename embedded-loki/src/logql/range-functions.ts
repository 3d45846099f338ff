/**
 * `rate`, `quantile_over_time` and the like: the samples of one series inside one window → one number.
 * A window is left-open and right-closed: `(end - range, end]`.
 */
import { type RangeOperator } from './ast';
import { mean, variance } from './vector-aggregation';

/** Parallel arrays, in time order. Times are nanoseconds since the query's own zero. */
interface SampleWindow {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Of buckets: how many samples each holds. Only functions that need no single sample meet buckets. */
  readonly counts?: Float64Array;
  readonly endNs: number;
}

type RangeFunction = (samples: SampleWindow) => number;

interface RangeFunctionOptions {
  readonly rangeNs: number;
  /** `quantile_over_time`'s first argument. */
  readonly parameter?: number;
  /** `rate` counts lines without an unwrap and adds values with one. */
  readonly hasUnwrap: boolean;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

const countOf = ({ values, counts }: SampleWindow): number => (counts === undefined ? values.length : sum(counts));

export function rangeFunction(operator: RangeOperator, options: RangeFunctionOptions): RangeFunction {
  const { rangeNs, parameter = NaN, hasUnwrap } = options;
  const rangeSeconds = rangeNs / 1e9;
  switch (operator) {
    case 'count_over_time':
      return countOf;
    case 'rate':
      return (samples) => (hasUnwrap ? sum(samples.values) : countOf(samples)) / rangeSeconds;
    case 'rate_counter':
      return (samples) => counterRate(samples, rangeNs);
    case 'bytes_rate':
      return ({ values }) => sum(values) / rangeSeconds;
    case 'bytes_over_time':
    case 'sum_over_time':
      return ({ values }) => sum(values);
    case 'avg_over_time':
      return ({ values, counts }) => (counts === undefined ? mean(values) : sum(values) / sum(counts));
    case 'min_over_time':
      return ({ values }) => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a));
    case 'max_over_time':
      return ({ values }) => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a));
    case 'stddev_over_time':
      return ({ values }) => Math.sqrt(variance(values));
    case 'stdvar_over_time':
      return ({ values }) => variance(values);
    case 'quantile_over_time':
      return ({ values }) => quantile(parameter, values);
    case 'first_over_time':
      return ({ values }) => values[0];
    case 'last_over_time':
      return ({ values }) => values[values.length - 1];
    case 'absent_over_time':
      return () => 1;
  }
}

/** Between two samples the quantile is their weighted mean. Below 0 it is -Inf, above 1 +Inf. */
function quantile(q: number, values: Float64Array): number {
  if (values.length === 0) {
    return NaN;
  }
  if (q < 0 || q > 1) {
    return q < 0 ? -Infinity : Infinity;
  }
  const sorted = values.slice().sort();
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return sorted[lower] * (1 - weight) + sorted[upper] * weight;
}

/**
 * The increase of a counter per second, counter resets added back and extrapolated to the edges of the window where the
 * first and last sample are close to them: Prometheus' `rate`.
 */
function counterRate({ times, values, endNs }: SampleWindow, rangeNs: number): number {
  const last = values.length - 1;
  if (last < 1) {
    return 0;
  }
  let increase = values[last] - values[0];
  for (let index = 1; index <= last; index++) {
    if (values[index] < values[index - 1]) {
      increase += values[index - 1];
    }
  }
  const sampled = (times[last] - times[0]) / 1e9;
  const average = sampled / last;
  const threshold = average * 1.1;
  let toStart = (times[0] - (endNs - rangeNs)) / 1e9;
  let toEnd = (endNs - times[last]) / 1e9;
  if (toStart >= threshold) {
    toStart = average / 2;
  }
  if (increase > 0 && values[0] >= 0) {
    toStart = Math.min(toStart, sampled * (values[0] / increase));
  }
  if (toEnd >= threshold) {
    toEnd = average / 2;
  }
  return (increase * ((sampled + toStart + toEnd) / sampled)) / (rangeNs / 1e9);
}
