/**
 * The packets of the present chunks of all flows, row by row in blocks of 16 that are chained per chunk. All blocks lie in one piece of
 * memory, so that a flow costs the garbage collector nothing; a short connection takes one block, a busy one up to 64. A row is half a cache
 * line: columns would touch a line each for every packet, and are made when a chunk is written.
 *
 *   word   0 1      2     3     4        5                 6      7
 *   row    time ns  seq   ack   payload  window (scaled)   flags  analysis, and the side in the highest bit
 *
 * Invariant: a block is either on the free list or in the chain of exactly one flow.
 */
import { allocatePacketColumns, type PacketColumns } from '@bpfnet/flow-model/packet-columns';

export const CHUNK_PACKETS = 1024;
const BLOCK_ROWS = 16;
const INITIAL_BLOCKS = 1024;
const ROW_WORDS = 8;
const SIDE_SHIFT = 31;
const ANALYSIS_BITS = 0x7fffffff;

export class PacketRows {
  private words = new Int32Array(INITIAL_BLOCKS * BLOCK_ROWS * ROW_WORDS);
  /** The same memory. */
  private times = new Float64Array(this.words.buffer);
  /** The next block of the same chunk, or of the free list; -1 at the end. */
  private next = new Int32Array(INITIAL_BLOCKS);
  private firstFree = 0;
  private readonly gathered = allocatePacketColumns(CHUNK_PACKETS);

  constructor() {
    this.chainFree(0, INITIAL_BLOCKS);
  }

  /** A block that follows `previous` (-1 for the first of a chunk). */
  takeBlock(previous: number): number {
    if (this.firstFree < 0) {
      this.grow();
    }
    const block = this.firstFree;
    this.firstFree = this.next[block];
    this.next[block] = -1;
    if (previous >= 0) {
      this.next[previous] = block;
    }
    return block;
  }

  /** @param place of the row in its block (see `rowInBlock`) */
  put(
    block: number,
    place: number,
    side: number,
    tNs: number,
    flags: number,
    seq: number,
    ack: number,
    payload: number,
    window: number,
    analysis: number
  ): void {
    const { words } = this;
    const at = (block * BLOCK_ROWS + place) * ROW_WORDS;
    this.times[at >> 1] = tNs;
    words[at + 2] = seq;
    words[at + 3] = ack;
    words[at + 4] = payload;
    words[at + 5] = window;
    words[at + 6] = flags;
    words[at + 7] = analysis | (side << SIDE_SHIFT);
  }

  /** The rows of a chunk as columns, valid until the next call. */
  gather(firstBlock: number, count: number): PacketColumns {
    const { words, times, gathered: to } = this;
    let block = firstBlock;
    for (let done = 0; done < count; block = this.next[block]) {
      const end = Math.min(count, done + BLOCK_ROWS);
      for (let at = block * BLOCK_ROWS * ROW_WORDS; done < end; at += ROW_WORDS, done++) {
        to.tNs[done] = times[at >> 1];
        to.seq[done] = words[at + 2];
        to.ack[done] = words[at + 3];
        to.len[done] = words[at + 4];
        to.win[done] = words[at + 5];
        to.flags[done] = words[at + 6];
        to.ana[done] = words[at + 7] & ANALYSIS_BITS;
        to.dir[done] = words[at + 7] >>> SIDE_SHIFT;
      }
    }
    return to;
  }

  /** Gives the blocks of a chunk back. */
  release(firstBlock: number, lastBlock: number): void {
    if (firstBlock >= 0) {
      this.next[lastBlock] = this.firstFree;
      this.firstFree = firstBlock;
    }
  }

  private chainFree(from: number, to: number): void {
    for (let block = from; block < to; block++) {
      this.next[block] = block + 1 < to ? block + 1 : -1;
    }
    this.firstFree = from;
  }

  private grow(): void {
    const blocks = this.next.length;
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.times = new Float64Array(words.buffer);
    const next = new Int32Array(blocks * 2);
    next.set(this.next);
    this.next = next;
    this.chainFree(blocks, blocks * 2);
  }
}

/** Row within its block. */
export function rowInBlock(row: number): number {
  return row & (BLOCK_ROWS - 1);
}
