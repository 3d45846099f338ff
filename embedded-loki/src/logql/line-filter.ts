/** `|= "text"`, `|~ "pattern"` and their negations, over the whole line. */
import { type LineFilterStage } from './ast';
import { type Predicate, searchRegex } from './regex';

export function lineTest({ operator, alternatives }: LineFilterStage): Predicate {
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
