/** The recordings of testdata/protocols as packets: Ethernet, IPv4 of loopback, nanosecond pcap as `scripts/record-protocols.ts` writes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type CapturedPacket } from './pcap';

export const RECORDINGS_FOLDER = resolve(__dirname, '../../../testdata/protocols');
const SUFFIX = '.pcap.gz';

export function recordingNames(): string[] {
  return readdirSync(RECORDINGS_FOLDER)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
}

/** The capture file. */
export function recording(name: string): Buffer {
  return gunzipSync(readFileSync(join(RECORDINGS_FOLDER, `${name}${SUFFIX}`)));
}

export interface RecordedPacket extends CapturedPacket {
  readonly bytes: Buffer;
  /** Offset of the TCP header; undefined where there is none. */
  readonly tcp: number | undefined;
}

export function recordedPackets(name: string): RecordedPacket[] {
  const file = recording(name);
  const packets: RecordedPacket[] = [];
  for (let p = 24; p < file.length;) {
    const bytes = file.subarray(p + 16, p + 16 + file.readUInt32LE(p + 8));
    const tsNs = BigInt(file.readUInt32LE(p)) * 1_000_000_000n + BigInt(file.readUInt32LE(p + 4));
    packets.push({ bytes, tsNs, tcp: bytes[23] === 6 ? 14 + 4 * (bytes[14] & 15) : undefined });
    p += 16 + bytes.length;
  }
  return packets;
}
