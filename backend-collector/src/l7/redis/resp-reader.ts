/**
 * RESP2, RESP3 and inline commands as a stream of elements. One value is open at a time; of nesting only the number of elements that are
 * still to come is kept, so depth costs nothing.
 *
 * Limits: of a line the first `LINE_KEPT` bytes are kept, of a bulk string `BULK_KEPT` and only where the receiver wants them. A line of
 * more than `MAX_LINE` bytes is no RESP. A gap inside a bulk string does no harm.
 */
const LINE_KEPT = 1024;
const BULK_KEPT = 256;
/** Redis itself rejects longer inline commands (PROTO_INLINE_MAX_SIZE). */
const MAX_LINE = 64 * 1024;

const CR = 0x0d;
const LF = 0x0a;

export const enum RespType {
  Simple = 0x2b, // +
  Error = 0x2d, // -
  Integer = 0x3a, // :
  Bulk = 0x24, // $
  Array = 0x2a, // *
  Null = 0x5f, // _
  Double = 0x2c, // ,
  Boolean = 0x23, // #
  BlobError = 0x21, // !
  Verbatim = 0x3d, // =
  BigNumber = 0x28, // (
  Map = 0x25, // %
  Set = 0x7e, // ~
  Attribute = 0x7c, // |
  Push = 0x3e, // >
  /** A line that is no RESP: an inline command. */
  Inline = 0,
}

export interface RespReceiver {
  /** The first byte of a value. */
  begins(seq: number, nowNs: number): void;
  /**
   * The `index`th element of the value, 0 for the value itself. `text` holds what was kept of a line, or of a bulk string that was wanted.
   * `size` is the number of elements of an aggregate, the length of a bulk string, -1 for null.
   */
  element(type: RespType, index: number, text: Uint8Array, textLength: number, size: number): void;
  wants(index: number): boolean;
  /** Bytes of the open value. */
  bytes(count: number, nowNs: number): void;
  ends(nowNs: number): void;
  /** Bytes passed by unread while the stream is lost. */
  skipped(): void;
  lost(): void;
}

export class RespReader {
  off = false;
  private open = false;
  /** Elements still to come, the present one included. */
  private remaining = 0;
  private index = 0;
  /** Bytes of a bulk string and its line end that are still to come. */
  private bulk = 0;
  private bulkType: RespType = RespType.Bulk;
  private bulkLength = 0;
  private keeps = false;
  private kept: Uint8Array = EMPTY;
  private keptLength = 0;
  private lineLength = 0;
  private isLost = false;

  constructor(
    private readonly isRequest: boolean,
    private readonly receiver: RespReceiver
  ) {}

  push(bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    let p = from;
    if (this.isLost) {
      if (!beginsValue(bytes, from, to, this.isRequest)) {
        this.receiver.skipped();
        return;
      }
      this.isLost = false;
    }
    while (p < to && !this.off && !this.isLost) {
      if (!this.open) {
        this.open = true;
        this.remaining = 1;
        this.index = 0;
        this.lineLength = 0;
        this.keptLength = 0;
        this.receiver.begins((seq + (p - from)) | 0, nowNs);
      }
      p += this.bulk > 0 ? this.readBulk(bytes, p, to, nowNs) : this.readLine(bytes, p, to, nowNs);
    }
  }

  gap(length: number, nowNs: number): void {
    if (this.off || this.isLost) {
      return;
    }
    if (this.bulk > length) {
      this.bulk -= length;
      this.keeps = false;
      this.keptLength = 0;
      this.receiver.bytes(length, nowNs);
    } else {
      this.lose();
    }
  }

  private lose(): void {
    this.isLost = true;
    this.open = false;
    this.bulk = 0;
    this.receiver.lost();
  }

  private readBulk(bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    const n = Math.min(this.bulk, to - from);
    if (this.keeps) {
      this.keep(bytes, from, from + Math.min(n, this.bulk - 2), BULK_KEPT);
    }
    this.bulk -= n;
    this.receiver.bytes(n, nowNs);
    if (this.bulk === 0) {
      this.finishElement(this.bulkType, this.bulkLength, nowNs);
    }
    return n;
  }

  private readLine(bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    let p = from;
    while (p < to && bytes[p] !== LF) {
      p++;
    }
    const ended = p < to;
    const n = p - from + (ended ? 1 : 0);
    this.keep(bytes, from, p, LINE_KEPT);
    this.lineLength += n;
    this.receiver.bytes(n, nowNs);
    if (this.lineLength > MAX_LINE || (this.lineLength === n && n > 0 && !this.mayBegin(bytes[from]))) {
      this.lose();
    } else if (ended) {
      this.finishLine(nowNs);
    }
    return n;
  }

  /** A reply is RESP throughout; a request is an array of bulk strings, or a line. */
  private mayBegin(byte: number): boolean {
    if (!this.isRequest) {
      return isReplyType(byte);
    }
    if (this.index > 0) {
      return byte === RespType.Bulk;
    }
    return byte === RespType.Array || byte === CR || byte === LF || byte === 0x20 || isLetter(byte);
  }

  private keep(bytes: Uint8Array, from: number, to: number, most: number): void {
    const n = Math.min(to - from, most - this.keptLength);
    if (n <= 0) {
      return;
    }
    if (this.kept.length < this.keptLength + n) {
      const grown = new Uint8Array(Math.max(64, 2 * (this.keptLength + n)));
      grown.set(this.kept.subarray(0, this.keptLength));
      this.kept = grown;
    }
    for (let i = 0; i < n; i++) {
      this.kept[this.keptLength + i] = bytes[from + i];
    }
    this.keptLength += n;
  }

  private finishLine(nowNs: number): void {
    this.lineLength = 0;
    if (this.keptLength > 0 && this.kept[this.keptLength - 1] === CR) {
      this.keptLength--;
    }
    const type = this.keptLength === 0 ? RespType.Inline : (this.kept[0] as RespType);
    if (this.isRequest && type !== RespType.Array && type !== RespType.Bulk) {
      this.finishElement(RespType.Inline, 0, nowNs);
      return;
    }
    if (this.keptLength === 0) {
      this.lose();
      return;
    }
    switch (type) {
      case RespType.Bulk:
      case RespType.Verbatim:
      case RespType.BlobError:
        this.beginBulk(type, nowNs);
        return;
      case RespType.Array:
      case RespType.Set:
      case RespType.Push:
      case RespType.Map:
      case RespType.Attribute: {
        const size = this.number();
        if (size < -1) {
          this.lose();
          return;
        }
        const pairs = type === RespType.Map || type === RespType.Attribute;
        // What an attribute describes follows it (RESP3, "Attribute type").
        this.remaining += Math.max(0, size) * (pairs ? 2 : 1) + (type === RespType.Attribute ? 1 : 0);
        this.keptLength = 0;
        this.finishElement(type, size, nowNs);
        return;
      }
      default:
        this.finishElement(type, 0, nowNs);
    }
  }

  private beginBulk(type: RespType, nowNs: number): void {
    const length = this.number();
    this.keptLength = 0;
    if (length < -1) {
      this.lose();
    } else if (length < 0) {
      this.finishElement(type, -1, nowNs);
    } else {
      this.bulk = length + 2;
      this.bulkType = type;
      this.bulkLength = length;
      this.keeps = type === RespType.BlobError || this.receiver.wants(this.index);
    }
  }

  private finishElement(type: RespType, size: number, nowNs: number): void {
    this.receiver.element(type, this.index, this.kept, this.keptLength, size);
    this.keptLength = 0;
    this.index++;
    this.remaining--;
    if (this.remaining === 0) {
      this.open = false;
      this.receiver.ends(nowNs);
    }
  }

  /** The number after the type's byte; -2 where there is none. */
  private number(): number {
    const { kept, keptLength } = this;
    if (keptLength === 3 && kept[1] === 0x2d && kept[2] === 0x31) {
      return -1;
    }
    if (keptLength < 2 || keptLength > 11) {
      return -2;
    }
    let n = 0;
    for (let i = 1; i < keptLength; i++) {
      if (kept[i] < 0x30 || kept[i] > 0x39) {
        return -2;
      }
      n = n * 10 + kept[i] - 0x30;
    }
    return n;
  }
}

/** Does a value begin here? Used after a gap, so it must be sure. */
function beginsValue(bytes: Uint8Array, from: number, to: number, isRequest: boolean): boolean {
  const type = bytes[from];
  if (isRequest) {
    return beginsCommand(bytes, from, to);
  }
  if (!isReplyType(type)) {
    return false;
  }
  let p = from + 1;
  const end = Math.min(to, from + LINE_KEPT);
  while (p < end && bytes[p] !== CR) {
    const isText = type === RespType.Simple || type === RespType.Error;
    const isDigit = (bytes[p] >= 0x30 && bytes[p] <= 0x39) || bytes[p] === 0x2d;
    if (bytes[p] < 0x20 || (!isText && !isDigit && type !== RespType.Double && type !== RespType.Boolean)) {
      return false;
    }
    p++;
  }
  return p + 1 < end && bytes[p + 1] === LF && p > from;
}

/** `*2\r\n$3\r\n` and a letter: an array of bulk strings whose first may be a command. */
export function beginsCommand(bytes: Uint8Array, from: number, to: number): boolean {
  const afterCount = lineOfDigits(bytes, from, to, RespType.Array);
  const afterLength = afterCount < 0 ? -1 : lineOfDigits(bytes, afterCount, to, RespType.Bulk);
  return afterLength >= 0 && afterLength < to && isLetter(bytes[afterLength]);
}

/** Place after a line of `type` and up to seven digits; -1 where it is none, or not whole. */
export function lineOfDigits(bytes: Uint8Array, from: number, to: number, type: RespType): number {
  if (from >= to || bytes[from] !== (type as number)) {
    return -1;
  }
  let p = from + 1;
  while (p < to && p < from + 8 && bytes[p] >= 0x30 && bytes[p] <= 0x39) {
    p++;
  }
  return p > from + 1 && p + 1 < to && bytes[p] === CR && bytes[p + 1] === LF ? p + 2 : -1;
}

export function isLetter(byte: number): boolean {
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x7a;
}

function isReplyType(byte: number): boolean {
  switch (byte as RespType) {
    case RespType.Simple:
    case RespType.Error:
    case RespType.Integer:
    case RespType.Bulk:
    case RespType.Array:
    case RespType.Null:
    case RespType.Double:
    case RespType.Boolean:
    case RespType.BlobError:
    case RespType.Verbatim:
    case RespType.BigNumber:
    case RespType.Map:
    case RespType.Set:
    case RespType.Attribute:
    case RespType.Push:
      return true;
    default:
      return false;
  }
}

const EMPTY = new Uint8Array(0);
