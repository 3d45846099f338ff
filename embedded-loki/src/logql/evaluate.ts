/**
 * Metric queries over samples that are already fetched: expression → one vector per step. No clock, no storage.
 * Steps are evaluated one after the other, so memory holds the samples and one step, not the whole matrix.
 */
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type Grouping, type MetricExpression, type RangeAggregation } from './ast';
import { isSetOperator, mergeSets, mergeVectors, mergeWithScalar, signatureOf } from './binary-operation';
import {
  dropLabels,
  EMPTY_LABELS,
  ERROR_LABEL,
  getLabel,
  hasLabel,
  type LabelSet,
  labelSet,
  PRESERVE_ERROR_LABEL,
} from './label-set';
import { QueryError } from './query-error';
import { rangeFunction } from './range-functions';
import { anchoredReplacer } from './regex';
import { canGroupInside } from './sample-extractor';
import { vectorAggregator } from './vector-aggregation';
import { type Vector } from './vector';

/** Samples of one series in time order. Times are nanoseconds since `(start - offset - range)` of their aggregation. */
export interface SampleSeries {
  readonly labels: LabelSet;
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Where each sample is a bucket: how many it holds. Its value is their sum, least or greatest, its time their end. */
  readonly counts?: Float64Array;
}

interface Steps {
  readonly stepNs: number;
  readonly count: number;
}

/** A range aggregation with the grouping that the `sum` around it allows to be done inside. */
export interface PlannedRange {
  readonly aggregation: RangeAggregation;
  readonly outerGrouping?: Grouping;
}

/** All range aggregations of an expression: what must be fetched before it can be evaluated. */
export function plannedRanges(expression: MetricExpression, outerGrouping?: Grouping): readonly PlannedRange[] {
  switch (expression.kind) {
    case 'range':
      return [outerGrouping === undefined ? { aggregation: expression } : { aggregation: expression, outerGrouping }];
    case 'vectorAggregation': {
      const { inner, operator, grouping } = expression;
      const inside = inner.kind === 'range' && inner.grouping === undefined && canGroupInside(operator, inner.operator);
      return plannedRanges(inner, inside ? grouping : undefined);
    }
    case 'binary':
      return [...plannedRanges(expression.left), ...plannedRanges(expression.right)];
    case 'labelReplace':
      return plannedRanges(expression.inner);
    case 'literal':
    case 'vector':
      return [];
    default:
      return assertUnreachable(expression);
  }
}

type StepEvaluator = (step: number) => Vector;

/** @throws QueryError where series carry a pipeline error or cannot be matched. */
export function* evaluateSteps(
  expression: MetricExpression,
  steps: Steps,
  samplesOf: (aggregation: RangeAggregation) => readonly SampleSeries[]
): Generator<Vector> {
  const evaluate = compile(expression, steps, samplesOf);
  for (let step = 0; step < steps.count; step++) {
    yield evaluate(step);
  }
}

function compile(
  expression: MetricExpression,
  steps: Steps,
  samplesOf: (aggregation: RangeAggregation) => readonly SampleSeries[]
): StepEvaluator {
  switch (expression.kind) {
    case 'range':
      return compileRange(expression, steps, samplesOf(expression));
    case 'vectorAggregation': {
      const inner = compile(expression.inner, steps, samplesOf);
      const aggregate = vectorAggregator(expression);
      return (step) => aggregate(inner(step));
    }
    case 'vector': {
      const vector: Vector = [{ labels: EMPTY_LABELS, value: expression.value }];
      return () => vector;
    }
    case 'labelReplace':
      return compileLabelReplace(expression, compile(expression.inner, steps, samplesOf));
    case 'binary':
      return compileBinary(expression, (operand) => compile(operand, steps, samplesOf));
    case 'literal':
      throw new QueryError('evaluation', `expected a vector, not the number ${expression.value}`);
    default:
      return assertUnreachable(expression);
  }
}

function compileBinary(
  expression: Extract<MetricExpression, { readonly kind: 'binary' }>,
  compileOperand: (operand: MetricExpression) => StepEvaluator
): StepEvaluator {
  const { operator, left, right, returnBool, matching } = expression;
  const signature = signatureOf(matching);
  if (isSetOperator(operator)) {
    const leftSide = compileOperand(left);
    const rightSide = compileOperand(right);
    return (step) => mergeSets(operator, leftSide(step), rightSide(step), signature);
  }
  if (left.kind === 'literal') {
    const vector = compileOperand(right);
    return (step) => mergeWithScalar(operator, vector(step), { scalar: left.value, scalarIsLeft: true, returnBool });
  }
  if (right.kind === 'literal') {
    const vector = compileOperand(left);
    return (step) => mergeWithScalar(operator, vector(step), { scalar: right.value, scalarIsLeft: false, returnBool });
  }
  const leftSide = compileOperand(left);
  const rightSide = compileOperand(right);
  return (step) => mergeVectors(leftSide(step), rightSide(step), { operator, returnBool, matching, signature });
}

function compileLabelReplace(
  expression: Extract<MetricExpression, { readonly kind: 'labelReplace' }>,
  inner: StepEvaluator
): StepEvaluator {
  const replace = anchoredReplacer(expression.pattern, expression.replacement);
  const known = new Map<string, LabelSet>();
  return (step) =>
    inner(step).map(({ labels, value }) => {
      let replaced = known.get(labels.key);
      if (replaced === undefined) {
        replaced = replaceLabel(labels, expression.destination, replace(getLabel(labels, expression.source)));
        known.set(labels.key, replaced);
      }
      return { labels: replaced, value };
    });
}

function replaceLabel(labels: LabelSet, destination: string, value: string | undefined): LabelSet {
  if (value === undefined) {
    return labels;
  }
  const others = dropLabels(labels, [destination]);
  return value === '' ? others : labelSet([...others.pairs, [destination, value]]);
}

function compileRange(
  { operator, parameter, range }: RangeAggregation,
  steps: Steps,
  series: readonly SampleSeries[]
): StepEvaluator {
  const { rangeNs } = range;
  const aggregate = rangeFunction(operator, { rangeNs, hasUnwrap: range.unwrap !== undefined, parameter });
  const windows = series.map((one) => ({ ...one, from: 0, to: 0 }));
  const absent = operator === 'absent_over_time' ? absentLabels(range.selector) : undefined;

  return (step) => {
    const endNs = rangeNs + step * steps.stepNs;
    const samples = windows.flatMap((slice) => {
      const { labels, times, values } = slice;
      while (slice.from < times.length && times[slice.from] <= endNs - rangeNs) {
        slice.from++;
      }
      slice.to = Math.max(slice.to, slice.from);
      while (slice.to < times.length && times[slice.to] <= endNs) {
        slice.to++;
      }
      if (slice.from === slice.to) {
        return [];
      }
      refuseErrors(labels);
      const value = aggregate({
        times: times.subarray(slice.from, slice.to),
        values: values.subarray(slice.from, slice.to),
        counts: slice.counts?.subarray(slice.from, slice.to),
        endNs,
      });
      return [{ labels, value }];
    });
    if (absent !== undefined) {
      return samples.length > 0 ? [] : [{ labels: absent, value: 1 }];
    }
    return samples;
  };
}

function refuseErrors(labels: LabelSet): void {
  if (!hasLabel(labels, ERROR_LABEL) || getLabel(labels, PRESERVE_ERROR_LABEL) === 'true') {
    return;
  }
  const kind = getLabel(labels, ERROR_LABEL);
  throw new QueryError(
    'pipeline',
    `pipeline error: '${kind}' for series: '${labels.key}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | __error__!="${kind}").\n` +
      'To skip all potential errors you can match empty errors.(e.g __error__="")\n' +
      'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n'
  );
}

/** The labels of the series that absent_over_time makes up: those that the selector names with `=`, once each. */
function absentLabels(selector: RangeAggregation['range']['selector']): LabelSet {
  const named = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { name, operator, value } of selector) {
    if (operator === '=' && !named.has(name)) {
      named.set(name, value);
    } else {
      ambiguous.add(name);
    }
  }
  return labelSet([...named].filter(([name]) => !ambiguous.has(name)));
}
