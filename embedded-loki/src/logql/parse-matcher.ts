/** Selectors and their matchers: syntax tree → AST. */
import { type Matcher, type MatchOperator } from './ast';
import { type QueryNode } from './syntax-node';

const MATCH_OPERATORS: Readonly<Record<string, MatchOperator>> = { Eq: '=', Neq: '!=', Re: '=~', Nre: '!~' };

export function readSelector(node: QueryNode): readonly Matcher[] {
  return node.list('Matchers', 'Matcher').map(readMatcher);
}

export function readMatcher(node: QueryNode): Matcher {
  const [name, operator, value] = node.children;
  return { name: name.text, operator: MATCH_OPERATORS[operator.name], value: value.string() };
}
