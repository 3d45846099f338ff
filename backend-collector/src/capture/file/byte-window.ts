/**
 * A window over a `ByteInput` in one piece of memory. Readers consume from `start`; `more()` moves what is left to the front and
 * appends. The memory grows only while a single block does not fit, and never beyond `MAX_BLOCK`.
 */
import { type ByteInput } from './byte-input';

/** No sane capture block is larger; a length beyond it means damaged data. */
export const MAX_BLOCK = 16 * 1024 * 1024;

const INITIAL_SIZE = 256 * 1024;

export class ByteWindow {
  bytes = new Uint8Array(INITIAL_SIZE);
  view = new DataView(this.bytes.buffer);
  /** First byte not yet consumed, and the end of what was read. */
  start = 0;
  end = 0;
  /** How many bytes were consumed before `bytes[0]`. */
  private consumedBefore = 0;

  constructor(private readonly input: ByteInput) {}

  /** Place of `start` in the (uncompressed) input, bytes. */
  position(): number {
    return this.consumedBefore + this.start;
  }

  available(): number {
    return this.end - this.start;
  }

  /** Reads on. False at the end of the input. */
  async more(): Promise<boolean> {
    if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end);
      this.consumedBefore += this.start;
      this.end -= this.start;
      this.start = 0;
    }
    if (this.end === this.bytes.length) {
      const grown = new Uint8Array(Math.min(this.bytes.length * 2, MAX_BLOCK + INITIAL_SIZE));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    const n = await this.input.read(this.bytes, this.end);
    this.end += n;
    return n > 0;
  }

  /** Makes at least `n` bytes available where the input has them. */
  async need(n: number): Promise<boolean> {
    while (this.available() < n) {
      if (!(await this.more())) {
        return false;
      }
    }
    return true;
  }
}
