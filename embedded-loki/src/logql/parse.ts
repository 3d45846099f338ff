/**
 * LogQL text → AST. Syntax comes from the grammar that Grafana itself uses; this folder adds operator precedence, the
 * checks that Loki makes on a parsed query, and a plain refusal of what the store cannot evaluate.
 */
import { parser } from '@grafana/lezer-logql';
import {
  type BinaryOperator,
  type Expression,
  type Grouping,
  type LogExpression,
  type LogRange,
  type Matcher,
  type MetricExpression,
  type RangeOperator,
  rangeOperators,
  type Unwrap,
  type VectorMatching,
  type VectorOperator,
  vectorOperators,
} from './ast';
import { mergeScalars } from './binary-operation';
import { parseDuration, parseFloatStrictly } from './literals';
import { selectsSomething } from './matcher';
import { readLabelFilter, readPipeline, readSelector } from './parse-pipeline';
import { nest, type Rank, type ChainLink } from './precedence';
import { parseErrorWithoutPosition } from './query-error';
import { QueryNode } from './syntax-node';

/** Loki's limit on the length of a query. */
const maxQueryLength = 131_072;
const neverSelects =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

/** @throws QueryError for what is no LogQL, or LogQL that this store does not evaluate. */
export function parseQuery(query: string): Expression {
  if (query.length >= maxQueryLength) {
    throw parseErrorWithoutPosition(`input size too long (${query.length} > ${maxQueryLength})`);
  }
  const root = new QueryNode(query, parser.parse(query).topNode);
  const expression = root.child('Expr');
  if (/^\{\s*\}\s*$/.test(query)) {
    throw parseErrorWithoutPosition(neverSelects);
  }
  const error = root.firstError(isOffsetAfterUnwrap);
  if (error !== undefined) {
    throw error;
  }
  if (expression === undefined) {
    throw root.error('syntax error: unexpected $end');
  }
  return readExpression(expression);
}

/** A stream selector alone, as the series and label endpoints take it. */
export function parseSelector(query: string): readonly Matcher[] {
  const expression = parseQuery(query);
  if (expression.kind !== 'log' || expression.stages.length > 0) {
    throw parseErrorWithoutPosition('only label matchers are supported');
  }
  return expression.selector;
}

/** The grammar lacks `| unwrap x [5m] offset 1h`, which Loki has: it reports the two tokens as errors, here taken back. */
function isOffsetAfterUnwrap(node: QueryNode): boolean {
  return /^offset$/i.test(node.text) || (node.child('Duration') !== undefined && !/^\[/.test(node.text));
}

function readExpression(node: QueryNode): Expression {
  const log = node.child('LogExpr');
  return log === undefined ? readMetric(node.need('MetricExpr')) : readLog(log);
}

function readLog(node: QueryNode): LogExpression {
  const inner = node.child('LogExpr');
  if (inner !== undefined) {
    return readLog(inner);
  }
  return { kind: 'log', selector: checkedSelector(node), stages: readPipeline(node.child('PipelineExpr')) };
}

function checkedSelector(node: QueryNode): readonly Matcher[] {
  const selector = readSelector(node.need('Selector'));
  if (!selectsSomething(selector)) {
    throw parseErrorWithoutPosition(neverSelects);
  }
  return selector;
}

function readMetric(node: QueryNode): MetricExpression {
  const [content] = node.children;
  switch (content.name) {
    case 'MetricExpr':
      return readMetric(content);
    case 'RangeAggregationExpr':
      return readRangeAggregation(content);
    case 'VectorAggregationExpr':
      return readVectorAggregation(content);
    case 'BinOpExpr':
      return readBinary(content);
    case 'LiteralExpr':
      return { kind: 'literal', value: readNumber(content) };
    case 'VectorExpr':
      return { kind: 'vector', value: readNumber(content.need('Number')) };
    case 'LabelReplaceExpr': {
      const [destination, replacement, source, pattern] = content.all('String').map((literal) => literal.string());
      return {
        kind: 'labelReplace',
        inner: readMetric(content.need('MetricExpr')),
        destination,
        replacement,
        source,
        pattern,
      };
    }
    default:
      throw content.unsupported(`"${content.text.split(/[\s(]/)[0]}"`);
  }
}

function readNumber(node: QueryNode): number {
  const value = parseFloatStrictly(node.text.replace(/\s/g, ''));
  if (value === undefined) {
    throw node.error(`unable to parse literal as a float: "${node.text}"`);
  }
  return value;
}

function readRangeAggregation(node: QueryNode): MetricExpression {
  const operatorNode = node.need('RangeOp');
  const operator = rangeOperators.find((name) => name === operatorNode.text.toLowerCase());
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

const groupable: readonly RangeOperator[] = [
  'avg_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'max_over_time',
  'min_over_time',
  'first_over_time',
  'last_over_time',
];
const needsNoUnwrap: readonly RangeOperator[] = [
  'count_over_time',
  'rate',
  'bytes_over_time',
  'bytes_rate',
  'absent_over_time',
];
const takesUnwrap: readonly RangeOperator[] = [
  ...groupable,
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
  if (grouping !== undefined && !groupable.includes(operator)) {
    throw parseErrorWithoutPosition(`grouping not allowed for ${operator} aggregation`);
  }
  if (range.unwrap === undefined && !needsNoUnwrap.includes(operator)) {
    throw parseErrorWithoutPosition(`invalid aggregation ${operator} without unwrap`);
  }
  if (range.unwrap !== undefined && !takesUnwrap.includes(operator)) {
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
    throw node.error(`"${node.text}" is no duration`);
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

function readGrouping(node: QueryNode): Grouping {
  return {
    without: node.child('Without') !== undefined,
    labels:
      node
        .child('Labels')
        ?.list('Labels', 'Identifier')
        .map(({ text }) => text) ?? [],
  };
}

function readVectorAggregation(node: QueryNode): MetricExpression {
  const operatorNode = node.need('VectorOp');
  const operator: VectorOperator | undefined = vectorOperators.find((name) => name === operatorNode.text.toLowerCase());
  if (operator === undefined) {
    throw operatorNode.unsupported(`"${operatorNode.text}"`);
  }
  const parameterNode = node.child('Number');
  const takesParameter = operator === 'topk' || operator === 'bottomk';
  if (takesParameter && parameterNode === undefined) {
    throw parseErrorWithoutPosition(`parameter required for operation ${operator}`);
  }
  if (!takesParameter && parameterNode !== undefined) {
    throw parseErrorWithoutPosition(`unsupported parameter for operation ${operator}(${parameterNode.text},`);
  }
  const parameter = parameterNode === undefined ? 0 : Number(parameterNode.text);
  if (takesParameter && !Number.isInteger(parameter)) {
    throw parseErrorWithoutPosition(`invalid parameter ${operator}(${parameter},`);
  }
  if (takesParameter && parameter <= 0) {
    throw parseErrorWithoutPosition(`invalid parameter (must be greater than 0) ${operator}(${parameter}`);
  }
  const groupingNode = node.child('Grouping');
  return {
    kind: 'vectorAggregation',
    operator,
    parameter,
    grouping: groupingNode === undefined ? { without: false, labels: [] } : readGrouping(groupingNode),
    inner: readMetric(node.need('MetricExpr')),
  };
}

interface BinaryLink {
  readonly operator: BinaryOperator;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
  readonly node: QueryNode;
}

const binaryOperators: Readonly<Record<string, BinaryOperator>> = {
  Or: 'or',
  And: 'and',
  Unless: 'unless',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
};

const binaryRanks: Readonly<Record<BinaryOperator, Rank>> = {
  or: { level: 1 },
  and: { level: 2 },
  unless: { level: 2 },
  '==': { level: 3 },
  '!=': { level: 3 },
  '>': { level: 3 },
  '>=': { level: 3 },
  '<': { level: 3 },
  '<=': { level: 3 },
  '+': { level: 4 },
  '-': { level: 4 },
  '*': { level: 5 },
  '/': { level: 5 },
  '%': { level: 5 },
  '^': { level: 6, rightAssociative: true },
};

function readBinary(node: QueryNode): MetricExpression {
  const { first, rest } = flattenBinary(node);
  return nest<BinaryLink, MetricExpression>(first, rest, {
    rank: (link) => binaryRanks[link.operator],
    combine: combineBinary,
  });
}

function combineBinary(link: BinaryLink, left: MetricExpression, right: MetricExpression): MetricExpression {
  const { operator, returnBool, matching } = link;
  const isSet = operator === 'and' || operator === 'or' || operator === 'unless';
  for (const [side, operand] of [['left', left] as const, ['right', right] as const]) {
    if (isSet && operand.kind === 'literal') {
      throw parseErrorWithoutPosition(
        `unexpected literal for ${side} leg of logical/set binary operation (${operator}): ${operand.value.toFixed(6)}`
      );
    }
  }
  if (!isSet && left.kind === 'literal' && right.kind === 'literal') {
    return { kind: 'literal', value: mergeScalars(operator, left.value, right.value) };
  }
  return { kind: 'binary', operator, left, right, returnBool, matching };
}

function flattenBinary(node: QueryNode): {
  readonly first: MetricExpression;
  readonly rest: ReadonlyArray<ChainLink<BinaryLink, MetricExpression>>;
} {
  const [leftNode, rightNode] = node.all('Expr');
  const operatorNode = node.children.find((child) => binaryOperators[child.name] !== undefined);
  if (leftNode === undefined || rightNode === undefined || operatorNode === undefined) {
    throw node.error('incomplete binary operation');
  }
  const left = flattenOperand(leftNode, 'left', operatorNode);
  const right = flattenOperand(rightNode, 'right', operatorNode);
  const operator: BinaryLink = {
    operator: binaryOperators[operatorNode.name],
    ...readModifier(node.child('BinOpModifier')),
    node: operatorNode,
  };
  return { first: left.first, rest: [...left.rest, { operator, operand: right.first }, ...right.rest] };
}

/** A chain without parentheses is part of the same chain; anything else is one operand. */
function flattenOperand(
  node: QueryNode,
  side: 'left' | 'right',
  operatorNode: QueryNode
): ReturnType<typeof flattenBinary> {
  const metric = node.child('MetricExpr');
  if (metric === undefined) {
    throw parseErrorWithoutPosition(
      `unexpected type for ${side} leg of binary operation (${operatorNode.text}): a log query`
    );
  }
  const chain = metric.child('BinOpExpr');
  return chain === undefined ? { first: readMetric(metric), rest: [] } : flattenBinary(chain);
}

function readModifier(node: QueryNode | undefined): Pick<BinaryLink, 'returnBool' | 'matching'> {
  const match = node?.child('OnOrIgnoringModifier');
  const labels = (holder: QueryNode | undefined) =>
    holder
      ?.child('GroupingLabels')
      ?.child('GroupingLabelList')
      ?.list('GroupingLabelList', 'GroupingLabel')
      .map(({ text }) => text) ?? [];
  const many = node?.child('GroupLeft') !== undefined ? 'many-to-one' : undefined;
  const one = node?.child('GroupRight') !== undefined ? 'one-to-many' : undefined;
  return {
    returnBool:
      node?.child('Bool') !== undefined ||
      match?.child('BoolModifier')?.child('Bool') !== undefined ||
      match?.child('Bool') !== undefined,
    matching: {
      cardinality: many ?? one ?? 'one-to-one',
      on: match?.child('On') !== undefined,
      labels: labels(match),
      include: labels(node),
    },
  };
}
