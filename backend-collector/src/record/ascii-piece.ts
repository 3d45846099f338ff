/**
 * ASCII text that is written into lines again and again, cached as 8-byte words: one store moves eight letters.
 *
 * Invariant: ASCII only, so that no word is a NaN, whose bits a processor may change. Writing puts down whole words: up to seven bytes behind
 * the text are overwritten, and are written again by what follows.
 */
export const WORD = 8;

/** All pieces one behind the other: memory whose place is known when the code is compiled. There are as many as the records have names. */
const pool = new Float64Array(8192);
let used = 0;

export class AsciiPiece {
  /** Where its words begin in the pool. */
  readonly from: number;
  /** Bytes. */
  readonly length: number;

  constructor(text: string) {
    const count = Math.ceil(text.length / WORD);
    if (used + count > pool.length) {
      throw new RangeError('too many pieces of text');
    }
    const padded = new DataView(new ArrayBuffer(count * WORD));
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7e) {
        throw new RangeError(`"${text}" is not ASCII`);
      }
      padded.setUint8(i, code);
    }
    this.from = used;
    this.length = text.length;
    for (let at = 0; at < count * WORD; at += WORD) {
      pool[used++] = padded.getFloat64(at, true);
    }
  }
}

/** Writes a piece at `at`; returns the place after it. */
export function writePiece(view: DataView, at: number, piece: AsciiPiece): number {
  return writeCached(view, at, pool, piece.from, piece.length);
}

/** Writes `length` bytes that were cached as words from `from[word]` on; returns the place after them. */
export function writeCached(view: DataView, at: number, from: Float64Array, word: number, length: number): number {
  const end = at + length;
  for (let i = word, p = at; p < end; i++, p += WORD) {
    view.setFloat64(p, from[i], true);
  }
  return end;
}

/** Caches `length` bytes at `start` as words from `to[word]` on. */
export function cacheAscii(to: Float64Array, word: number, view: DataView, start: number, length: number): void {
  const end = start + length;
  for (let i = word, p = start; p < end; i++, p += WORD) {
    to[i] = view.getFloat64(p, true);
  }
}
