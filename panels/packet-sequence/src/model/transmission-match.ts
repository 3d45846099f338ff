/**
 * Finds one transmission again at the next NIC, by direction and byte range and never by packet: GSO and GRO cut and glue
 * segments on the way, NAT and tunnels leave sequence numbers alone.
 *
 * A retransmission carries the same bytes as its original, so bytes alone do not say which of them arrived. Rule: if at
 * least as many arrivals are still to come as transmissions are open, they are taken in order; if fewer, something was lost
 * and an arrival belongs to the latest transmission before it.
 */
import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { seqDiff, toSeq } from '@bpfnet/flow-model/seq';
import { type PacketTable } from './packets';
import { type SightingsBook } from './sightings-book';

export interface Arrivals {
  readonly lane: number;
  /** Packets of one direction at that NIC, in order of time. */
  readonly packets: readonly number[];
  /** Aligned times of all packets, ns. */
  readonly tNs: Float64Array;
  /** First bytes of all packets, counted on beyond 2^32. */
  readonly start: Float64Array;
  /** How much earlier than its transmission an arrival may seem to be, ns, by the transmission's lane. */
  readonly slackNs: (fromLane: number) => number;
}

/** Enters each arrival into the rows it belongs to; what belongs to none becomes a row. */
export function matchArrivals(table: PacketTable, book: SightingsBook, arrivals: Arrivals): void {
  const ranges = rangeIndex(book);
  const keyed = keyIndex(table, book);
  const futures = new FutureArrivals(table, arrivals);
  for (const packet of arrivals.packets) {
    const span = rangeSpan(table, packet);
    const tNs = arrivals.tNs[packet];
    const isInTime = (row: number) => book.lastNs[row] <= tNs + arrivals.slackNs(book.lastLane[row]);
    const matched =
      span > 0 ? matchRange(packet, span, isInTime) : matchKey(keyed.get(pureKey(table, packet)), packet, isInTime);
    if (!matched) {
      book.add({ packet, lane: arrivals.lane, tNs, start: arrivals.start[packet], span });
    }
    futures.passed(packet);
  }

  function matchRange(packet: number, span: number, isInTime: (row: number) => boolean): boolean {
    const start = arrivals.start[packet];
    const end = start + span;
    const open = ranges.overlapping(start, end).filter((row) => book.isOpen(row, arrivals.lane));
    const sent = open.filter(isInTime).sort((a, b) => book.firstNs[a] - book.firstNs[b]);
    if (open.length > 1 && someLost(open, futures.overlapping(start, end), start)) {
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
        book.see(row, arrivals.lane, arrivals.tNs[packet], bytes);
        free = free
          .flatMap(([a, b]) => [[a, Math.min(b, from)] as const, [Math.max(a, to), b] as const])
          .filter(([a, b]) => a < b);
      }
    }
    return matched;
  }

  /** Some byte has more open transmissions than arrivals to come. */
  function someLost(open: readonly number[], coming: readonly number[], start: number): boolean {
    const rowCovers = (at: number) => (row: number) => book.start[row] <= at && at < book.start[row] + book.span[row];
    const packetCovers = (at: number) => (packet: number) =>
      arrivals.start[packet] <= at && at < arrivals.start[packet] + rangeSpan(table, packet);
    return open.some((row) => {
      const at = Math.max(start, book.start[row]);
      return coming.filter(packetCovers(at)).length < open.filter(rowCovers(at)).length;
    });
  }

  function matchKey(queue: KeyQueue | undefined, packet: number, isInTime: (row: number) => boolean): boolean {
    if (!queue) {
      return false;
    }
    const sent = queue.countWhile(isInTime);
    if (sent === 0) {
      return false;
    }
    const row = queue.take(futures.withKey(packet) >= queue.length ? 0 : sent - 1);
    book.see(row, arrivals.lane, arrivals.tNs[packet], 0);
    return true;
  }
}

/** Rows with one key that are still open, in order of time. */
class KeyQueue {
  private readonly rows: number[] = [];
  private head = 0;

  get length(): number {
    return this.rows.length - this.head;
  }

  push(row: number): void {
    this.rows.push(row);
  }

  sort(lastNs: ArrayLike<number>): void {
    this.rows.sort((a, b) => lastNs[a] - lastNs[b]);
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

/** Of equal pure ACKs, this many at most are considered at once; keeps hostile input from taking quadratic time. */
const KEY_WINDOW = 64;

/** Sequence space that matching goes by: none for datagrams, which have no sequence numbers. */
export function rangeSpan(table: PacketTable, packet: number): number {
  return table.lanes[table.lane[packet]].tcp ? segmentSpan(table.flags[packet], table.len[packet]) : 0;
}

/** Equal for equal packets that carry no sequence space, and for datagrams of one size. */
function pureKey(table: PacketTable, packet: number): string {
  return `${table.flags[packet]}/${table.seq[packet]}/${table.ack[packet]}/${table.len[packet]}`;
}

function keyIndex(table: PacketTable, book: SightingsBook): Map<string, KeyQueue> {
  const index = new Map<string, KeyQueue>();
  for (let row = 0; row < book.length; row++) {
    if (book.span[row] === 0) {
      const key = pureKey(table, book.packet[row]);
      const queue = index.get(key) ?? new KeyQueue();
      queue.push(row);
      index.set(key, queue);
    }
  }
  index.forEach((queue) => queue.sort(book.lastNs));
  return index;
}

interface RangeIndex {
  overlapping(start: number, end: number): number[];
}

function rangeIndex(book: SightingsBook): RangeIndex {
  const rows: number[] = [];
  for (let row = 0; row < book.length; row++) {
    if (book.span[row] > 0) {
      rows.push(row);
    }
  }
  return intervals(rows, book.start, book.span);
}

/** Items with a start and a length, for look-up by overlap. */
function intervals(items: readonly number[], start: ArrayLike<number>, span: ArrayLike<number>): RangeIndex {
  const sorted = [...items].sort((a, b) => start[a] - start[b]);
  const longest = sorted.reduce((max, item) => Math.max(max, span[item]), 0);
  return {
    overlapping(from, to) {
      let low = 0;
      let high = sorted.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (start[sorted[middle]] > from - longest) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      const found: number[] = [];
      for (let i = low; i < sorted.length && start[sorted[i]] < to; i++) {
        if (start[sorted[i]] + span[sorted[i]] > from) {
          found.push(sorted[i]);
        }
      }
      return found;
    },
  };
}

/** How many packets with the same bytes are still to come, the present one included. */
class FutureArrivals {
  private readonly keys = new Map<string, number>();
  private readonly gone = new Set<number>();
  private readonly ranges: RangeIndex;

  constructor(
    private readonly table: PacketTable,
    arrivals: Arrivals
  ) {
    const spans = new Float64Array(table.length);
    const ranged: number[] = [];
    for (const packet of arrivals.packets) {
      spans[packet] = rangeSpan(table, packet);
      if (spans[packet] > 0) {
        ranged.push(packet);
      } else {
        const key = pureKey(table, packet);
        this.keys.set(key, (this.keys.get(key) ?? 0) + 1);
      }
    }
    this.ranges = intervals(ranged, arrivals.start, spans);
  }

  overlapping(start: number, end: number): number[] {
    return this.ranges.overlapping(start, end).filter((packet) => !this.gone.has(packet));
  }

  withKey(packet: number): number {
    return this.keys.get(pureKey(this.table, packet)) ?? 0;
  }

  passed(packet: number): void {
    if (rangeSpan(this.table, packet) > 0) {
      this.gone.add(packet);
    } else {
      const key = pureKey(this.table, packet);
      this.keys.set(key, (this.keys.get(key) ?? 0) - 1);
    }
  }
}

/** First bytes of all packets of one direction as plain growing numbers, so that ranges can be sorted across 2^32. */
export function unwrapStarts(table: PacketTable, packets: readonly number[], into: Float64Array): void {
  let last: number | undefined;
  for (const packet of packets) {
    const seq = table.seq[packet];
    // Half of the space lies ahead of the last number and half behind it, RFC 9293 section 3.4.
    const here: number = last === undefined ? seq : last + seqDiff(toSeq(seq), toSeq(last));
    into[packet] = here;
    // A reset may carry any number, so only what takes sequence space moves on.
    last = rangeSpan(table, packet) > 0 ? here : last;
  }
}
