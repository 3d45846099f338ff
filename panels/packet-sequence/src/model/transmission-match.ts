/**
 * Finds one transmission again at the next NIC, by direction and byte range and never by packet: GSO and GRO cut and glue
 * segments on the way, NAT and tunnels leave sequence numbers alone.
 *
 * A retransmission carries the same bytes as its original, so bytes alone do not say which of them arrived. Rule: if at
 * least as many arrivals are still to come as transmissions are open, they are taken in order; if fewer, something was lost
 * and an arrival belongs to the latest transmission before it.
 *
 * Most bytes are sent once and arrive once. Rows and arrivals are gone through side by side in the order of their bytes, in
 * stretches that nothing overlaps from outside; only stretches where bytes were sent or arrived twice need the rule.
 */
import { matchAmbiguous } from './ambiguous-match';
import { addRow, type Arrivals, isInTime } from './arrivals';
import { matchBare } from './bare-match';
import { type SightingsBook } from './sightings-book';
import { indicesWhere, sortBy } from './sorted-order';
import { type Transmissions } from './transmissions';

/** Enters each arrival into the rows it belongs to; what belongs to none becomes a row. */
export function matchArrivals(all: Transmissions, book: SightingsBook, arrivals: Arrivals): void {
  const bare = arrivals.packets.filter((packet) => all.span[packet] === 0);
  const ranged = arrivals.packets.filter((packet) => all.span[packet] > 0);
  if (book.length === 0) {
    arrivals.packets.forEach((packet) => addRow(all, book, packet, arrivals.lane));
    return;
  }
  const rows = book.length;
  matchRanges(all, book, { ...arrivals, packets: ranged });
  matchBare(all, book, { ...arrivals, packets: bare }, rows);
}

function matchRanges(all: Transmissions, book: SightingsBook, arrivals: Arrivals): void {
  const rows = sortBy(
    indicesWhere(book.length, (row) => book.span[row] > 0),
    book.start
  );
  const coming = sortBy(arrivals.packets.slice(), all.start);
  const ambiguous: Ambiguous = { rows: [], packets: [] };
  let [i, j] = [0, 0];
  while (j < coming.length) {
    const [firstRow, firstPacket] = [i, j];
    let rowEnd = -Infinity;
    let packetEnd = -Infinity;
    let once = true;
    // One stretch: everything that overlaps what is in it.
    for (;;) {
      const end = Math.max(rowEnd, packetEnd);
      const rowStart = i < rows.length ? book.start[rows[i]] : Infinity;
      const packetStart = j < coming.length ? all.start[coming[j]] : Infinity;
      const start = Math.min(rowStart, packetStart);
      if (start === Infinity || (end !== -Infinity && start >= end)) {
        break;
      }
      if (rowStart <= packetStart) {
        once &&= rowStart >= rowEnd;
        rowEnd = Math.max(rowEnd, rowStart + book.span[rows[i++]]);
      } else {
        once &&= packetStart >= packetEnd;
        packetEnd = Math.max(packetEnd, packetStart + all.span[coming[j++]]);
      }
    }
    if (once) {
      matchStretch(all, book, arrivals, {
        rows: rows.subarray(firstRow, i),
        packets: coming.subarray(firstPacket, j),
      });
    } else if (j > firstPacket) {
      rows.subarray(firstRow, i).forEach((row) => ambiguous.rows.push(row));
      coming.subarray(firstPacket, j).forEach((packet) => ambiguous.packets.push(packet));
    }
  }
  matchAmbiguous(all, book, arrivals, {
    rows: Uint32Array.from(ambiguous.rows),
    packets: sortBy(Uint32Array.from(ambiguous.packets), all.tNs),
  });
}

interface Ambiguous {
  readonly rows: number[];
  readonly packets: number[];
}

/** Both in the order of their bytes. */
interface Ranges {
  readonly rows: Uint32Array;
  readonly packets: Uint32Array;
}

/** Each byte was sent once and arrived at most once: what overlaps belongs together. */
function matchStretch(all: Transmissions, book: SightingsBook, arrivals: Arrivals, { rows, packets }: Ranges): void {
  let first = 0;
  for (const packet of packets) {
    const start = all.start[packet];
    const end = start + all.span[packet];
    while (first < rows.length && book.start[rows[first]] + book.span[rows[first]] <= start) {
      first++;
    }
    let matched = false;
    for (let i = first; i < rows.length && book.start[rows[i]] < end; i++) {
      const row = rows[i];
      if (isInTime(book, row, all.tNs[packet], arrivals)) {
        const bytes = Math.min(end, book.start[row] + book.span[row]) - Math.max(start, book.start[row]);
        book.see(row, arrivals.lane, all.tNs[packet], bytes);
        matched = true;
      }
    }
    if (!matched) {
      addRow(all, book, packet, arrivals.lane);
    }
  }
}
