const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * Bytes gathered from several segments. It holds no more memory than twice what came: a length that a message merely announces costs
 * nothing.
 */
export class GrowingBytes {
  bytes: Uint8Array = NOTHING;
  length = 0;

  append(from: Uint8Array, start: number, end: number): void {
    const need = this.length + end - start;
    if (need > this.bytes.length) {
      const grown = new Uint8Array(Math.max(256, 2 * need));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(from.subarray(start, end), this.length);
    this.length = need;
  }

  /** Forgets what was gathered, and gives its memory back. */
  clear(): void {
    this.bytes = NOTHING;
    this.length = 0;
  }
}
