/**
 * Blocks of packets on their way from the ring's worker to the main thread: a queue in shared memory with one producer and one
 * consumer. Blocks lie one after the other in a circle of bytes, each in one piece, at their own length: a block that the kernel
 * handed over after 10 ms with three packets in it takes the room of three packets.
 *
 * Invariants:
 * - `written - taken` is the number of blocks in the queue, between 0 and `maxBlocks`; only the producer moves `written`, only
 *   the consumer moves `taken`. Both count modulo 2^32.
 * - Bytes belong to the producer from `acquire` to `publish` and to the consumer from `peek` to `release`.
 * - The producer never overwrites: where there is no room it waits, and does not hand blocks back to the kernel meanwhile. So
 *   what gets lost for want of speed is lost in the kernel, which counts it.
 */

const Control = { written: 0, taken: 1, consumerWaits: 2, stop: 3, abandoned: 4 } as const;
const CONTROL_WORDS = 8;
const WORDS_PER_BLOCK = 3;

export interface SharedBlocks {
  /** A power of two. */
  readonly maxBlocks: number;
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

interface QueuedBlock {
  readonly offset: number;
  readonly length: number;
  /** Which ring (network namespace) it came from. */
  readonly ring: number;
}

export function allocateBlocks(maxBlocks: number, bytes: number): SharedBlocks {
  return {
    maxBlocks,
    control: new SharedArrayBuffer((CONTROL_WORDS + maxBlocks * WORDS_PER_BLOCK) * 4),
    data: new SharedArrayBuffer(bytes),
  };
}

/** Either end of the queue. */
export class BlockQueue {
  readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  /** Producer: where the next block goes, if there is room. */
  private head = 0;

  constructor(private readonly shared: SharedBlocks) {
    this.bytes = new Uint8Array(shared.data);
    this.words = new Int32Array(shared.control);
  }

  /** Producer: offset in `bytes` where `length` bytes may be written, or -1 when no such room came within `waitMs`. */
  acquire(length: number, waitMs: number): number {
    const taken = Atomics.load(this.words, Control.taken);
    const offset = this.findRoom(length, taken);
    if (offset >= 0 || waitMs === 0) {
      return offset;
    }
    Atomics.wait(this.words, Control.taken, taken, waitMs);
    return this.findRoom(length, Atomics.load(this.words, Control.taken));
  }

  /** Producer: hands over what was written at the offset that `acquire` gave. True when the consumer sleeps and must be woken. */
  publish(ring: number, offset: number, length: number): boolean {
    const written = Atomics.load(this.words, Control.written);
    const at = this.descriptor(written);
    this.words[at] = ring;
    this.words[at + 1] = offset;
    this.words[at + 2] = length;
    this.head = offset + length;
    Atomics.store(this.words, Control.written, (written + 1) | 0);
    return Atomics.exchange(this.words, Control.consumerWaits, 0) === 1;
  }

  /** Consumer: the oldest block. */
  peek(): QueuedBlock | undefined {
    const taken = Atomics.load(this.words, Control.taken);
    if (Atomics.load(this.words, Control.written) === taken) {
      return undefined;
    }
    const at = this.descriptor(taken);
    return { ring: this.words[at], offset: this.words[at + 1], length: this.words[at + 2] };
  }

  /** Consumer: gives the room of the oldest block back. */
  release(): void {
    Atomics.add(this.words, Control.taken, 1);
    Atomics.notify(this.words, Control.taken);
  }

  /** Consumer: asks for a wake-up. False when a block came meanwhile, so that there is nothing to wait for. */
  announceWaiting(): boolean {
    Atomics.store(this.words, Control.consumerWaits, 1);
    return this.peek() === undefined;
  }

  /** Consumer: asks the producer to read what is there and end. */
  requestStop(): void {
    Atomics.store(this.words, Control.stop, 1);
  }

  /** Consumer: says that it will take nothing more. */
  abandon(): void {
    Atomics.store(this.words, Control.abandoned, 1);
    Atomics.store(this.words, Control.stop, 1);
    Atomics.notify(this.words, Control.taken);
  }

  get stopRequested(): boolean {
    return Atomics.load(this.words, Control.stop) === 1;
  }

  get abandoned(): boolean {
    return Atomics.load(this.words, Control.abandoned) === 1;
  }

  private findRoom(length: number, taken: number): number {
    const size = this.bytes.length;
    const queued = (Atomics.load(this.words, Control.written) - taken) | 0;
    if (queued === 0) {
      return length <= size ? 0 : -1;
    }
    if (queued >= this.shared.maxBlocks) {
      return -1;
    }
    const tail = this.words[this.descriptor(taken) + 1];
    if (this.head <= tail) {
      return this.head + length <= tail ? this.head : -1;
    }
    if (this.head + length <= size) {
      return this.head;
    }
    return length <= tail ? 0 : -1;
  }

  private descriptor(counter: number): number {
    return CONTROL_WORDS + (counter & (this.shared.maxBlocks - 1)) * WORDS_PER_BLOCK;
  }
}
