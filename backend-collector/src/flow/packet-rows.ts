/**
 * The packets of the present chunk of a flow as columns, in the shape that the packet-column codec packs. Four sizes, pooled: a short
 * connection takes 16 rows, a busy one grows by copying. `dir` holds the side (0 or 1) until the chunk is written.
 */
import { allocatePacketColumns, type PacketColumns } from '@bpfnet/flow-model/packet-columns';

export const CHUNK_PACKETS = 1024;
const SIZES = [16, 64, 256, CHUNK_PACKETS] as const;

/** Free columns kept per size; beyond that they are left to the garbage collector. */
const POOL_LIMIT = 256;

export class PacketRowsPool {
  private readonly free: PacketColumns[][] = SIZES.map(() => []);

  smallest(): PacketColumns {
    return this.take(0);
  }

  /** The same rows with room for more; the old ones go back to the pool. */
  grow(rows: PacketColumns): PacketColumns {
    const larger = this.take(SIZES.findIndex((size) => size > rows.length));
    larger.dir.set(rows.dir);
    larger.tNs.set(rows.tNs);
    larger.flags.set(rows.flags);
    larger.seq.set(rows.seq);
    larger.ack.set(rows.ack);
    larger.len.set(rows.len);
    larger.win.set(rows.win);
    larger.ana.set(rows.ana);
    this.release(rows);
    return larger;
  }

  release(rows: PacketColumns): void {
    for (let i = 0; i < SIZES.length; i++) {
      if (SIZES[i] === rows.length && this.free[i].length < POOL_LIMIT) {
        this.free[i].push(rows);
      }
    }
  }

  private take(sizeIndex: number): PacketColumns {
    return this.free[sizeIndex].pop() ?? allocatePacketColumns(SIZES[sizeIndex]);
  }
}
