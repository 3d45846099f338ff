/**
 * The packet-column codec against plain JSON rows: bytes per packet and MB of JSON rows per second, on chunks as traffic
 * makes them. Both sides pack and unpack the same packets in the same process, turn by turn.
 */
import { gzipSync } from 'node:zlib';
import { allocatePacketColumns, decodePacketColumns, encodePacketColumns, type PacketColumns, toSeq } from '../src';

const CHUNKS = 200;
const PACKETS = 1024;

/** Repeatable numbers, so that two runs pack the same packets. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Traffic {
  readonly name: string;
  /** Payload of packet i, and who sends it. */
  packet(i: number, random: () => number): { dir: 0 | 1; len: number; deltaNs: number };
}

const TRAFFIC: readonly Traffic[] = [
  {
    name: 'bulk',
    packet: (i, random) =>
      i % 3 === 2
        ? { dir: 0, len: 0, deltaNs: 4000 + random() * 9000 }
        : { dir: 1, len: 1448, deltaNs: 900 + random() * 4000 },
  },
  {
    name: 'requests',
    packet: (i, random) =>
      [
        { dir: 0 as const, len: 180 + Math.floor(random() * 60), deltaNs: 3e6 + random() * 4e7 },
        { dir: 1 as const, len: 0, deltaNs: 40_000 + random() * 40_000 },
        { dir: 1 as const, len: 300 + Math.floor(random() * 900), deltaNs: 1e6 + random() * 9e6 },
        { dir: 0 as const, len: 0, deltaNs: 40_000 + random() * 40_000 },
      ][i % 4],
  },
];

function makeChunk(traffic: Traffic, random: () => number): PacketColumns {
  const c = allocatePacketColumns(PACKETS);
  const next = [toSeq(Math.floor(random() * 2 ** 32)), toSeq(Math.floor(random() * 2 ** 32))];
  let t = 0;
  for (let i = 0; i < PACKETS; i++) {
    const { dir, len, deltaNs } = traffic.packet(i, random);
    t += i === 0 ? 0 : Math.floor(deltaNs);
    c.dir[i] = dir;
    c.tNs[i] = t;
    c.flags[i] = len > 0 ? 0x18 : 0x10;
    c.seq[i] = next[dir];
    c.ack[i] = next[1 - dir];
    c.len[i] = len;
    c.win[i] = dir === 0 ? 64_128 : 65_152 + (i & 7) * 128;
    next[dir] = toSeq(next[dir] + len);
  }
  return c;
}

function toRows(c: PacketColumns): string {
  const rows: number[][] = [];
  for (let i = 0; i < c.length; i++) {
    rows.push([c.dir[i], c.tNs[i], c.flags[i], c.seq[i], c.ack[i], c.len[i], c.win[i], c.ana[i]]);
  }
  return JSON.stringify(rows);
}

function seconds(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

export const bench = {
  name: 'codec',
  run: async () => {
    const rows = TRAFFIC.map((traffic) => {
      const random = randomNumbers(42);
      const chunks = Array.from({ length: CHUNKS }, () => makeChunk(traffic, random));
      const at = (c: PacketColumns) => ({
        timePosNs: 1_700_000_000_000_000_000n,
        txSeqPos: toSeq(c.seq[0]),
        rxSeqPos: toSeq(c.ack[0]),
      });
      let packed: string[] = [];
      let plain: string[] = [];
      let packSeconds = Infinity;
      let plainSeconds = Infinity;
      let unpackSeconds = Infinity;
      let parseSeconds = Infinity;
      for (let turn = 0; turn < 5; turn++) {
        packSeconds = Math.min(
          packSeconds,
          seconds(() => (packed = chunks.map((c) => JSON.stringify(encodePacketColumns(c, at(c))))))
        );
        plainSeconds = Math.min(
          plainSeconds,
          seconds(() => (plain = chunks.map(toRows)))
        );
        unpackSeconds = Math.min(
          unpackSeconds,
          seconds(() => packed.forEach((line) => decodePacketColumns(JSON.parse(line))))
        );
        parseSeconds = Math.min(
          parseSeconds,
          seconds(() => plain.forEach((line) => JSON.parse(line)))
        );
      }
      const packets = CHUNKS * PACKETS;
      const plainBytes = plain.reduce((sum, line) => sum + line.length, 0);
      const packedBytes = packed.reduce((sum, line) => sum + line.length, 0);
      const rate = (s: number) => Math.round(plainBytes / s / 1e6);
      return {
        traffic: traffic.name,
        columns_bytes_per_packet: round(packedBytes / packets),
        rows_bytes_per_packet: round(plainBytes / packets),
        columns_gzip_bytes_per_packet: round(gzipSync(packed.join('\n'), { level: 1 }).length / packets),
        rows_gzip_bytes_per_packet: round(gzipSync(plain.join('\n'), { level: 1 }).length / packets),
        columns_encode_mb_s: rate(packSeconds),
        rows_encode_mb_s: rate(plainSeconds),
        columns_decode_mb_s: rate(unpackSeconds),
        rows_decode_mb_s: rate(parseSeconds),
      };
    });
    return { rows, json: { chunks: CHUNKS, packets_per_chunk: PACKETS, cases: rows } };
  },
};

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
