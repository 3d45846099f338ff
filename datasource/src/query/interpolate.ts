/**
 * Template variables in queries become lists of plain values here, never text that is pasted into LogQL.
 *
 * A variable with several values makes the text stand for several texts; `All` makes it stand for anything. Escaping
 * is not done here but where LogQL is written, so it cannot be forgotten for one kind of value.
 */
import { type FilterText } from './filters';

/** Any value, or one of a list (never empty). */
export type ValueMatch = { readonly kind: 'any' } | { readonly kind: 'oneOf'; readonly values: readonly string[] };

const ANY: ValueMatch = { kind: 'any' };

/** Replaces the variables of a text; `format` is given each variable's value, a text or a list. Grafana's template service has this shape. */
export type Replace = (text: string, format: (value: unknown) => string) => string;

/** What `All` may look like: the value itself, and what people give as its custom value. */
const ALL_VALUES: ReadonlySet<string> = new Set(['$__all', '.*', '.+', '*']);

/** More texts than this would make a query that no store takes. */
const MAX_VALUES = 500;

const MARK = '\u0001';

/** The texts that a filter stands for. */
export function matchOf(filter: FilterText | undefined, replace: Replace): ValueMatch {
  const texts = filter === undefined ? [] : typeof filter === 'string' ? [filter] : filter;
  const values = texts.flatMap((text) => expand(text, replace));
  if (values.some((value) => ALL_VALUES.has(value))) {
    return ANY;
  }
  const distinct = [...new Set(values.filter((value) => value !== ''))].slice(0, MAX_VALUES);
  return distinct.length === 0 ? ANY : { kind: 'oneOf', values: distinct };
}

/** The one text that a filter stands for, the first where there are several; '' for none. */
export function textOf(filter: string | number | undefined, replace: Replace): string {
  if (filter === undefined) {
    return '';
  }
  const match = matchOf(String(filter), replace);
  return match.kind === 'any' ? '' : match.values[0];
}

/** A regular expression with its variables' values escaped, several as alternatives; '' for none. */
export function regexOf(filter: string | undefined, replace: Replace, escape: (value: string) => string): string {
  if (filter === undefined) {
    return '';
  }
  return replace(filter, (value) => {
    const values = valuesOf(value);
    return values.some((one) => ALL_VALUES.has(one)) ? '.*' : `(?:${values.map(escape).join('|')})`;
  }).trim();
}

function expand(text: string, replace: Replace): readonly string[] {
  const lists: Array<readonly string[]> = [];
  const marked = replace(text.split(MARK).join(''), (value) => {
    lists.push(valuesOf(value));
    return `${MARK}${lists.length - 1}${MARK}`;
  });
  const parts = marked.split(MARK);
  let texts: readonly string[] = [''];
  parts.forEach((part, i) => {
    const values = i % 2 === 0 ? [part] : lists[Number(part)];
    if (i % 2 === 1 && values.some((value) => ALL_VALUES.has(value))) {
      texts = parts.every((other, k) => k === i || other.trim() === '') ? ['$__all'] : texts;
      return;
    }
    texts = texts.flatMap((head) => values.map((value) => head + value)).slice(0, MAX_VALUES);
  });
  return texts.map((one) => one.trim());
}

function valuesOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => (one === undefined || one === null ? '' : String(one)));
}
