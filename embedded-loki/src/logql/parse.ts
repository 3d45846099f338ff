/**
 * LogQL text → AST. Syntax comes from the grammar that Grafana itself uses; this folder adds operator precedence, the
 * checks that Loki makes on a parsed query, and a plain refusal of what the store cannot evaluate.
 */
import { parser } from '@grafana/lezer-logql';
import {
  type Expression,
  type LogExpression,
  type Matcher,
  type MetricExpression,
  type VectorOperator,
  VECTOR_OPERATORS,
} from './ast';
import { readBinary } from './parse-binary';
import { readPipeline } from './parse-pipeline';
import { checkedSelector, NEVER_SELECTS, readGrouping, readNumber, readRangeAggregation } from './parse-range';
import { parseErrorWithoutPosition } from './query-error';
import { QueryNode } from './syntax-node';

/** Loki's limit on the length of a query. */
const MAX_QUERY_LENGTH = 131_072;

/** @throws QueryError for invalid LogQL, or LogQL that this store does not evaluate. */
export function parseQuery(query: string): Expression {
  if (query.length >= MAX_QUERY_LENGTH) {
    throw parseErrorWithoutPosition(`input size too long (${query.length} > ${MAX_QUERY_LENGTH})`);
  }
  const root = new QueryNode(query, parser.parse(query).topNode);
  const expression = root.child('Expr');
  if (/^\{\s*\}\s*$/.test(query)) {
    throw parseErrorWithoutPosition(NEVER_SELECTS);
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
      return readBinary(content, readMetric);
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

function readVectorAggregation(node: QueryNode): MetricExpression {
  const operatorNode = node.need('VectorOp');
  const operator: VectorOperator | undefined = VECTOR_OPERATORS.find(
    (name) => name === operatorNode.text.toLowerCase()
  );
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
