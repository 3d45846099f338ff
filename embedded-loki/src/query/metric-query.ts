/** Metric queries: fetch the samples of every range aggregation, then evaluate step by step. */
import { type MetricExpression, type RangeAggregation } from '../logql/ast';
import { evaluateSteps, type PlannedRange, plannedRanges, type SampleSeries } from '../logql/evaluate';
import { type LabelBuilder } from '../logql/label-builder';
import { compareLabels, EMPTY_LABELS, type LabelSet } from '../logql/label-set';
import { sampleExtractor } from '../logql/sample-extractor';
import { MAX_SERIES, seriesLimitError } from './limits';
import { necessaryConditions, splitLineFilters } from './pushdown';
import { type QuerySource } from './query-source';
import { type QueryResult, type Series } from './result';
import { SampleCollector } from './sample-collector';
import { samplePlan } from './sample-plan';

interface MetricQueryRange {
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

/** Steps are at multiples of the step since 1970, as in Loki: the start is rounded down and the end up. */
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
    return { kind: 'matrix', series: [{ labels: EMPTY_LABELS, points }] };
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
  if (series > MAX_SERIES) {
    throw seriesLimitError(MAX_SERIES);
  }
}

async function evaluate(expression: MetricExpression, range: MetricQueryRange, source: QuerySource) {
  const samples = new Map<RangeAggregation, readonly SampleSeries[]>();
  for (const planned of plannedRanges(expression)) {
    samples.set(planned.aggregation, await fetchSamples(planned, range, source));
  }
  const steps = { stepNs: Number(range.stepNs), count: stepCount(range) };
  return evaluateSteps(expression, steps, (aggregation) => samples.get(aggregation) ?? []);
}

async function fetchSamples(
  { aggregation, outerGrouping }: PlannedRange,
  query: MetricQueryRange,
  { index, reader, signal, work }: QuerySource
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
  const conditions = necessaryConditions(rest, streams);
  // The window is left-open.
  const selection = { streams, fromNs: zeroNs + 1n, toNs: query.endNs - offsetNs, lineFilters, ...conditions };
  const windows = { zeroNs, stepNs: query.stepNs, steps: stepCount(query) };
  const plan = samplePlan(aggregation, { rest, hints: extractor.hints, streams, conditions, windows });
  const builders = new Map<number, LabelBuilder>(streams.map(({ id, labels }) => [id, extractor.labelsFor(labels)]));
  const collected = new SampleCollector(plan.buckets?.combine);

  await reader.read(async (snapshot) => {
    const scopes = await snapshot.scope(selection);
    const { entries, bytes } = await snapshot.extent(scopes);
    work.lines += entries;
    work.bytes += bytes;
    for await (const group of snapshot.samples(selection, scopes, plan)) {
      const labels = builders.get(group.stream);
      if (labels === undefined) {
        throw new Error(`the database returned stream ${group.stream}, which the query does not select`);
      }
      labels.reset(group.metadata);
      const value = extractor.extract(group.line, labels);
      if (value !== undefined) {
        collected.add(labels.grouped(), group, value);
      }
    }
  }, signal);
  return collected.series();
}
