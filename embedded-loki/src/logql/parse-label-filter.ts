/** Label filters: syntax tree → AST. */
import { type CompareOperator, type LabelFilter } from './ast';
import { ipPredicate } from './ip-match';
import { parseBytes, parseDuration, parseFloatStrictly } from './literals';
import { readMatcher } from './parse-matcher';
import { type ChainLink, nest, type Rank } from './precedence';
import { type QueryNode } from './syntax-node';

const COMPARE_OPERATORS: Readonly<Record<string, CompareOperator>> = {
  Eq: '==',
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
};

type FilterOperator = 'and' | 'or' | 'comma';
const FILTER_RANKS: Readonly<Record<FilterOperator, Rank | undefined>> = {
  or: { level: 1 },
  and: { level: 2 },
  comma: undefined,
};

export function readLabelFilter(node: QueryNode): LabelFilter {
  const { first, rest } = flattenLabelFilter(node);
  return nest<FilterOperator, LabelFilter>(first, rest, {
    rank: (operator) => FILTER_RANKS[operator],
    combine: (operator, left, right) => ({ kind: operator === 'or' ? 'or' : 'and', left, right }),
  });
}

function flattenLabelFilter(node: QueryNode): {
  readonly first: LabelFilter;
  readonly rest: ReadonlyArray<ChainLink<FilterOperator, LabelFilter>>;
} {
  const filters = node.all('LabelFilter');
  if (filters.length === 2) {
    const left = flattenLabelFilter(filters[0]);
    const right = flattenLabelFilter(filters[1]);
    const operator = node.child('And') !== undefined ? 'and' : node.child('Or') !== undefined ? 'or' : 'comma';
    return { first: left.first, rest: [...left.rest, { operator, operand: right.first }, ...right.rest] };
  }
  return { first: filters.length === 1 ? readLabelFilter(filters[0]) : readSimpleLabelFilter(node), rest: [] };
}

function readSimpleLabelFilter(node: QueryNode): LabelFilter {
  const [content] = node.children;
  switch (content.name) {
    case 'Matcher':
      return { kind: 'match', matcher: readMatcher(content) };
    case 'NumberFilter':
      return readComparison(content, 'number');
    case 'UnitFilter': {
      const [unit] = content.children;
      return readComparison(unit, unit.name === 'DurationFilter' ? 'duration' : 'bytes');
    }
    case 'IpLabelFilter':
      return readIpLabelFilter(content);
    default:
      throw content.error(`unexpected ${content.name}`);
  }
}

function readIpLabelFilter(node: QueryNode): LabelFilter {
  const [name, operator] = node.children;
  const pattern = node.need('String').string();
  if (ipPredicate(pattern) === undefined) {
    throw node.error(`ip: invalid pattern: ${JSON.stringify(pattern)}`);
  }
  return { kind: 'ip', name: name.text, negated: operator.name === 'Neq', pattern };
}

function readComparison(node: QueryNode, unit: 'number' | 'duration' | 'bytes'): LabelFilter {
  const [name, operator, literal] = node.children;
  const parse = { number: parseFloatStrictly, duration: parseDuration, bytes: parseBytes }[unit];
  const value = parse(literal.text.replace(/\s/g, ''));
  if (value === undefined) {
    throw literal.error(`"${literal.text}" is not a ${unit}`);
  }
  return { kind: 'compare', name: name.text, operator: COMPARE_OPERATORS[operator.name], unit, value };
}
