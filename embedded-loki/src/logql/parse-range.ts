/** Range aggregations: syntax tree → AST, with the checks that Loki makes on them. */
import {
  type Grouping,
  type LogRange,
  type Matcher,
  type RangeAggregation,
  type RangeOperator,
  RANGE_OPERATORS,
  type Unwrap,
} from './ast';
import { parseDuration, parseFloatStrictly } from './literals';
import { selectsSomething } from './matcher';
import { readLabelFilter } from './parse-label-filter';
import { readSelector } from './parse-matcher';
import { readPipeline } from './parse-pipeline';
import { parseErrorWithoutPosition } from './query-error';
import { type QueryNode } from './syntax-node';

export const NEVER_SELECTS =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

export function checkedSelector(node: QueryNode): readonly Matcher[] {
  const selector = readSelector(node.need('Selector'));
  if (!selectsSomething(selector)) {
    throw parseErrorWithoutPosition(NEVER_SELECTS);
  }
  return selector;
}

export function readNumber(node: QueryNode): number {
  const value = parseFloatStrictly(node.text.replace(/\s/g, ''));
  if (value === undefined) {
    throw node.error(`unable to parse literal as a float: "${node.text}"`);
  }
  return value;
}

export function readRangeAggregation(node: QueryNode): RangeAggregation {
  const operatorNode = node.need('RangeOp');
  const operator = RANGE_OPERATORS.find((name) => name === operatorNode.text.toLowerCase());
  if (operator === undefined) {
    throw operatorNode.unsupported(`"${operatorNode.text}"`);
  }
  const parameterNode = node.child('Number');
  if (operator === 'quantile_over_time' && parameterNode === undefined) {
    throw parseErrorWithoutPosition(`parameter required for operation ${operator}`);
  }
  if (operator !== 'quantile_over_time' && parameterNode !== undefined) {
    throw parseErrorWithoutPosition(`parameter ${parameterNode.text} not supported for operation ${operator}`);
  }
  const groupingNode = node.child('Grouping');
  const aggregation = {
    kind: 'range' as const,
    operator,
    range: readLogRange(node.need('LogRangeExpr'), node),
    ...(parameterNode === undefined ? {} : { parameter: readNumber(parameterNode) }),
    ...(groupingNode === undefined ? {} : { grouping: readGrouping(groupingNode) }),
  };
  checkRangeAggregation(aggregation);
  return aggregation;
}

const GROUPABLE: readonly RangeOperator[] = [
  'avg_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'max_over_time',
  'min_over_time',
  'first_over_time',
  'last_over_time',
];
const NEEDS_NO_UNWRAP: readonly RangeOperator[] = [
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
];
const TAKES_UNWRAP: readonly RangeOperator[] = [
  ...GROUPABLE,
  'sum_over_time',
  'rate',
  'rate_counter',
  'absent_over_time',
];

function checkRangeAggregation(aggregation: {
  readonly operator: RangeOperator;
  readonly range: LogRange;
  readonly grouping?: Grouping;
}): void {
  const { operator, range, grouping } = aggregation;
  if (grouping !== undefined && !GROUPABLE.includes(operator)) {
    throw parseErrorWithoutPosition(`grouping not allowed for ${operator} aggregation`);
  }
  if (range.unwrap === undefined && !NEEDS_NO_UNWRAP.includes(operator)) {
    throw parseErrorWithoutPosition(`invalid aggregation ${operator} without unwrap`);
  }
  if (range.unwrap !== undefined && !TAKES_UNWRAP.includes(operator)) {
    throw parseErrorWithoutPosition(`invalid aggregation ${operator} with unwrap`);
  }
}

function readLogRange(node: QueryNode, holder: QueryNode): LogRange {
  const inner = node.child('LogRangeExpr');
  if (inner !== undefined) {
    return readLogRange(inner, holder);
  }
  const range = node.need('Range').need('Duration');
  const lateOffset = holder.children.find((child) => child.isError && child.child('Duration') !== undefined);
  const offset = node.child('OffsetExpr')?.need('Duration') ?? lateOffset?.need('Duration');
  const unwrapNode = node.child('UnwrapExpr');
  const rangeNs = readDuration(range);
  if (rangeNs <= 0) {
    throw range.error('duration must be greater than 0');
  }
  return {
    selector: checkedSelector(node),
    stages: readPipeline(node.child('PipelineExpr')),
    rangeNs,
    offsetNs: offset === undefined ? 0 : readDuration(offset),
    ...(unwrapNode === undefined ? {} : { unwrap: readUnwrap(unwrapNode) }),
  };
}

function readDuration(node: QueryNode): number {
  const value = parseDuration(node.text);
  if (value === undefined) {
    throw node.error(`"${node.text}" is not a duration`);
  }
  return value;
}

function readUnwrap(node: QueryNode): Unwrap {
  const inner = node.child('UnwrapExpr');
  if (inner !== undefined) {
    const unwrap = readUnwrap(inner);
    return { ...unwrap, filters: [...unwrap.filters, readLabelFilter(node.need('LabelFilter'))] };
  }
  const conversion = node.child('ConvOp')?.text.toLowerCase();
  return {
    label: node.need('Identifier').text,
    conversion: conversion === undefined ? 'float' : conversion === 'bytes' ? 'bytes' : 'duration',
    filters: [],
  };
}

export function readGrouping(node: QueryNode): Grouping {
  return {
    without: node.child('Without') !== undefined,
    labels:
      node
        .child('Labels')
        ?.list('Labels', 'Identifier')
        .map(({ text }) => text) ?? [],
  };
}
