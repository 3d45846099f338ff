/** A template's text → texts and the tokens of its actions. */
import { parseStringLiteral } from '../literals';
import { type TemplateValue } from './template-ast';

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export type Token =
  | { readonly kind: 'literal'; readonly value: TemplateValue }
  | { readonly kind: 'word'; readonly text: string }
  /** `.a.b`; `spaced` where it does not continue what stands before it. */
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly spaced: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: 'sign'; readonly text: string };

export type Piece =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'action'; readonly tokens: readonly Token[] };

const token =
  /(\s+)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|('(?:[^'\\\n]|\\.[^']*)')|([+-]?(?:0[xX][\da-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+))|(\$\w*)((?:\.[A-Za-z_]\w*)*)|((?:\.[A-Za-z_]\w*)+|\.)|([A-Za-z_]\w*)|(:=|[=|(),])/y;

/** @throws TemplateError */
export function templatePieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimsNext = false;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    const end = open === -1 ? text.length : open;
    const trimsBefore = open !== -1 && /^\{\{-\s/.test(text.slice(open, open + 4));
    let plain = text.slice(at, end);
    plain = trimsNext ? plain.trimStart() : plain;
    plain = trimsBefore ? plain.trimEnd() : plain;
    if (plain !== '') {
      pieces.push({ kind: 'text', text: plain });
    }
    if (open === -1) {
      break;
    }
    const action = readAction(text, open + (trimsBefore ? 3 : 2));
    trimsNext = action.trimsAfter;
    at = action.end;
    if (action.tokens !== undefined) {
      pieces.push({ kind: 'action', tokens: action.tokens });
    }
  }
  return pieces;
}

interface Action {
  /** Undefined for a comment. */
  readonly tokens?: readonly Token[];
  readonly trimsAfter: boolean;
  /** Offset behind `}}`. */
  readonly end: number;
}

function readAction(text: string, from: number): Action {
  const comment = /^\s*\/\*[\s\S]*?\*\/(\s+-)?\}\}/.exec(text.slice(from));
  if (comment !== null) {
    return { trimsAfter: comment[1] !== undefined, end: from + comment[0].length };
  }
  const tokens: Token[] = [];
  let at = from;
  let spaced = true;
  for (;;) {
    const close = /^(\s+-)?\}\}/.exec(text.slice(at, at + 64)) ?? /^\s*\}\}/.exec(text.slice(at));
    if (close !== null) {
      return { tokens, trimsAfter: close[1] !== undefined, end: at + close[0].length };
    }
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) {
      throw new TemplateError(
        at >= text.length ? 'unclosed action' : `unexpected ${JSON.stringify(text[at])} in action`
      );
    }
    at = token.lastIndex;
    const read = readToken(match, spaced);
    if (read !== undefined) {
      tokens.push(read);
    }
    spaced = read === undefined;
  }
}

function readToken(match: RegExpExecArray, spaced: boolean): Token | undefined {
  const [, space, string, character, number, variable, variablePath, field, word, sign] = match;
  if (space !== undefined) {
    return undefined;
  }
  if (string !== undefined) {
    const value = parseStringLiteral(string);
    if (value === undefined) {
      throw new TemplateError(`bad string ${string}`);
    }
    return { kind: 'literal', value };
  }
  if (character !== undefined) {
    const value = parseStringLiteral(`"${character.slice(1, -1)}"`);
    return { kind: 'literal', value: BigInt(value?.codePointAt(0) ?? 0) };
  }
  if (number !== undefined) {
    return { kind: 'literal', value: /^[+-]?(\d+|0[xX][\da-fA-F]+)$/.test(number) ? integer(number) : Number(number) };
  }
  if (variable !== undefined) {
    return { kind: 'variable', name: variable, path: pathOf(variablePath) };
  }
  if (field !== undefined) {
    return { kind: 'field', path: pathOf(field), spaced };
  }
  return word === undefined ? { kind: 'sign', text: sign } : wordToken(word);
}

function integer(text: string): bigint {
  const size = BigInt(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -size : size;
}

function wordToken(word: string): Token {
  const constants: Readonly<Record<string, TemplateValue>> = { true: true, false: false, nil: null };
  return Object.hasOwn(constants, word) ? { kind: 'literal', value: constants[word] } : { kind: 'word', text: word };
}

function pathOf(text: string): readonly string[] {
  return text.split('.').filter((name) => name !== '');
}
