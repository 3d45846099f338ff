/** Line filters: syntax tree → AST. */
import { type LineFilterOperator, type LineTest, type Stage } from './ast';
import { ipPredicate } from './ip-match';
import { readFilterPattern } from './line-pattern';
import { parseErrorWithoutPosition } from './query-error';
import { type QueryNode } from './syntax-node';

const OPERATORS: Readonly<Record<string, LineFilterOperator | '|>' | '!>'>> = {
  PipeExact: '|=',
  Neq: '!=',
  PipeMatch: '|~',
  Nre: '!~',
  PipePattern: '|>',
  Npa: '!>',
};

const KINDS = { '|=': 'text', '!=': 'text', '|~': 'regex', '!~': 'regex', '|>': 'pattern', '!>': 'pattern' } as const;

export function readLineFilter(node: QueryNode): Stage {
  const [operatorToken] = node.need('Filter').children;
  const operator = OPERATORS[operatorToken.name];
  if (operator === undefined) {
    throw operatorToken.unsupported(`the line filter "${operatorToken.text}"`);
  }
  const tests: LineTest[] = [];
  const collect = (holder: QueryNode) => {
    const ip = holder.child('FilterOp') !== undefined;
    for (const literal of holder.all('String')) {
      tests.push(checked({ kind: ip ? 'ip' : KINDS[operator], value: literal.string() }, literal, operator));
    }
    holder.all('OrFilter').forEach(collect);
    holder.all('LineFilter').forEach(collect);
  };
  collect(node);
  if (operator !== '|>' && operator !== '!>' && tests.every(({ kind }) => kind !== 'ip')) {
    return { kind: 'lineFilter', operator, alternatives: tests.map(({ value }) => value) };
  }
  return { kind: 'lineTest', negated: operator.startsWith('!'), alternatives: tests };
}

function checked(test: LineTest, node: QueryNode, operator: string): LineTest {
  if (test.kind === 'ip') {
    if (operator !== '|=' && operator !== '!=') {
      throw node.error('ip: invalid operation');
    }
    if (ipPredicate(test.value) === undefined) {
      throw node.error(`ip: invalid pattern: ${JSON.stringify(test.value)}`);
    }
  }
  if (test.kind === 'pattern') {
    const read = readFilterPattern(test.value);
    if (!read.ok) {
      throw parseErrorWithoutPosition(read.reason);
    }
  }
  return test;
}
