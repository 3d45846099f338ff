/** Binary operations: syntax tree → AST, nested by precedence. */
import { type BinaryOperator, type MetricExpression, type VectorMatching } from './ast';
import { mergeScalars } from './binary-operation';
import { type ChainLink, nest, type Rank } from './precedence';
import { parseErrorWithoutPosition } from './query-error';
import { type QueryNode } from './syntax-node';

type ReadMetric = (node: QueryNode) => MetricExpression;

interface BinaryLink {
  readonly operator: BinaryOperator;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
  readonly node: QueryNode;
}

const BINARY_OPERATORS: Readonly<Record<string, BinaryOperator>> = {
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

const BINARY_RANKS: Readonly<Record<BinaryOperator, Rank>> = {
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

export function readBinary(node: QueryNode, readMetric: ReadMetric): MetricExpression {
  const { first, rest } = flattenBinary(node, readMetric);
  return nest<BinaryLink, MetricExpression>(first, rest, {
    rank: (link) => BINARY_RANKS[link.operator],
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

function flattenBinary(
  node: QueryNode,
  readMetric: ReadMetric
): {
  readonly first: MetricExpression;
  readonly rest: ReadonlyArray<ChainLink<BinaryLink, MetricExpression>>;
} {
  const [leftNode, rightNode] = node.all('Expr');
  const operatorNode = node.children.find((child) => BINARY_OPERATORS[child.name] !== undefined);
  if (leftNode === undefined || rightNode === undefined || operatorNode === undefined) {
    throw node.error('incomplete binary operation');
  }
  const left = flattenOperand(leftNode, 'left', { operatorNode, readMetric });
  const right = flattenOperand(rightNode, 'right', { operatorNode, readMetric });
  const operator: BinaryLink = {
    operator: BINARY_OPERATORS[operatorNode.name],
    ...readModifier(node.child('BinOpModifier')),
    node: operatorNode,
  };
  return { first: left.first, rest: [...left.rest, { operator, operand: right.first }, ...right.rest] };
}

/** A chain without parentheses is part of the same chain; anything else is one operand. */
function flattenOperand(
  node: QueryNode,
  side: 'left' | 'right',
  { operatorNode, readMetric }: { readonly operatorNode: QueryNode; readonly readMetric: ReadMetric }
): ReturnType<typeof flattenBinary> {
  const metric = node.child('MetricExpr');
  if (metric === undefined) {
    throw parseErrorWithoutPosition(
      `unexpected type for ${side} leg of binary operation (${operatorNode.text}): a log query`
    );
  }
  const chain = metric.child('BinOpExpr');
  return chain === undefined ? { first: readMetric(metric), rest: [] } : flattenBinary(chain, readMetric);
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
