/** Stream selectors and string label filters: `=`, `!=`, `=~`, `!~`. A label that is absent counts as empty. */
import { type Matcher } from './ast';
import { type Predicate, anchoredRegex } from './regex';

export function matcherPredicate(matcher: Matcher): Predicate {
  const { value } = matcher;
  switch (matcher.operator) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~':
      return anchoredRegex(value);
    case '!~': {
      const matches = anchoredRegex(value);
      return (text) => !matches(text);
    }
  }
}

/** Whether a stream with these labels is selected. */
export function selectorPredicate(
  selector: readonly Matcher[]
): (labels: { get(name: string): string | undefined }) => boolean {
  const tests = selector.map((matcher) => ({ name: matcher.name, test: matcherPredicate(matcher) }));
  return (labels) => tests.every(({ name, test }) => test(labels.get(name) ?? ''));
}

/** Loki refuses a selector whose every matcher is content with an absent label. */
export function selectsSomething(selector: readonly Matcher[]): boolean {
  return selector.some((matcher) => !matcherPredicate(matcher)(''));
}
