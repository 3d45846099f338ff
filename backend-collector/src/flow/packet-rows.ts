/**
 * The packets of the present chunks of all flows, as columns in blocks of 16 rows that are chained per chunk. All blocks lie in one set of
 * typed arrays, so that a flow costs the garbage collector nothing; a short connection takes one block, a busy one up to 64.
 *
 * Invariant: a block is either on the free list or in the chain of exactly one flow.
 */
import { allocatePacketColumns, type PacketColumns } from '@bpfnet/flow-model/packet-columns';

export const CHUNK_PACKETS = 1024;
const BLOCK_ROWS = 16;
const INITIAL_BLOCKS = 1024;

export class PacketRows {
  private rows: PacketColumns = allocatePacketColumns(INITIAL_BLOCKS * BLOCK_ROWS);
  /** The next block of the same chunk, or of the free list; -1 at the end. */
  private next = new Int32Array(INITIAL_BLOCKS);
  private firstFree = 0;
  private readonly gathered = allocatePacketColumns(CHUNK_PACKETS);

  constructor() {
    this.chainFree(0, INITIAL_BLOCKS);
  }

  /** The columns that `reserve` gives places in; replaced when they grow, so not to be kept. */
  get columns(): PacketColumns {
    return this.rows;
  }

  /** A block that follows `previous` (-1 for the first of a chunk). Its rows are `block * 16` and on. */
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

  /** The rows of a chunk in one piece, valid until the next call. */
  gather(firstBlock: number, count: number): PacketColumns {
    const from = this.rows;
    const to = this.gathered;
    let block = firstBlock;
    for (let done = 0; done < count; block = this.next[block]) {
      const end = Math.min(count, done + BLOCK_ROWS);
      for (let row = block * BLOCK_ROWS; done < end; row++, done++) {
        to.dir[done] = from.dir[row];
        to.tNs[done] = from.tNs[row];
        to.flags[done] = from.flags[row];
        to.seq[done] = from.seq[row];
        to.ack[done] = from.ack[row];
        to.len[done] = from.len[row];
        to.win[done] = from.win[row];
        to.ana[done] = from.ana[row];
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
    const old = this.rows;
    const blocks = this.next.length;
    const grown = allocatePacketColumns(old.length * 2);
    grown.dir.set(old.dir);
    grown.tNs.set(old.tNs);
    grown.flags.set(old.flags);
    grown.seq.set(old.seq);
    grown.ack.set(old.ack);
    grown.len.set(old.len);
    grown.win.set(old.win);
    grown.ana.set(old.ana);
    this.rows = grown;
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

export function firstRowOf(block: number): number {
  return block * BLOCK_ROWS;
}
