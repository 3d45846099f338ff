/** Reading the parser library's tree: a node with the query's text, so that errors can say where. */
import { type SyntaxNode } from '@lezer/common';
import { type QueryError, parseError, unsupported } from './query-error';
import { parseStringLiteral } from './literals';

export class QueryNode {
  constructor(
    private readonly query: string,
    private readonly node: SyntaxNode
  ) {}

  get name(): string {
    return this.node.name;
  }

  get isError(): boolean {
    return this.node.type.isError;
  }

  get text(): string {
    return this.query.slice(this.node.from, this.node.to);
  }

  get children(): readonly QueryNode[] {
    const found: QueryNode[] = [];
    for (let child = this.node.firstChild; child !== null; child = child.nextSibling) {
      found.push(new QueryNode(this.query, child));
    }
    return found;
  }

  child(name: string): QueryNode | undefined {
    const child = this.node.getChild(name);
    return child === null ? undefined : new QueryNode(this.query, child);
  }

  all(name: string): readonly QueryNode[] {
    return this.node.getChildren(name).map((child) => new QueryNode(this.query, child));
  }

  /** For nodes that the grammar always has once the tree is free of errors. */
  need(name: string): QueryNode {
    const child = this.child(name);
    if (child === undefined) {
      throw this.error(`expecting ${name}`);
    }
    return child;
  }

  /** Left-recursive lists (`Matchers` in `Matchers`) as one flat list of their items. */
  list(listName: string, itemName: string): readonly QueryNode[] {
    return this.children.flatMap((child) => {
      if (child.name === listName) {
        return child.list(listName, itemName);
      }
      return child.name === itemName ? [child] : [];
    });
  }

  /** The value of this String node. */
  string(): string {
    const value = parseStringLiteral(this.text);
    if (value === undefined) {
      throw this.error('invalid char escape');
    }
    return value;
  }

  error(reason: string): QueryError {
    return parseError(this.query, this.node.from, reason);
  }

  unsupported(construct: string): QueryError {
    return unsupported(this.query, this.node.from, construct);
  }

  /** The first error in document order, other than those that `accept` says are none. */
  firstError(accept: (node: QueryNode) => boolean): QueryError | undefined {
    for (const child of this.children) {
      if (child.isError) {
        if (!accept(child)) {
          return child.error(`syntax error: unexpected ${tokenName(this.query, child.node.from)}`);
        }
        continue;
      }
      const error = child.firstError(accept);
      if (error !== undefined) {
        return error;
      }
    }
    return undefined;
  }
}

/** The token at an offset, as Loki's parser names it. */
function tokenName(query: string, offset: number): string {
  const rest = query.slice(offset).trimStart();
  if (rest === '') {
    return '$end';
  }
  if (/^["`]/.test(rest)) {
    return 'STRING';
  }
  if (/^\d/.test(rest)) {
    return 'NUMBER';
  }
  const word = /^[A-Za-z_]\w*/.exec(rest);
  if (word !== null) {
    return 'IDENTIFIER';
  }
  return /^(\|=|\|~|\|>|!=|!~|=~|==|>=|<=|[^\s])/.exec(rest)?.[0] ?? rest.slice(0, 1);
}
