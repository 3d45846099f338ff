/** Matching of what takes no sequence space, pure ACKs and datagrams: by equal headers. The rule stands in `transmission-match.ts`. */
import { addRow, type Arrivals, isInTime } from './arrivals';
import { type SightingsBook } from './sightings-book';
import { type Transmissions } from './transmissions';

const NONE = -1;

/** @param rows how many of the book's rows are older than these arrivals */
export function matchBare(all: Transmissions, book: SightingsBook, arrivals: Arrivals, rows: number): void {
  const { keys, tNs } = all;
  const rowsOf = new Uint32Array(keys.count);
  const lastRowOf = new Int32Array(keys.count).fill(NONE);
  for (let row = 0; row < rows; row++) {
    if (book.span[row] === 0) {
      const key = keys.of[book.packet[row]];
      rowsOf[key]++;
      lastRowOf[key] = row;
    }
  }
  const toCome = new Uint32Array(keys.count);
  arrivals.packets.forEach((packet) => toCome[keys.of[packet]]++);
  const queues = repeatedRows(all, book, rows, rowsOf);
  for (const packet of arrivals.packets) {
    const key = keys.of[packet];
    const queue = queues.get(key);
    const accept = (row: number): boolean => isInTime(book, row, tNs[packet], arrivals);
    let row = NONE;
    if (queue) {
      const sent = queue.countWhile(accept);
      row = sent === 0 ? NONE : queue.take(toCome[key] >= queue.length ? 0 : sent - 1);
    } else if (lastRowOf[key] !== NONE && accept(lastRowOf[key])) {
      row = lastRowOf[key];
      lastRowOf[key] = NONE;
    }
    if (row === NONE) {
      addRow(all, book, packet, arrivals.lane);
    } else {
      book.see(row, arrivals.lane, tNs[packet], 0);
    }
    toCome[key]--;
  }
}

/** Of equal headers, this many at most are considered at once; keeps hostile input from taking quadratic time. */
const KEY_WINDOW = 64;

/** Rows with one key that are still open, in order of time. */
class KeyQueue {
  private head = 0;

  constructor(private readonly rows: number[]) {}

  get length(): number {
    return this.rows.length - this.head;
  }

  countWhile(accept: (row: number) => boolean): number {
    let count = 0;
    while (count < Math.min(this.length, KEY_WINDOW) && accept(this.rows[this.head + count])) {
      count++;
    }
    return count;
  }

  take(place: number): number {
    const row = this.rows[this.head + place];
    this.rows.copyWithin(this.head + 1, this.head, this.head + place);
    this.head++;
    return row;
  }
}

function repeatedRows(
  { keys }: Transmissions,
  book: SightingsBook,
  rows: number,
  rowsOf: Uint32Array
): ReadonlyMap<number, KeyQueue> {
  const repeated = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = keys.of[book.packet[row]];
    if (book.span[row] === 0 && rowsOf[key] > 1) {
      const list = repeated.get(key);
      if (list) {
        list.push(row);
      } else {
        repeated.set(key, [row]);
      }
    }
  }
  return new Map(
    [...repeated].map(([key, list]) => [key, new KeyQueue(list.sort((a, b) => book.lastNs[a] - book.lastNs[b]))])
  );
}
