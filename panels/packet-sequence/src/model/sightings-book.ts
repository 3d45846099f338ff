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

export class SightingsBook {
  readonly packet: number[] = [];
  readonly start: number[] = [];
  readonly span: number[] = [];
  /** First sighting, and the latest one so far in the direction of travel. */
  readonly firstNs: number[] = [];
  readonly lastNs: number[] = [];
  readonly lastLane: number[] = [];
  private readonly tNs: number[] = [];
  private readonly covered: number[] = [];
  private readonly parts: number[] = [];

  constructor(private readonly lanes: number) {}

  get length(): number {
    return this.packet.length;
  }

  add(row: NewRow): number {
    const index = this.packet.push(row.packet) - 1;
    this.start.push(row.start);
    this.span.push(row.span);
    this.firstNs.push(row.tNs);
    this.lastNs.push(row.tNs);
    this.lastLane.push(row.lane);
    for (let lane = 0; lane < this.lanes; lane++) {
      this.tNs.push(NaN);
      this.covered.push(0);
      this.parts.push(0);
    }
    this.see(index, row.lane, row.tNs, row.span);
    return index;
  }

  /** The row was seen at `lane`, or `bytes` of its sequence space were. */
  see(row: number, lane: number, tNs: number, bytes: number): void {
    const at = row * this.lanes + lane;
    if (this.parts[at] === 0) {
      this.tNs[at] = tNs;
      this.lastNs[row] = tNs;
      this.lastLane[row] = lane;
    }
    this.parts[at]++;
    this.covered[at] = Math.min(this.span[row], this.covered[at] + bytes);
  }

  /** More of the row may still come to `lane`. */
  isOpen(row: number, lane: number): boolean {
    const at = row * this.lanes + lane;
    return this.parts[at] === 0 || this.covered[at] < this.span[row];
  }

  append(other: SightingsBook): void {
    const offset = this.length;
    other.packet.forEach((packet, row) => {
      this.packet.push(packet);
      this.start.push(other.start[row]);
      this.span.push(other.span[row]);
      this.firstNs.push(other.firstNs[row]);
      this.lastNs.push(other.lastNs[row]);
      this.lastLane.push(other.lastLane[row]);
      for (let lane = 0; lane < this.lanes; lane++) {
        const from = row * this.lanes + lane;
        const to = (offset + row) * this.lanes + lane;
        this.tNs[to] = other.tNs[from];
        this.covered[to] = other.covered[from];
        this.parts[to] = other.parts[from];
      }
    });
  }

  sightings(order: Uint32Array): Sightings {
    const size = order.length * this.lanes;
    const out = { tNs: new Float64Array(size), covered: new Uint32Array(size), parts: new Uint16Array(size) };
    order.forEach((row, place) => {
      for (let lane = 0; lane < this.lanes; lane++) {
        const from = row * this.lanes + lane;
        const to = place * this.lanes + lane;
        out.tNs[to] = this.tNs[from];
        out.covered[to] = this.covered[from];
        out.parts[to] = Math.min(0xffff, this.parts[from]);
      }
    });
    return out;
  }
}
