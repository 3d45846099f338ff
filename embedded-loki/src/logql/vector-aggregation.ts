/** `sum by (…)`, `topk` and the like: one vector to another, at one step. */
import { type Grouping, type VectorOperator } from './ast';
import { dropLabels, keepLabels, type LabelSet } from './label-set';
import { type Vector } from './vector';

interface Group {
  readonly labels: LabelSet;
  readonly samples: Array<Vector[number]>;
}

interface VectorAggregation {
  readonly operator: VectorOperator;
  readonly parameter: number;
  readonly grouping: Grouping;
}

/** Returns the function for one step; group labels are worked out once per series, not once per step. */
export function vectorAggregator({ operator, parameter, grouping }: VectorAggregation): (vector: Vector) => Vector {
  const groupLabels = new Map<string, LabelSet>();
  const groupOf = (labels: LabelSet): LabelSet => {
    let group = groupLabels.get(labels.key);
    if (group === undefined) {
      group = grouping.without
        ? dropLabels(labels, [...grouping.labels, '__name__'])
        : keepLabels(labels, grouping.labels);
      groupLabels.set(labels.key, group);
    }
    return group;
  };

  return (vector) => {
    const groups = new Map<string, Group>();
    for (const sample of vector) {
      const labels = groupOf(sample.labels);
      const group = groups.get(labels.key);
      if (group === undefined) {
        groups.set(labels.key, { labels, samples: [sample] });
      } else {
        group.samples.push(sample);
      }
    }
    return [...groups.values()].flatMap((group) => aggregate(operator, parameter, group));
  };
}

function aggregate(operator: VectorOperator, parameter: number, { labels, samples }: Group): Vector {
  const values = samples.map(({ value }) => value);
  switch (operator) {
    case 'sum':
      return [{ labels, value: values.reduce((sum, value) => sum + value, 0) }];
    case 'avg':
      return [{ labels, value: mean(values) }];
    case 'count':
      return [{ labels, value: values.length }];
    case 'max':
      return [{ labels, value: values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a)) }];
    case 'min':
      return [{ labels, value: values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a)) }];
    case 'stdvar':
      return [{ labels, value: variance(values) }];
    case 'stddev':
      return [{ labels, value: Math.sqrt(variance(values)) }];
    case 'topk':
      return [...samples].sort((a, b) => descending(a.value, b.value)).slice(0, parameter);
    case 'bottomk':
      return [...samples].sort((a, b) => ascending(a.value, b.value)).slice(0, parameter);
    case 'sort':
      return [...samples].sort((a, b) => ascending(a.value, b.value));
    case 'sort_desc':
      return [...samples].sort((a, b) => descending(a.value, b.value));
  }
}

/** NaN sorts last either way. */
const ascending = (a: number, b: number): number => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b);
const descending = (a: number, b: number): number => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : b - a);

/** The running mean, which does not overflow and leaves an infinite mean infinite. */
export function mean(values: Iterable<number>): number {
  let result = 0;
  let count = 0;
  for (const value of values) {
    const stays =
      count > 0 && !Number.isFinite(result) && !Number.isNaN(result) && (Number.isFinite(value) || value === result);
    count++;
    if (!stays) {
      result = count === 1 ? value : result + (value - result) / count;
    }
  }
  return result;
}

/** Population variance by Welford's online algorithm. */
export function variance(values: Iterable<number>): number {
  let count = 0;
  let average = 0;
  let squares = 0;
  for (const value of values) {
    count++;
    const delta = value - average;
    average += delta / count;
    squares += delta * (value - average);
  }
  return squares / count;
}
