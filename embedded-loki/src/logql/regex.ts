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
  const names = compiled.namedGroups();
  return (text) => {
    const matcher = compiled.matcher(text);
    if (!matcher.find()) {
      return undefined;
    }
    return replacement.replace(/\$(\$|\w+|\{\w+\})/g, (_, reference: string) => {
      if (reference === '$') {
        return '$';
      }
      const name = reference.replace(/[{}]/g, '');
      const index = /^\d+$/.test(name) ? Number(name) : names[name];
      return index === undefined || index > compiled.groupCount() ? '' : (matcher.group(index) ?? '');
    });
  };
}
