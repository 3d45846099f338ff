/** Template text → template. */
import { type Command, type Operand, type Pipeline, type Template, type TemplateNode } from './template-ast';
import { isTemplateFunction } from './template-functions';
import { type Piece, templatePieces, type Token, TemplateError } from './template-tokens';

export { TemplateError } from './template-tokens';

/** @throws TemplateError in one sentence. */
export function readTemplate(text: string): Template {
  const pieces = new Pieces(templatePieces(text));
  const { nodes, end } = pieces.block();
  if (end !== undefined) {
    throw new TemplateError(`unexpected {{${end}}}`);
  }
  return nodes;
}

interface Block {
  readonly nodes: Template;
  /** `end` or `else`, which ended the block; undefined at the end of the text. */
  readonly end?: 'end' | 'else';
  readonly rest: readonly Token[];
}

class Pieces {
  private at = 0;

  constructor(private readonly pieces: readonly Piece[]) {}

  block(): Block {
    const nodes: TemplateNode[] = [];
    while (this.at < this.pieces.length) {
      const piece = this.pieces[this.at++];
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      const [first, ...rest] = piece.tokens;
      const word = first?.kind === 'word' ? first.text : undefined;
      if (word === 'end' || word === 'else') {
        return { nodes, end: word, rest };
      }
      nodes.push(
        word === 'if' || word === 'with' || word === 'range'
          ? this.branch(word, rest)
          : { kind: 'action', pipeline: new Tokens(piece.tokens).whole() }
      );
    }
    return { nodes, rest: [] };
  }

  private branch(kind: 'if' | 'with' | 'range', tokens: readonly Token[]): TemplateNode {
    const pipeline = new Tokens(tokens).whole();
    const body = this.block();
    if (body.end === undefined) {
      throw new TemplateError('unexpected EOF');
    }
    return { kind, pipeline, body: body.nodes, otherwise: body.end === 'else' ? this.otherwise(kind, body.rest) : [] };
  }

  private otherwise(kind: string, rest: readonly Token[]): Template {
    const [next, ...condition] = rest;
    if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with')) {
      return [this.branch(next.text, condition)];
    }
    if (next !== undefined) {
      throw new TemplateError(`unexpected token in else of ${kind}`);
    }
    const block = this.block();
    if (block.end !== 'end') {
      throw new TemplateError(`expected end; found ${block.end === undefined ? 'EOF' : `{{${block.end}}}`}`);
    }
    return block.nodes;
  }
}

const unknownWords = ['define', 'template', 'block', 'break', 'continue'];

class Tokens {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  /** A pipeline that takes all tokens. */
  whole(): Pipeline {
    const pipeline = this.pipeline();
    if (this.at < this.tokens.length) {
      throw new TemplateError(`unexpected ${shown(this.tokens[this.at])}`);
    }
    return pipeline;
  }

  private pipeline(): Pipeline {
    const { variables, assigns } = this.declaration();
    const commands: Command[] = [this.command()];
    while (this.takes('|')) {
      commands.push(this.command());
    }
    return { variables, assigns, commands };
  }

  private declaration(): Pick<Pipeline, 'variables' | 'assigns'> {
    const start = this.at;
    const variables: string[] = [];
    for (;;) {
      const token = this.tokens[this.at];
      if (token?.kind !== 'variable' || token.path.length > 0) {
        break;
      }
      variables.push(token.name);
      this.at++;
      if (!this.takes(',')) {
        break;
      }
    }
    if (variables.length > 0 && this.takes(':=')) {
      return { variables, assigns: false };
    }
    if (variables.length === 1 && this.takes('=')) {
      return { variables, assigns: true };
    }
    this.at = start;
    return { variables: [], assigns: false };
  }

  private command(): Command {
    const operands: Operand[] = [];
    for (let token = this.tokens[this.at]; token !== undefined; token = this.tokens[this.at]) {
      if (token.kind === 'sign' && token.text !== '(') {
        break;
      }
      operands.push(this.operand(token));
    }
    if (operands.length === 0) {
      throw new TemplateError('missing value for command');
    }
    const [first] = operands;
    if (operands.length > 1 && first.kind !== 'function') {
      throw new TemplateError(`can't give argument to non-function ${shown(this.tokens[0])}`);
    }
    return operands;
  }

  private operand(token: Token): Operand {
    this.at++;
    switch (token.kind) {
      case 'literal':
        return { kind: 'literal', value: token.value };
      case 'field':
        return { kind: 'dot', path: token.path };
      case 'variable':
        return { kind: 'variable', name: token.name, path: token.path };
      case 'word':
        if (unknownWords.includes(token.text)) {
          throw new TemplateError(`{{${token.text}}} is not supported`);
        }
        if (!isTemplateFunction(token.text)) {
          throw new TemplateError(`function "${token.text}" not defined`);
        }
        return { kind: 'function', name: token.text };
      case 'sign': {
        const pipeline = this.pipeline();
        if (!this.takes(')')) {
          throw new TemplateError('unclosed left paren');
        }
        const next = this.tokens[this.at];
        const continues = next?.kind === 'field' && !next.spaced && next.path.length > 0;
        this.at += continues ? 1 : 0;
        return { kind: 'pipeline', pipeline, path: continues ? next.path : [] };
      }
    }
  }

  private takes(sign: string): boolean {
    const token = this.tokens[this.at];
    const matches = token?.kind === 'sign' && token.text === sign;
    this.at += matches ? 1 : 0;
    return matches;
  }
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'literal':
      return JSON.stringify(String(token.value));
    case 'word':
    case 'sign':
      return token.text;
    case 'field':
      return `.${token.path.join('.')}`;
    case 'variable':
      return token.name;
  }
}
