/**
 * One direction of a TCP stream in order. Bytes that come in order pass through without a copy; what comes early is copied and waits,
 * within a bound; what the capture never saw becomes an explicit gap.
 *
 * A gap is certain, and is reported, when the receiver has acknowledged past it (it got what the capture did not), when
 * too much waits behind it, or when the stream ends.
 */

/** Bytes that may wait behind a hole, per direction. */
const MAX_WAITING_BYTES = 256 * 1024;
const MAX_WAITING_SEGMENTS = 256;

/** Who takes the streams of a connection; `stream` is the one that speaks. */
export interface StreamReceiver {
  /** `bytes[from … to - 1]` is what follows in the stream; valid during the call only. `seq` is the first byte's number. */
  data(stream: Reassembly, bytes: Uint8Array, from: number, to: number, seq: number): void;
  /** `length` bytes of the stream were not captured. */
  gap(stream: Reassembly, length: number): void;
  /** The other side has acknowledged bytes that were not seen so far: a gap is likely. */
  unseenAcknowledged(stream: Reassembly): void;
}

interface Segment {
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** On the wire; more than `bytes` where the capture cut it. */
  readonly length: number;
}

export class Reassembly {
  private expected = 0;
  private started = false;
  private waiting: Segment[] = [];
  private waitingBytes = 0;
  private acked = 0;
  private ackKnown = false;

  constructor(private readonly receiver: StreamReceiver) {}

  /** Makes it as new, for another stream of the same receiver. */
  restart(): void {
    this.started = false;
    this.ackKnown = false;
    if (this.waiting.length > 0) {
      this.waiting = [];
    }
    this.waitingBytes = 0;
  }

  /** The stream begins at this sequence number (signed 32-bit). */
  startAt(seq: number): void {
    this.expected = seq;
    this.started = true;
  }

  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  /** Takes the payload of a segment: `captured` bytes at `from`, of `length` on the wire. */
  push(bytes: Uint8Array, from: number, captured: number, length: number, seq: number): void {
    if (!this.started) {
      this.startAt(seq);
    }
    if (((seq - this.expected) | 0) > 0) {
      this.keep({ seq, bytes: bytes.slice(from, from + captured), length });
      this.settle();
      return;
    }
    this.pass(bytes, from, captured, length, seq);
    if (this.waiting.length > 0) {
      this.drain();
    }
  }

  /** The other side acknowledged everything before `ack`. */
  acknowledged(ack: number): void {
    if (!this.ackKnown || ((ack - this.acked) | 0) > 0) {
      this.acked = ack;
      this.ackKnown = true;
    }
    if (this.waiting.length > 0) {
      this.settle();
    }
    if (this.started && ((ack - this.expected) | 0) > 0) {
      this.receiver.unseenAcknowledged(this);
    }
  }

  /** Nothing more will come: what waits is handed out, with its gaps. */
  end(): void {
    while (this.waiting.length > 0) {
      this.skipHole();
    }
  }

  private pass(bytes: Uint8Array, from: number, captured: number, length: number, seq: number): void {
    const old = (this.expected - seq) | 0;
    // Just as far ahead as behind (2^31) is neither: such a segment is none of this stream's.
    if (old >= length || old < 0) {
      return;
    }
    this.expected = (seq + length) | 0;
    if (old < captured) {
      this.receiver.data(this, bytes, from + old, from + captured, (seq + old) | 0);
    }
    const lost = length - Math.max(old, captured);
    if (lost > 0) {
      this.receiver.gap(this, lost);
    }
  }

  private keep(segment: Segment): void {
    let at = this.waiting.length;
    while (at > 0 && ((this.waiting[at - 1].seq - segment.seq) | 0) > 0) {
      at--;
    }
    this.waiting.splice(at, 0, segment);
    this.waitingBytes += segment.bytes.length;
  }

  /** Hands out what no longer has a hole before it. */
  private drain(): void {
    while (this.waiting.length > 0 && ((this.waiting[0].seq - this.expected) | 0) <= 0) {
      const segment = this.waiting.shift();
      if (segment !== undefined) {
        this.waitingBytes -= segment.bytes.length;
        this.pass(segment.bytes, 0, segment.bytes.length, segment.length, segment.seq);
      }
    }
  }

  /** Gives up holes that will not be filled. */
  private settle(): void {
    while (
      this.waiting.length > 0 &&
      ((this.ackKnown && ((this.acked - this.waiting[0].seq) | 0) >= 0) ||
        this.waitingBytes > MAX_WAITING_BYTES ||
        this.waiting.length > MAX_WAITING_SEGMENTS)
    ) {
      this.skipHole();
    }
  }

  private skipHole(): void {
    const lost = (this.waiting[0].seq - this.expected) | 0;
    if (lost > 0) {
      this.expected = this.waiting[0].seq;
      this.receiver.gap(this, lost);
    }
    this.drain();
  }
}
