/** Matching where bytes were sent or arrived more than once; the rule stands in `transmission-match.ts`. */
import { addRow, type Arrivals, isInTime } from './arrivals';
import { RangeIndex } from './range-index';
import { type SightingsBook } from './sightings-book';
import { type Transmissions } from './transmissions';

export interface AmbiguousRanges {
  readonly rows: Uint32Array;
  /** In order of time. */
  readonly packets: Uint32Array;
}

export function matchAmbiguous(
  all: Transmissions,
  book: SightingsBook,
  arrivals: Arrivals,
  { rows, packets }: AmbiguousRanges
): void {
  const ranges = new RangeIndex(rows, book.start, book.span);
  const coming = new RangeIndex(packets.slice(), all.start, all.span);
  const gone = new Set<number>();
  for (const packet of packets) {
    if (!matchRange(packet)) {
      addRow(all, book, packet, arrivals.lane);
    }
    gone.add(packet);
  }

  function matchRange(packet: number): boolean {
    const start = all.start[packet];
    const end = start + all.span[packet];
    const open = ranges.overlapping(start, end).filter((row) => book.isOpen(row, arrivals.lane));
    const sent = open
      .filter((row) => isInTime(book, row, all.tNs[packet], arrivals))
      .sort((a, b) => book.firstNs[a] - book.firstNs[b]);
    if (open.length > 1 && someLost(open, start, end)) {
      sent.reverse();
    }
    let free: ReadonlyArray<readonly [number, number]> = [[start, end]];
    let matched = false;
    for (const row of sent) {
      const from = book.start[row];
      const to = from + book.span[row];
      const bytes = free.reduce((sum, [a, b]) => sum + Math.max(0, Math.min(b, to) - Math.max(a, from)), 0);
      if (bytes > 0) {
        matched = true;
        book.see(row, arrivals.lane, all.tNs[packet], bytes);
        free = free
          .flatMap(([a, b]) => [[a, Math.min(b, from)] as const, [Math.max(a, to), b] as const])
          .filter(([a, b]) => a < b);
      }
    }
    return matched;
  }

  /** Some byte has more open transmissions than arrivals to come, the present one included. */
  function someLost(open: readonly number[], start: number, end: number): boolean {
    const future = coming.overlapping(start, end).filter((packet) => !gone.has(packet));
    const rowCovers = (at: number) => (row: number) => book.start[row] <= at && at < book.start[row] + book.span[row];
    const packetCovers = (at: number) => (packet: number) =>
      all.start[packet] <= at && at < all.start[packet] + all.span[packet];
    return open.some((row) => {
      const at = Math.max(start, book.start[row]);
      return future.filter(packetCovers(at)).length < open.filter(rowCovers(at)).length;
    });
  }
}
