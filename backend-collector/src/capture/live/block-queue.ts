/**
 * Blocks of packets on their way from the ring's worker to the main thread: a queue of fixed slots in shared memory with one
 * producer and one consumer.
 *
 * Invariants:
 * - `written - taken` is the number of full slots, between 0 and `slots`; only the producer moves `written`, only the
 *   consumer moves `taken`. Both count modulo 2^32.
 * - A slot belongs to the producer from `acquire` to `publish` and to the consumer from `peek` to `release`.
 * - The producer never overwrites: where no slot is free it waits, and does not hand blocks back to the kernel meanwhile. So
 *   what gets lost for want of speed is lost in the kernel, which counts it.
 */

const Control = { written: 0, taken: 1, consumerWaits: 2, stop: 3, abandoned: 4 } as const;
const controlWords = 8;
const wordsPerSlot = 2;

export interface SharedBlocks {
  readonly slots: number;
  readonly slotBytes: number;
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

export interface QueuedBlock {
  readonly offset: number;
  readonly length: number;
  /** Which ring (network namespace) it came from. */
  readonly ring: number;
}

export function allocateBlocks(slots: number, slotBytes: number): SharedBlocks {
  return {
    slots,
    slotBytes,
    control: new SharedArrayBuffer((controlWords + slots * wordsPerSlot) * 4),
    data: new SharedArrayBuffer(slots * slotBytes),
  };
}

/** Either end of the queue. */
export class BlockQueue {
  readonly bytes: Uint8Array;
  private readonly words: Int32Array;

  constructor(private readonly shared: SharedBlocks) {
    this.bytes = new Uint8Array(shared.data);
    this.words = new Int32Array(shared.control);
  }

  /** Producer: offset in `bytes` of a free slot, or -1 when none got free within `waitMs`. */
  acquire(waitMs: number): number {
    const written = Atomics.load(this.words, Control.written);
    const taken = Atomics.load(this.words, Control.taken);
    if (((written - taken) | 0) < this.shared.slots) {
      return this.slotOf(written) * this.shared.slotBytes;
    }
    Atomics.wait(this.words, Control.taken, taken, waitMs);
    return Atomics.load(this.words, Control.taken) === taken ? -1 : this.acquire(0);
  }

  /** Producer: hands over the slot that `acquire` gave. True when the consumer sleeps and must be woken by a message. */
  publish(ring: number, length: number): boolean {
    const written = Atomics.load(this.words, Control.written);
    const at = controlWords + this.slotOf(written) * wordsPerSlot;
    this.words[at] = ring;
    this.words[at + 1] = length;
    Atomics.store(this.words, Control.written, (written + 1) | 0);
    return Atomics.exchange(this.words, Control.consumerWaits, 0) === 1;
  }

  /** Consumer: the oldest full slot. */
  peek(): QueuedBlock | undefined {
    const taken = Atomics.load(this.words, Control.taken);
    if (Atomics.load(this.words, Control.written) === taken) {
      return undefined;
    }
    const slot = this.slotOf(taken);
    const at = controlWords + slot * wordsPerSlot;
    return { offset: slot * this.shared.slotBytes, ring: this.words[at], length: this.words[at + 1] };
  }

  /** Consumer: gives the slot of `peek` back. */
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

  private slotOf(counter: number): number {
    return (counter >>> 0) % this.shared.slots;
  }
}
