/** Metric queries: fetch the samples of every range aggregation, then evaluate step by step. */
import { type MetricExpression, type RangeAggregation } from '../logql/ast';
import { evaluateSteps, type PlannedRange, plannedRanges, type SampleSeries } from '../logql/evaluate';
import { type LabelBuilder } from '../logql/label-builder';
import { compareLabels, emptyLabels, type LabelSet } from '../logql/label-set';
import { QueryError } from '../logql/query-error';
import { sampleExtractor } from '../logql/sample-extractor';
import { maxInnerSeries, maxSeries } from './limits';
import { groupingOfLines, necessaryConditions, splitLineFilters } from './pushdown';
import { type QuerySource } from './query-source';
import { type QueryResult, type Series } from './result';

export interface MetricQueryRange {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: bigint;
}

const toMs = (ns: bigint): number => Number(ns / 1_000_000n);

export async function runInstantQuery(
  expression: MetricExpression,
  timeNs: bigint,
  source: QuerySource
): Promise<QueryResult> {
  const tsMs = toMs(timeNs);
  if (expression.kind === 'literal') {
    return { kind: 'scalar', tsMs, value: expression.value };
  }
  const range = { startNs: timeNs, endNs: timeNs, stepNs: 1n };
  for (const vector of await evaluate(expression, range, source)) {
    refuseTooMany(vector.length);
    const sorted = keepsOrder(expression) ? vector : [...vector].sort((a, b) => compareLabels(a.labels, b.labels));
    return { kind: 'vector', tsMs, samples: sorted };
  }
  throw new Error('an instant query has one step');
}

/** Steps stand at multiples of the step since 1970, as in Loki: the start is rounded down and the end up. */
function alignedToStep({ startNs, endNs, stepNs }: MetricQueryRange): MetricQueryRange {
  const stepMs = (stepNs / 1_000_000n) * 1_000_000n;
  if (stepMs === 0n) {
    return { startNs, endNs, stepNs };
  }
  const into = ((startNs % stepMs) + stepMs) % stepMs;
  const over = ((endNs % stepMs) + stepMs) % stepMs;
  return { startNs: startNs - into, endNs: over === 0n ? endNs : endNs + stepMs - over, stepNs };
}

export async function runRangeQuery(
  expression: MetricExpression,
  asked: MetricQueryRange,
  source: QuerySource
): Promise<QueryResult> {
  const range = alignedToStep(asked);
  const { startNs, stepNs } = range;
  const count = stepCount(range);
  const timeOf = (step: number) => toMs(startNs + BigInt(step) * stepNs);
  if (expression.kind === 'literal' || expression.kind === 'vector') {
    const points = Array.from({ length: count }, (_, step) => ({ tsMs: timeOf(step), value: expression.value }));
    return { kind: 'matrix', series: [{ labels: emptyLabels, points }] };
  }
  const series = new Map<string, { labels: LabelSet; points: Array<Series['points'][number]> }>();
  let step = 0;
  for (const vector of await evaluate(expression, range, source)) {
    const tsMs = timeOf(step++);
    for (const { labels, value } of vector) {
      const known = series.get(labels.key);
      if (known === undefined) {
        refuseTooMany(series.size + 1);
        series.set(labels.key, { labels, points: [{ tsMs, value }] });
      } else {
        known.points.push({ tsMs, value });
      }
    }
  }
  return { kind: 'matrix', series: [...series.values()].sort((a, b) => compareLabels(a.labels, b.labels)) };
}

function stepCount({ startNs, endNs, stepNs }: MetricQueryRange): number {
  return Number((endNs - startNs) / stepNs) + 1;
}

/** Only `sort` and `sort_desc` give the samples of an instant query an order of their own. */
function keepsOrder(expression: MetricExpression): boolean {
  switch (expression.kind) {
    case 'vectorAggregation':
      return ['sort', 'sort_desc'].includes(expression.operator) || keepsOrder(expression.inner);
    case 'binary':
      return keepsOrder(expression.left) || keepsOrder(expression.right);
    case 'labelReplace':
      return keepsOrder(expression.inner);
    default:
      return false;
  }
}

function refuseTooMany(series: number): void {
  if (series > maxSeries) {
    throw seriesLimitError(maxSeries);
  }
}

function seriesLimitError(limit: number): QueryError {
  return new QueryError(
    'limit',
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`
  );
}

async function evaluate(expression: MetricExpression, range: MetricQueryRange, source: QuerySource) {
  const samples = new Map<RangeAggregation, readonly SampleSeries[]>();
  for (const planned of plannedRanges(expression)) {
    samples.set(planned.aggregation, await fetchSamples(planned, range, source));
  }
  const steps = { stepNs: Number(range.stepNs), count: stepCount(range) };
  return evaluateSteps(expression, steps, (aggregation) => samples.get(aggregation) ?? []);
}

interface GrowingSeries extends SampleSeries {
  readonly times: number[];
  readonly values: number[];
}

async function fetchSamples(
  { aggregation, outerGrouping }: PlannedRange,
  query: MetricQueryRange,
  { index, reader, work }: QuerySource
): Promise<readonly SampleSeries[]> {
  const { range } = aggregation;
  const offsetNs = BigInt(Math.round(range.offsetNs));
  const zeroNs = query.startNs - offsetNs - BigInt(Math.round(range.rangeNs));
  const streams = index.select(range.selector);
  const { lineFilters, rest } = splitLineFilters(range.stages);
  const extractor = sampleExtractor({ ...aggregation, range: { ...range, stages: rest } }, outerGrouping);
  if (streams.length === 0) {
    return [];
  }
  const selection = {
    streams,
    // The window is left-open.
    fromNs: zeroNs + 1n,
    toNs: query.endNs - offsetNs,
    lineFilters,
    ...necessaryConditions(rest, streams),
  };
  const grouping = groupingOfLines(aggregation, { rest, hints: extractor.hints, streams });
  const builders = new Map<number, LabelBuilder>(streams.map(({ id, labels }) => [id, extractor.labelsFor(labels)]));
  const series = new Map<string, GrowingSeries>();

  await reader.read(async (snapshot) => {
    const groups =
      grouping === undefined
        ? snapshot.samples(selection, zeroNs)
        : snapshot.groupedSamples(selection, zeroNs, grouping);
    for await (const { stream, metadata, line, times, values } of groups) {
      work.linesRead += times.length;
      const labels = builders.get(stream);
      if (labels === undefined) {
        throw new Error(`the database returned stream ${stream}, which was not asked for`);
      }
      labels.reset(metadata);
      const value = extractor.extract(line, labels);
      if (value !== undefined) {
        const one = seriesOf(labels.grouped());
        times.forEach((time, at) => {
          one.times.push(time);
          one.values.push(values?.[at] ?? value);
        });
      }
    }
  });
  return [...series.values()].map(inTimeOrder);

  function seriesOf(labels: LabelSet): GrowingSeries {
    let one = series.get(labels.key);
    if (one === undefined) {
      if (series.size === maxInnerSeries) {
        throw seriesLimitError(maxInnerSeries);
      }
      one = { labels, times: [], values: [] };
      series.set(labels.key, one);
    }
    return one;
  }
}

function inTimeOrder(series: SampleSeries): SampleSeries {
  const { labels, times, values } = series;
  if (times.every((time, at) => at === 0 || times[at - 1] <= time)) {
    return series;
  }
  const order = Array.from(times.keys()).sort((a, b) => times[a] - times[b]);
  return { labels, times: order.map((at) => times[at]), values: order.map((at) => values[at]) };
}
