/** Bytes that grow, little-endian. */
export class ByteWriter {
  length = 0;
  private buffer = new Uint8Array(1 << 16);
  private view = new DataView(this.buffer.buffer);

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.length, value, true);
    this.length += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  setU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** To a multiple of four. */
  pad(): void {
    const missing = (4 - (this.length % 4)) % 4;
    this.reserve(missing);
    this.buffer.fill(0, this.length, this.length + missing);
    this.length += missing;
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + more));
      larger.set(this.buffer);
      this.buffer = larger;
      this.view = new DataView(larger.buffer);
    }
  }
}
