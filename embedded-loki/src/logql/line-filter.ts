/** `|= "text"`, `|~ "pattern"` and their negations, over the whole line. */
import { type LineFilterStage, type LineTest, type LineTestStage } from './ast';
import { ipPredicate } from './ip-match';
import { matchesPattern, readFilterPattern } from './line-pattern';
import { type Predicate, searchRegex } from './regex';

export function lineFilterTest({ operator, alternatives }: LineFilterStage): Predicate {
  const tests = alternatives.map((value): Predicate => {
    if (operator === '|=' || operator === '!=') {
      return (line) => line.includes(value);
    }
    return searchRegex(value);
  });
  return operator === '|=' || operator === '|~'
    ? (line) => tests.some((test) => test(line))
    : (line) => !tests.some((test) => test(line));
}

export function mixedLineTest({ negated, alternatives }: LineTestStage): Predicate {
  const tests = alternatives.map(testOf);
  return (line) => tests.some((test) => test(line)) !== negated;
}

function testOf({ kind, value }: LineTest): Predicate {
  switch (kind) {
    case 'text':
      return (line) => line.includes(value);
    case 'regex':
      return searchRegex(value);
    case 'ip':
      return ipPredicate(value) ?? (() => false);
    case 'pattern': {
      const read = readFilterPattern(value);
      return (line) => read.ok && matchesPattern(line, read.parts);
    }
  }
}
