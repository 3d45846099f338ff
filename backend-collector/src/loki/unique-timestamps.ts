/**
 * Makes the timestamps of one stream unique: a line that comes at a taken nanosecond moves on to the next free one.
 *
 * Remembers the latest `remembered` to twice as many timestamps of the stream; two lines of the same nanosecond that lie
 * further apart than that keep it (Loki stores both, in no certain order).
 */
export class UniqueTimestamps {
  /** A taken timestamp → where to look next. */
  private latest = new Map<bigint, bigint>();
  private earlier = new Map<bigint, bigint>();

  constructor(private readonly remembered = 8192) {}

  take(tsNs: bigint): bigint {
    let free = tsNs;
    for (let next = this.after(free); next !== undefined; next = this.after(free)) {
      free = next;
    }
    this.latest.set(free, free + 1n);
    // A shortcut, so that many lines at one time do not each walk over all before them.
    this.latest.set(tsNs, free + 1n);
    if (this.latest.size >= this.remembered) {
      this.earlier = this.latest;
      this.latest = new Map();
    }
    return free;
  }

  private after(tsNs: bigint): bigint | undefined {
    return this.latest.get(tsNs) ?? this.earlier.get(tsNs);
  }
}
