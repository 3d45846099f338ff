/** Rows as they grow while the NICs are gone through one by one. */
import { type Sightings } from './ladder';

export interface NewRow {
  readonly packet: number;
  readonly lane: number;
  readonly tNs: number;
  /** Position of the first byte, counted on beyond 2^32. */
  readonly start: number;
  /** Sequence space; 0 for a pure ACK and for datagrams. */
  readonly span: number;
}

/** Columns that double when they are full; the last entries are room. */
export class SightingsBook {
  length = 0;
  packet: Uint32Array;
  start: Float64Array;
  span: Uint32Array;
  /** First sighting, and the latest one so far in the direction of travel. */
  firstNs: Float64Array;
  lastNs: Float64Array;
  lastLane: Uint16Array;
  private tNs: Float64Array;
  private covered: Uint32Array;
  private parts: Uint16Array;

  constructor(
    private readonly lanes: number,
    private room: number
  ) {
    this.packet = new Uint32Array(room);
    this.start = new Float64Array(room);
    this.span = new Uint32Array(room);
    this.firstNs = new Float64Array(room);
    this.lastNs = new Float64Array(room);
    this.lastLane = new Uint16Array(room);
    this.tNs = new Float64Array(room * lanes);
    this.covered = new Uint32Array(room * lanes);
    this.parts = new Uint16Array(room * lanes);
  }

  add(row: NewRow): void {
    if (this.length === this.room) {
      this.grow();
    }
    const index = this.length++;
    this.packet[index] = row.packet;
    this.start[index] = row.start;
    this.span[index] = row.span;
    this.firstNs[index] = row.tNs;
    this.see(index, row.lane, row.tNs, row.span);
  }

  /** The row was seen at `lane`, or `bytes` of its sequence space were. */
  see(row: number, lane: number, tNs: number, bytes: number): void {
    const at = row * this.lanes + lane;
    if (this.parts[at] === 0 || tNs < this.tNs[at]) {
      this.tNs[at] = tNs;
      this.lastNs[row] = tNs;
      this.lastLane[row] = lane;
    }
    this.parts[at] = Math.min(MAX_PARTS, this.parts[at] + 1);
    this.covered[at] = Math.min(this.span[row], this.covered[at] + bytes);
  }

  /** More of the row may still come to `lane`. */
  isOpen(row: number, lane: number): boolean {
    const at = row * this.lanes + lane;
    return this.parts[at] === 0 || this.covered[at] < this.span[row];
  }

  /** The sightings of one row, written to the place `to`. */
  copySightings(row: number, into: Sightings, to: number): void {
    const [source, target] = [row * this.lanes, to * this.lanes];
    for (let lane = 0; lane < this.lanes; lane++) {
      into.parts[target + lane] = this.parts[source + lane];
      into.covered[target + lane] = this.covered[source + lane];
      into.tNs[target + lane] = this.parts[source + lane] === 0 ? NaN : this.tNs[source + lane];
    }
  }

  private grow(): void {
    this.room = Math.max(16, this.room * 2);
    this.packet = copied(this.packet, new Uint32Array(this.room));
    this.start = copied(this.start, new Float64Array(this.room));
    this.span = copied(this.span, new Uint32Array(this.room));
    this.firstNs = copied(this.firstNs, new Float64Array(this.room));
    this.lastNs = copied(this.lastNs, new Float64Array(this.room));
    this.lastLane = copied(this.lastLane, new Uint16Array(this.room));
    this.tNs = copied(this.tNs, new Float64Array(this.room * this.lanes));
    this.covered = copied(this.covered, new Uint32Array(this.room * this.lanes));
    this.parts = copied(this.parts, new Uint16Array(this.room * this.lanes));
  }
}

const MAX_PARTS = 0xffff;

function copied<T extends Float64Array | Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
