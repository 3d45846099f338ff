/** Sorting and filtering of rows. */
import { TIME } from './columns';
import { type CellValue, type LogRow } from './related-logs';
import { cellValueOf } from './cell-text';

export interface Sorting {
  readonly name: string;
  readonly descending: boolean;
}

/** Rows without a value come last either way; equal ones keep their order. */
export function sortedRows(rows: readonly LogRow[], { name, descending }: Sorting): readonly LogRow[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (name === TIME) {
      return sign * compareTimes(a, b);
    }
    const [x, y] = [cellValueOf(a, name), cellValueOf(b, name)];
    if (isNothing(x) || isNothing(y)) {
      return Number(isNothing(x)) - Number(isNothing(y));
    }
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : COLLATOR.compare(String(x), String(y)));
  });
}

const COLLATOR = new Intl.Collator('en', { numeric: true });

const isNothing = (value: CellValue) => value === null || value === '';

/** Numbers of ns have one length in our age: as texts they sort as numbers. */
function compareTimes(a: LogRow, b: LogRow): number {
  return a.tsNs !== '' && a.tsNs.length === b.tsNs.length
    ? Number(a.tsNs > b.tsNs) - Number(a.tsNs < b.tsNs)
    : a.time - b.time;
}

type Test = (row: LogRow) => boolean;

const COMPARISON = /^([a-z0-9_]+)(>=|<=|!=|[=><:])(.*)$/i;

/**
 * Words that must all be found: `text` anywhere in the record, `field=value`, `field!=value`, `field:part`, `field>number`.
 * A word with spaces stands in quotes.
 */
export function rowFilter(text: string): Test {
  const tests = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) =>
    quoted === undefined ? testOf(word) : anywhere(quoted)
  );
  return (row) => tests.every((test) => test(row));
}

function testOf(word: string): Test {
  const [, name, operator, wanted] = COMPARISON.exec(word) ?? [];
  if (name === undefined || wanted === '') {
    return anywhere(word);
  }
  const number = Number(wanted);
  const text = (row: LogRow) => String(cellValueOf(row, name) ?? '').toLowerCase();
  const numeric = (holds: (value: number) => boolean) => (row: LogRow) => {
    const value = cellValueOf(row, name);
    return typeof value === 'number' && holds(value);
  };
  switch (operator) {
    case '>':
      return numeric((value) => value > number);
    case '<':
      return numeric((value) => value < number);
    case '>=':
      return numeric((value) => value >= number);
    case '<=':
      return numeric((value) => value <= number);
    case '=':
      return (row) => text(row) === wanted.toLowerCase();
    case '!=':
      return (row) => text(row) !== wanted.toLowerCase();
    default:
      // `10.1.1.4:80` is an address, not a field.
      return /^\d/.test(name) ? anywhere(word) : (row) => text(row).includes(wanted.toLowerCase());
  }
}

function anywhere(word: string): Test {
  const wanted = word.toLowerCase();
  return (row) =>
    [...row.values.values()].some((value) =>
      String(value ?? '')
        .toLowerCase()
        .includes(wanted)
    );
}
