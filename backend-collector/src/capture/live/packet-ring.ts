/**
 * One AF_PACKET socket with a TPACKET_V3 receive ring: every NIC of one network namespace, those that come later too (bound to
 * interface index 0). packet(7), Documentation/networking/packet_mmap.rst.
 *
 * Opened in the order socket with protocol 0 → version → filter → ring → mmap → bind, so that no packet gets in that the filter
 * would reject. The kernel fills blocks in order and hands each to us by its status word; we hand it back by zeroing that
 * word. `PACKET_STATISTICS` counts what arrived and what found no room since it was last read; arrived includes dropped.
 */
import { type Program, encodeProgram } from '../filter/cbpf';
import { type Libc, type MappedMemory } from '../libc';
import { BlockField } from './ring-block';

/**
 * A block is handed over after `retireMs` however little is in it, so a reader that is late for `blocks * retireMs` loses
 * packets even when they are few. Hence many blocks (a ring of 64 MiB forgives 6.4 s) and a retire time that is long for a
 * kernel and short for a reader of dashboards. The smallest block holds a GSO packet of 64 KiB.
 */
const MAX_BLOCK_BYTES = 1 << 18;
const MIN_BLOCK_BYTES = 1 << 17;
const WANTED_BLOCKS = 64;
const RETIRE_MS = 25;
/** Only a divisor in TPACKET_V3: packets lie in a block at their own length. */
const FRAME_BYTES = 1 << 11;

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PacketOption = { rxRing: 5, statistics: 6, version: 10 } as const;
const TPACKET_V3 = 2;
const STATUS_USER = 1;

export interface PacketRing extends RingShape {
  readonly fd: number;
  readonly memory: MappedMemory;
}

interface RingShape {
  readonly blockBytes: number;
  readonly blocks: number;
}

/** How a ring of about `ringBytes` is cut: blocks of 128 or 256 KiB; at least two of them. */
export function ringShape(ringBytes: number): RingShape {
  let blockBytes = MAX_BLOCK_BYTES;
  while (blockBytes > MIN_BLOCK_BYTES && blockBytes * WANTED_BLOCKS > ringBytes) {
    blockBytes /= 2;
  }
  return { blockBytes, blocks: Math.max(2, Math.floor(ringBytes / blockBytes)) };
}

/** Opens a ring in the calling thread's network namespace. Throws a `SystemCallError`; nothing stays open then. */
export function openRing(libc: Libc, ringBytes: number, program: Program): PacketRing {
  const fd = libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0);
  try {
    const { blocks, blockBytes } = ringShape(ringBytes);
    libc.setOption(fd, SOL_PACKET, PacketOption.version, int32(TPACKET_V3));
    attachFilter(libc, fd, program);
    const request = Buffer.alloc(28);
    [blockBytes, blocks, FRAME_BYTES, (blockBytes / FRAME_BYTES) * blocks, RETIRE_MS, 0, 0].forEach((value, index) =>
      request.writeUInt32LE(value, index * 4)
    );
    libc.setOption(fd, SOL_PACKET, PacketOption.rxRing, request);
    const memory = libc.mapRing(fd, blocks * blockBytes);
    const address = Buffer.alloc(20);
    address.writeUInt16LE(AF_PACKET, 0);
    address.writeUInt16BE(ETH_P_ALL, 2);
    try {
      libc.bind(fd, address);
    } catch (error) {
      libc.unmap(memory);
      throw error;
    }
    return { fd, memory, blocks, blockBytes };
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

export function closeRing(libc: Libc, ring: PacketRing): void {
  libc.unmap(ring.memory);
  libc.close(ring.fd);
}

/** Replaces the socket's filter at once; no packet passes unfiltered in between. */
export function attachFilter(libc: Libc, fd: number, program: Program): void {
  const instructions = encodeProgram(program);
  // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
  const description = Buffer.alloc(16);
  description.writeUInt16LE(program.length, 0);
  description.writeBigUInt64LE(libc.addressOf(instructions), 8);
  libc.setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, description);
}

/** Counts since the last call. `packets` includes `drops`. */
interface RingStatistics {
  readonly packets: number;
  readonly drops: number;
  readonly freezes: number;
}

export function readStatistics(libc: Libc, fd: number): RingStatistics {
  const value = Buffer.alloc(12);
  libc.getOption(fd, SOL_PACKET, PacketOption.statistics, value);
  return { packets: value.readUInt32LE(0), drops: value.readUInt32LE(4), freezes: value.readUInt32LE(8) };
}

/** Takes the error off a socket that polls as failed, so that polling does not spin. */
export function clearSocketError(libc: Libc, fd: number): void {
  libc.getOption(fd, SOL_SOCKET, SO_ERROR, Buffer.alloc(4));
}

/** Reads a ring's blocks in place, in the kernel's order. Must not be used after `closeRing`. */
export class RingReader {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private block = 0;
  /** Packets of the blocks handed back so far. */
  packets = 0;

  constructor(private readonly ring: PacketRing) {
    this.words = new Int32Array(ring.memory.bytes);
    this.bytes = new Uint8Array(ring.memory.bytes);
  }

  /** True when the kernel handed the next block over. */
  get ready(): boolean {
    return (Atomics.load(this.words, this.word(BlockField.status)) & STATUS_USER) !== 0;
  }

  /** Bytes used of the block that is ready. */
  get readyBytes(): number {
    return Math.min(this.words[this.word(BlockField.length)], this.ring.blockBytes);
  }

  /** Copies the block that is ready to `target` at `offset` and hands it back. */
  take(target: Uint8Array, offset: number): void {
    const start = this.block * this.ring.blockBytes;
    const length = this.readyBytes;
    target.set(this.bytes.subarray(start, start + length), offset);
    this.packets += this.words[this.word(BlockField.packets)];
    Atomics.store(this.words, this.word(BlockField.status), 0);
    this.block = (this.block + 1) % this.ring.blocks;
  }

  private word(field: number): number {
    return (this.block * this.ring.blockBytes + field) >> 2;
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
