/** Numbers packets so that equal ones have equal numbers: by direction, flags, sequence numbers and length. */
import { type PacketTable } from './packets';

export interface PacketKeys {
  /** 0 … count - 1 for each packet. */
  readonly of: Uint32Array;
  readonly count: number;
}

const FREE = -1;

/** Open addressing over packet numbers: no text and no object per packet. */
export function packetKeys(table: PacketTable): PacketKeys {
  const { length } = table;
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, length * 2)));
  const slots = new Int32Array(size).fill(FREE);
  const of = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    let slot = hashOf(table, i) & (size - 1);
    while (slots[slot] !== FREE && !areEqual(table, slots[slot], i)) {
      slot = (slot + 1) & (size - 1);
    }
    if (slots[slot] === FREE) {
      slots[slot] = i;
      of[i] = count++;
    } else {
      of[i] = of[slots[slot]];
    }
  }
  return { of, count };
}

function hashOf(table: PacketTable, i: number): number {
  let hash = Math.imul(table.seq[i], 0x9e3779b1) ^ Math.imul(table.ack[i], 0x85ebca6b);
  hash ^= Math.imul(table.len[i] + (table.flags[i] << 20) + (table.fromFar[i] << 30), 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function areEqual(table: PacketTable, a: number, b: number): boolean {
  return (
    table.seq[a] === table.seq[b] &&
    table.ack[a] === table.ack[b] &&
    table.len[a] === table.len[b] &&
    table.flags[a] === table.flags[b] &&
    table.fromFar[a] === table.fromFar[b]
  );
}
