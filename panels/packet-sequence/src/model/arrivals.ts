/** What comes to one NIC of what others have seen. */
import { type SightingsBook } from './sightings-book';
import { type Transmissions } from './transmissions';

export interface Arrivals {
  readonly lane: number;
  /** Packets of one direction at that NIC, in order of time. */
  readonly packets: Uint32Array;
  /** How much earlier than its transmission an arrival may seem to be, ns, by the transmission's lane. */
  readonly slackNs: (fromLane: number) => number;
}

export function addRow(all: Transmissions, book: SightingsBook, packet: number, lane: number): void {
  book.add({ packet, lane, tNs: all.tNs[packet], start: all.start[packet], span: all.span[packet] });
}

/** Whether a row was sent before an arrival of it at `lane`, as far as clocks tell. */
export function isInTime(book: SightingsBook, row: number, tNs: number, { lane, slackNs }: Arrivals): boolean {
  return book.lastLane[row] === lane || book.lastNs[row] <= tNs + slackNs(book.lastLane[row]);
}
