/**
 * One direction of a protocol whose messages say their length first. Of each message the head and the first bytes of its body are handed
 * out in one piece; the rest is passed over without a copy. A gap inside that rest does no harm; after any other the stream is lost until
 * a segment begins that the receiver knows as a message.
 *
 * Memory: a head and `prefixBytes`, and only where a message's start is spread over segments.
 */
export interface MessageReceiver {
  /** Length of what follows the head at `bytes[at]`, or -1 where that is not a head. */
  bodyLength(stream: FramedStream, bytes: Uint8Array, at: number): number;
  /** The first bytes of what may be a message, whose head and prefix come with a later segment. */
  starts?(stream: FramedStream): void;
  /** Head and prefix are there: `stream.bytes[stream.from … stream.to - 1]`, valid during the call only. */
  message(stream: FramedStream, nowNs: number): void;
  /** Further `count` bytes of the message. */
  more(stream: FramedStream, count: number, nowNs: number): void;
  /** The message's last byte was seen. */
  ended(stream: FramedStream, nowNs: number): void;
  /** True where `bytes[from … to - 1]` begins with a message for certain. */
  begins(stream: FramedStream, bytes: Uint8Array, from: number, to: number): boolean;
  /** Bytes passed by unread while the stream is lost. */
  skipped?(stream: FramedStream): void;
  /** What comes is not a message, or part of one was not captured. */
  lost(stream: FramedStream): void;
}

export class FramedStream {
  bytes: Uint8Array = EMPTY;
  from = 0;
  to = 0;
  /** Head and body. */
  messageLength = 0;
  /** Of the message's first byte, signed 32-bit. */
  seq = 0;
  firstNs = 0;
  /** Set to stop reading for good. */
  off = false;

  private remaining = 0;
  private inBody = false;
  private isLost = false;
  private held: Uint8Array = EMPTY;
  private heldLength = 0;

  constructor(
    readonly fromClient: boolean,
    /** The receiver may change it between messages. */
    public headBytes: number,
    readonly prefixBytes: number,
    private readonly receiver: MessageReceiver
  ) {}

  push(bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    let p = from;
    if (this.isLost) {
      if (!this.receiver.begins(this, bytes, from, to)) {
        this.receiver.skipped?.(this);
        return;
      }
      this.isLost = false;
    }
    while (p < to && !this.off && !this.isLost) {
      if (this.inBody) {
        p += this.passOver(Math.min(this.remaining, to - p), nowNs);
      } else if (this.heldLength > 0) {
        p += this.hold(bytes, p, to, nowNs);
      } else {
        this.seq = (seq + (p - from)) | 0;
        this.firstNs = nowNs;
        p += this.begin(bytes, p, to, nowNs);
      }
    }
  }

  gap(length: number, nowNs: number): void {
    if (this.off || this.isLost) {
      return;
    }
    if (this.inBody && length <= this.remaining) {
      this.passOver(length, nowNs);
    } else {
      this.lose();
    }
  }

  lose(): void {
    this.isLost = true;
    this.inBody = false;
    this.heldLength = 0;
    this.receiver.lost(this);
  }

  private begin(bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    if (to - from >= this.headBytes) {
      const body = this.receiver.bodyLength(this, bytes, from);
      if (body < 0) {
        this.lose();
        return 0;
      }
      const need = this.headBytes + Math.min(body, this.prefixBytes);
      if (to - from >= need) {
        this.emit(bytes, from, from + need, this.headBytes + body, nowNs);
        return need;
      }
    }
    this.receiver.starts?.(this);
    return this.hold(bytes, from, to, nowNs);
  }

  /** Collects head and prefix from several segments. */
  private hold(bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    let p = from;
    for (;;) {
      let need = this.headBytes;
      let body = 0;
      if (this.heldLength >= this.headBytes) {
        body = this.receiver.bodyLength(this, this.held, 0);
        if (body < 0) {
          this.lose();
          return p - from;
        }
        need += Math.min(body, this.prefixBytes);
        if (this.heldLength === need) {
          this.heldLength = 0;
          this.emit(this.held, 0, need, this.headBytes + body, nowNs);
          return p - from;
        }
      }
      if (p === to) {
        return p - from;
      }
      const n = Math.min(need - this.heldLength, to - p);
      this.append(bytes, p, n);
      p += n;
    }
  }

  private append(bytes: Uint8Array, from: number, count: number): void {
    const need = this.heldLength + count;
    if (this.held.length < need) {
      const grown = new Uint8Array(Math.max(64, 2 * need));
      grown.set(this.held.subarray(0, this.heldLength));
      this.held = grown;
    }
    this.held.set(bytes.subarray(from, from + count), this.heldLength);
    this.heldLength = need;
  }

  private emit(bytes: Uint8Array, from: number, to: number, messageLength: number, nowNs: number): void {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.messageLength = messageLength;
    this.remaining = messageLength - (to - from);
    this.inBody = true;
    this.receiver.message(this, nowNs);
    this.bytes = EMPTY;
    if (this.remaining === 0 && this.inBody) {
      this.inBody = false;
      this.receiver.ended(this, nowNs);
    }
  }

  private passOver(count: number, nowNs: number): number {
    this.remaining -= count;
    this.receiver.more(this, count, nowNs);
    if (this.remaining === 0) {
      this.inBody = false;
      this.receiver.ended(this, nowNs);
    }
    return count;
  }
}

const EMPTY = new Uint8Array(0);
