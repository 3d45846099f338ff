/**
 * One direction of a dialogue in lines (CR LF, or LF alone). Of a longer line the first `MAX_LINE` bytes are kept. After a gap
 * reading goes on with the next segment that looks like the beginning of a line, else after the next line end.
 */

export const MAX_LINE = 1024;
const CR = 0x0d;
const LF = 0x0a;

export interface Line {
  readonly bytes: Uint8Array;
  /** Without its end. */
  readonly length: number;
  /** On the wire, with its end. */
  readonly wireLength: number;
  /** Of the first byte, signed 32-bit. */
  readonly seq: number;
  readonly firstNs: number;
}

export class LineStream {
  private readonly bytes = new Uint8Array(MAX_LINE);
  private kept = 0;
  private wireLength = 0;
  private seq = 0;
  private firstNs = 0;
  /** Until the next line begins: part of this one is missing. */
  private isBroken = false;

  get isWithinLine(): boolean {
    return this.wireLength > 0;
  }

  constructor(private readonly looksLikeStart: (bytes: Uint8Array, from: number, to: number) => boolean) {}

  /** Calls `onLine` with each line that ends; the line is valid during the call. It returns false to stop reading. */
  push(
    bytes: Uint8Array,
    from: number,
    to: number,
    at: { readonly seq: number; readonly nowNs: number },
    onLine: (line: Line) => boolean
  ): void {
    if (this.isBroken && this.looksLikeStart(bytes, from, to)) {
      this.isBroken = false;
      this.kept = 0;
      this.wireLength = 0;
    }
    for (let p = from; p < to; p++) {
      if (this.wireLength === 0) {
        this.seq = (at.seq + (p - from)) | 0;
        this.firstNs = at.nowNs;
      }
      this.wireLength++;
      const byte = bytes[p];
      if (byte !== LF) {
        if (this.kept < MAX_LINE) {
          this.bytes[this.kept++] = byte;
        }
      } else if (!this.endLine(onLine)) {
        return;
      }
    }
  }

  gap(): void {
    this.isBroken = true;
    this.kept = 0;
    this.wireLength = 1;
  }

  private endLine(onLine: (line: Line) => boolean): boolean {
    const { bytes, wireLength, seq, firstNs, isBroken } = this;
    const length = this.kept > 0 && bytes[this.kept - 1] === CR ? this.kept - 1 : this.kept;
    this.kept = 0;
    this.wireLength = 0;
    this.isBroken = false;
    return isBroken || onLine({ bytes, length, wireLength, seq, firstNs });
  }
}
