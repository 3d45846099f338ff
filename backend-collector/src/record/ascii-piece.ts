/**
 * Constant ASCII text that is written into lines again and again, kept as 8-byte words: one store moves eight letters.
 *
 * Invariant: ASCII only, so that no word is a NaN, whose bits a processor may change. Writing puts down whole words: up to seven bytes behind
 * the piece are overwritten, and are written again by what follows.
 */
export const WORD = 8;

export class AsciiPiece {
  readonly words: Float64Array;
  readonly length: number;

  constructor(text: string) {
    const count = Math.ceil(text.length / WORD);
    const padded = new DataView(new ArrayBuffer(count * WORD));
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7e) {
        throw new RangeError(`"${text}" is not ASCII`);
      }
      padded.setUint8(i, code);
    }
    this.words = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      this.words[i] = padded.getFloat64(i * WORD, true);
    }
    this.length = text.length;
  }
}

/** Writes a piece at `at`; returns the place after it. */
export function writePiece(view: DataView, at: number, piece: AsciiPiece): number {
  const { words } = piece;
  for (let i = 0, p = at; i < words.length; i++, p += WORD) {
    view.setFloat64(p, words[i], true);
  }
  return at + piece.length;
}

/** Copies `length` ASCII bytes, in whole words; returns the place after them. */
export function copyAscii(to: DataView, at: number, from: DataView, start: number, length: number): number {
  for (let i = 0; i < length; i += WORD) {
    to.setFloat64(at + i, from.getFloat64(start + i, true), true);
  }
  return at + length;
}
