/** Gathers what the database returns into series: samples, or buckets of samples that are added up. */
import { type SampleSeries } from '../logql/evaluate';
import { compareLabels, type LabelSet } from '../logql/label-set';
import { type SampleGroup } from '../storage/snapshot';
import { MAX_INNER_SERIES, MAX_SAMPLES, sampleLimitError, seriesLimitError } from './limits';

type Combine = 'sum' | 'min' | 'max';

interface GrowingSeries {
  readonly labels: LabelSet;
  readonly times: number[];
  readonly values: number[];
  /** Of buckets only, with the place of each bucket by its time. */
  readonly counts: number[];
  readonly places: Map<number, number>;
}

export class SampleCollector {
  private readonly byKey = new Map<string, GrowingSeries>();
  private held = 0;

  /** Without `combine`, groups are single samples. */
  constructor(private readonly combine: Combine | undefined) {}

  /** `value` is the pipeline's, of each sample of the group whose value the database did not read. */
  add(labels: LabelSet, group: SampleGroup, value: number): void {
    const series = this.seriesOf(labels);
    if (this.combine === undefined) {
      this.hold(group.times.length);
      for (let at = 0; at < group.times.length; at++) {
        series.times.push(group.times[at]);
        series.values.push(group.values?.[at] ?? value);
      }
      return;
    }
    for (let at = 0; at < group.times.length; at++) {
      const count = group.counts?.[at] ?? 1;
      const combined = group.values?.[at] ?? (this.combine === 'sum' ? value * count : value);
      this.addBucket(series, this.combine, { time: group.times[at], count, value: combined });
    }
  }

  /** In the order of their labels, so that `topk` takes the same of equals each time. */
  series(): readonly SampleSeries[] {
    const bucketed = this.combine !== undefined;
    return [...this.byKey.values()]
      .sort((a, b) => compareLabels(a.labels, b.labels))
      .map((series) => inTimeOrder(series, bucketed));
  }

  private addBucket(
    { times, values, counts, places }: GrowingSeries,
    combine: Combine,
    bucket: { readonly time: number; readonly count: number; readonly value: number }
  ): void {
    const place = places.get(bucket.time);
    if (place === undefined) {
      this.hold(1);
      places.set(bucket.time, times.length);
      times.push(bucket.time);
      values.push(bucket.value);
      counts.push(bucket.count);
      return;
    }
    counts[place] += bucket.count;
    values[place] = COMBINED[combine](values[place], bucket.value);
  }

  private hold(samples: number): void {
    this.held += samples;
    if (this.held > MAX_SAMPLES) {
      throw sampleLimitError();
    }
  }

  private seriesOf(labels: LabelSet): GrowingSeries {
    let one = this.byKey.get(labels.key);
    if (one === undefined) {
      if (this.byKey.size === MAX_INNER_SERIES) {
        throw seriesLimitError(MAX_INNER_SERIES);
      }
      one = { labels, times: [], values: [], counts: [], places: new Map() };
      this.byKey.set(labels.key, one);
    }
    return one;
  }
}

const COMBINED: Readonly<Record<Combine, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  min: Math.min,
  max: Math.max,
};

function inTimeOrder({ labels, times, values, counts }: GrowingSeries, bucketed: boolean): SampleSeries {
  const isOrdered = times.every((time, at) => at === 0 || times[at - 1] <= time);
  const order = isOrdered ? undefined : Array.from(times.keys()).sort((a, b) => times[a] - times[b]);
  const ordered = (numbers: readonly number[]) =>
    Float64Array.from(order === undefined ? numbers : order.map((at) => numbers[at]));
  return {
    labels,
    times: ordered(times),
    values: ordered(values),
    ...(bucketed ? { counts: ordered(counts) } : {}),
  };
}
