/**
 * The packets of chunks that were read before. A chunk's line never changes once written, so no entry grows stale; the least
 * recently used go first when there are too many.
 */
import { type StoredPackets } from './record-reader';

const MAX_CHUNKS = 256;

export class ChunkCache {
  private readonly chunks = new Map<string, StoredPackets>();

  constructor(private readonly maxChunks = MAX_CHUNKS) {}

  add(packets: readonly StoredPackets[]): void {
    for (const one of packets) {
      const key = keyOf(one.record.inner_traceid, one.record.chunk_id);
      this.chunks.delete(key);
      this.chunks.set(key, one);
    }
    for (const key of this.chunks.keys()) {
      if (this.chunks.size <= this.maxChunks) {
        break;
      }
      this.chunks.delete(key);
    }
  }

  /** Chunks `first` … `last` of a connection at a NIC; undefined unless all of them are here. */
  range(innerTraceId: string, [first, last]: readonly [number, number]): readonly StoredPackets[] | undefined {
    const found: StoredPackets[] = [];
    if (last - first >= this.maxChunks) {
      return undefined;
    }
    for (let chunk = first; chunk <= last; chunk++) {
      const one = this.chunks.get(keyOf(innerTraceId, chunk));
      if (one === undefined) {
        return undefined;
      }
      found.push(one);
    }
    this.add(found);
    return found;
  }
}

function keyOf(innerTraceId: string, chunkId: number): string {
  return `${innerTraceId}/${chunkId}`;
}
