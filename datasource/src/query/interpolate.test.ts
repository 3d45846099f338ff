import { escapeRegex } from '../plan/logql-text';
import { matchOf, regexOf, type Replace, textOf } from './interpolate';

/** Grafana's template service, as far as a format function goes. */
function variables(values: Readonly<Record<string, string | readonly string[]>>): Replace {
  return (text, format) =>
    text.replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, plain?: string, braced?: string) => {
      const value = values[plain ?? braced ?? ''];
      return value === undefined ? whole : format(value);
    });
}

const oneOf = (...values: string[]) => ({ kind: 'oneOf', values });
const ANY = { kind: 'any' };

describe('a filter', () => {
  it.each([
    ['a plain text', 'web', oneOf('web')],
    ['nothing', '', ANY],
    ['a variable', '$one', oneOf('x')],
    ['several values', '$many', oneOf('a', 'b')],
    ['several values within text', 'p-${many}:1', oneOf('p-a:1', 'p-b:1')],
    ['two variables', '$many$one', oneOf('ax', 'bx')],
    ['All', '$all', ANY],
    ['All as one of several', '$withAll', ANY],
    ['All with a custom value', '$custom', ANY],
    ['an empty variable', '$empty', ANY],
    ['values that look like LogQL', '$evil', oneOf('"} | json | x="')],
    ['values that look like variables', '$nested', oneOf('$one')],
    ['lists', ['a', '$many'] as const, oneOf('a', 'b')],
  ])('takes %s', (_, filter, expected) => {
    const replace = variables({
      one: 'x',
      many: ['a', 'b'],
      all: '$__all',
      withAll: ['$__all'],
      custom: '.*',
      empty: [],
      evil: '"} | json | x="',
      nested: '$one',
    });
    expect(matchOf(filter, replace)).toEqual(expected);
  });

  it('as one text is the first value, or none for All', () => {
    const replace = variables({ many: ['a', 'b'], all: '$__all' });
    expect([textOf('$many', replace), textOf('$all', replace), textOf(7, replace), textOf(undefined, replace)]).toEqual(
      ['a', '', '7', '']
    );
  });

  it('as a regular expression has its variables escaped, not itself', () => {
    const replace = variables({ path: ['/a.b', '/c+'], all: '$__all' });
    expect(regexOf('^$path/.*$', replace, escapeRegex)).toBe('^(?:/a\\.b|/c\\+)/.*$');
    expect(regexOf('$all', replace, escapeRegex)).toBe('.*');
  });
});
