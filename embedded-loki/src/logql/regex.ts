/**
 * RE2 patterns, as Loki takes them: linear time, so no pattern from a query can stall the process. Matchers are anchored
 * at both ends and their dot matches a newline; line filters are neither.
 */
import { RE2JS } from 're2js';
import { parseErrorWithoutPosition } from './query-error';

export type Predicate = (text: string) => boolean;

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw parseErrorWithoutPosition(
      reason.startsWith('error parsing regexp') ? reason : `error parsing regexp: ${reason}`
    );
  }
}

export interface SearchRegex {
  /** Names of the groups by their number; unnamed ones are left out. */
  readonly names: ReadonlyMap<number, string>;
  readonly groups: number;
  /** The groups of the first match, `undefined` where a group took no part; undefined without a match. */
  firstMatch(text: string): ReadonlyArray<string | undefined> | undefined;
  countIn(text: string): number;
  /** `$1` and `${name}` are groups, as in Go. */
  replaceAll(text: string, replacement: string): string;
  replaceAllLiteral(text: string, replacement: string): string;
}

const compiledRegexes = new Map<string, SearchRegex>();
const MAX_COMPILED = 500;

/** A pattern that may match anywhere. @throws QueryError for an invalid pattern. */
export function compileRegex(pattern: string): SearchRegex {
  const known = compiledRegexes.get(pattern);
  if (known !== undefined) {
    return known;
  }
  const regex = searchRegexOf(compile(pattern));
  if (compiledRegexes.size >= MAX_COMPILED) {
    compiledRegexes.clear();
  }
  compiledRegexes.set(pattern, regex);
  return regex;
}

function searchRegexOf(compiled: RE2JS): SearchRegex {
  const named = compiled.namedGroups();
  const replace = (text: string, replacementOf: (group: (reference: string) => string) => string): string => {
    const matcher = compiled.matcher(text);
    let out = '';
    let at = 0;
    while (matcher.find()) {
      out += text.slice(at, matcher.start()) + replacementOf((reference) => groupText(compiled, matcher, reference));
      at = matcher.end();
    }
    return out + text.slice(at);
  };
  return {
    names: new Map(Object.entries(named).map(([name, index]) => [index, name])),
    groups: compiled.groupCount(),
    firstMatch(text) {
      const matcher = compiled.matcher(text);
      return matcher.find()
        ? Array.from({ length: compiled.groupCount() + 1 }, (_, group) => matcher.group(group) ?? undefined)
        : undefined;
    },
    countIn(text) {
      const matcher = compiled.matcher(text);
      let count = 0;
      while (matcher.find()) {
        count++;
      }
      return count;
    },
    replaceAll: (text, replacement) => replace(text, (group) => expanded(replacement, group)),
    replaceAllLiteral: (text, replacement) => replace(text, () => replacement),
  };
}

type Matcher = ReturnType<RE2JS['matcher']>;

/** The text of the group that `$1`, `$name` or `${name}` refers to. */
function groupText(compiled: RE2JS, matcher: Matcher, reference: string): string {
  const name = reference.replace(/[{}]/g, '');
  const index = /^\d+$/.test(name) ? Number(name) : compiled.namedGroups()[name];
  return index === undefined || index > compiled.groupCount() ? '' : (matcher.group(index) ?? '');
}

function expanded(replacement: string, group: (reference: string) => string): string {
  return replacement.replace(/\$(\$|\w+|\{\w+\})/g, (_, reference: string) =>
    reference === '$' ? '$' : group(reference)
  );
}

/** Compiled twice, so that an error shows the pattern as it was written. */
function compileAnchored(pattern: string): RE2JS {
  compile(pattern);
  return compile(`^(?s:${pattern})$`);
}

/** Whole-text match. A plain alternation such as `a|b|c`, which Grafana writes for multi-value variables, is a set look-up. */
export function anchoredRegex(pattern: string): Predicate {
  if (/^[\w\-/:, @|]*$/.test(pattern)) {
    const values = new Set(pattern.split('|'));
    return (text) => values.has(text);
  }
  const compiled = compileAnchored(pattern);
  return (text) => compiled.matcher(text).find();
}

/** A match anywhere in the text. */
export function searchRegex(pattern: string): Predicate {
  const compiled = compile(pattern);
  return (text) => compiled.matcher(text).find();
}

/** What label_replace does: undefined where the pattern does not match the whole of `text`. */
export function anchoredReplacer(pattern: string, replacement: string): (text: string) => string | undefined {
  const compiled = compileAnchored(pattern);
  return (text) => {
    const matcher = compiled.matcher(text);
    return matcher.find() ? expanded(replacement, (reference) => groupText(compiled, matcher, reference)) : undefined;
  };
}
