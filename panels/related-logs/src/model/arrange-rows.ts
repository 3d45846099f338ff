/** Sorting and filtering of rows. */
import { TIME } from './columns';
import { type CellValue, type LogRow, textAt } from './related-logs';
import { cellValueOf } from './cell-text';

export interface Sorting {
  readonly name: string;
  readonly descending: boolean;
}

/** Sorting along the path; not a field of a record. */
export const PATH = 'path';

/** From 1 at the client; undefined if the record's NIC did not see the request. */
export type PlaceOf = (row: LogRow) => number | undefined;

export function placesOn(path: readonly string[]): PlaceOf {
  const places = new Map(path.map((lane, i) => [lane, i + 1]));
  return (row) => places.get(textAt(row, 'inner_traceid'));
}

/** Request after request, each from client to server: clocks of hosts differ, so times alone would mix up the hosts. */
export function rowsAlongPath(rows: readonly LogRow[], placeOf: PlaceOf, descending: boolean): readonly LogRow[] {
  const order = (row: LogRow) => placeOf(row) ?? Infinity;
  const sorted = [...rows].sort((a, b) => compareNumbers(order(a), order(b)) || compareTimes(a, b));
  const requests = new Map<string, LogRow[]>();
  for (const row of sorted) {
    const requestId = textAt(row, 'request_id');
    const same = requests.get(requestId);
    if (same === undefined) {
      requests.set(requestId, [row]);
    } else {
      same.push(row);
    }
  }
  // Requests by the clock of the NIC nearest to the client.
  const inOrder = [...requests.values()].sort(([a], [b]) => compareTimes(a, b)).flat();
  return descending ? inOrder.reverse() : inOrder;
}

/** Infinity less Infinity is no number. */
const compareNumbers = (a: number, b: number) => Number(a > b) - Number(a < b);

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

/** Nanoseconds since the epoch have one length for centuries: as texts they sort as numbers. */
function compareTimes(a: LogRow, b: LogRow): number {
  return a.tsNs !== '' && a.tsNs.length === b.tsNs.length
    ? Number(a.tsNs > b.tsNs) - Number(a.tsNs < b.tsNs)
    : a.time - b.time;
}

type Test = (row: LogRow) => boolean;

const COMPARISON = /^([a-z0-9_]+)(>=|<=|!=|[=><:])(.*)$/i;

/**
 * Words that must all be found: `text` anywhere in the record, `field=value`, `field!=value`, `field:part`, `field>number`.
 * Words with spaces are quoted.
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
