/** Capture files by hand, in every dialect that the readers know. */
import { concat } from './packet';

export interface CapturedPacket {
  readonly bytes: Uint8Array;
  /** Nanoseconds since the epoch. */
  readonly tsNs: bigint;
  /** Bytes on the wire where the capture cut the packet. */
  readonly wireLength?: number;
}

interface PcapDialect {
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  readonly linkType?: number;
}

export function pcap(packets: readonly CapturedPacket[], dialect: PcapDialect = {}): Uint8Array {
  const little = dialect.littleEndian ?? true;
  const nano = dialect.nanoseconds ?? false;
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, nano ? 0xa1b23c4d : 0xa1b2c3d4, little);
  header.setUint16(4, 2, little);
  header.setUint16(6, 4, little);
  header.setUint32(16, 262144, little);
  header.setUint32(20, dialect.linkType ?? 1, little);
  return concat(
    new Uint8Array(header.buffer),
    ...packets.map((p) => {
      const record = new DataView(new ArrayBuffer(16));
      record.setUint32(0, Number(p.tsNs / 1_000_000_000n), little);
      record.setUint32(4, Number(p.tsNs % 1_000_000_000n) / (nano ? 1 : 1000), little);
      record.setUint32(8, p.bytes.length, little);
      record.setUint32(12, p.wireLength ?? p.bytes.length, little);
      return concat(new Uint8Array(record.buffer), p.bytes);
    })
  );
}

/** One pcapng block: type, body, padded, both lengths. */
export function block(type: number, body: Uint8Array, little = true): Uint8Array {
  const padded = (body.length + 3) & ~3;
  const out = new Uint8Array(12 + padded);
  const view = new DataView(out.buffer);
  view.setUint32(0, type, little);
  view.setUint32(4, out.length, little);
  out.set(body, 8);
  view.setUint32(8 + padded, out.length, little);
  return out;
}

export function option(code: number, value: Uint8Array, little = true): Uint8Array {
  const out = new Uint8Array(4 + ((value.length + 3) & ~3));
  const view = new DataView(out.buffer);
  view.setUint16(0, code, little);
  view.setUint16(2, value.length, little);
  out.set(value, 4);
  return out;
}

export function sectionHeader(little = true): Uint8Array {
  const body = new DataView(new ArrayBuffer(16));
  body.setUint32(0, 0x1a2b3c4d, little);
  body.setUint16(4, 1, little);
  body.setBigInt64(8, -1n, little);
  return block(0x0a0d0d0a, new Uint8Array(body.buffer), little);
}

export function interfaceBlock(linkType: number, options: readonly Uint8Array[] = [], little = true): Uint8Array {
  const body = new DataView(new ArrayBuffer(8));
  body.setUint16(0, linkType, little);
  body.setUint32(4, 262144, little);
  return block(1, concat(new Uint8Array(body.buffer), ...options), little);
}

interface EnhancedPacket {
  readonly interfaceId: number;
  /** In the interface's units. */
  readonly units: bigint;
  readonly bytes: Uint8Array;
  readonly wireLength?: number;
  readonly options?: readonly Uint8Array[];
}

export function enhancedPacket(p: EnhancedPacket, little = true): Uint8Array {
  return block(
    6,
    packetBody(p, little, (view) => view.setUint32(0, p.interfaceId, little)),
    little
  );
}

export function obsoletePacket(p: EnhancedPacket, little = true): Uint8Array {
  return block(
    2,
    packetBody(p, little, (view) => view.setUint16(0, p.interfaceId, little)),
    little
  );
}

function packetBody(p: EnhancedPacket, little: boolean, setInterface: (view: DataView) => void): Uint8Array {
  const head = new DataView(new ArrayBuffer(20));
  setInterface(head);
  head.setUint32(4, Number(p.units >> 32n), little);
  head.setUint32(8, Number(p.units & 0xffffffffn), little);
  head.setUint32(12, p.bytes.length, little);
  head.setUint32(16, p.wireLength ?? p.bytes.length, little);
  const padded = new Uint8Array((p.bytes.length + 3) & ~3);
  padded.set(p.bytes);
  return concat(new Uint8Array(head.buffer), padded, ...(p.options ?? []));
}

export function simplePacket(bytes: Uint8Array, little = true): Uint8Array {
  const head = new DataView(new ArrayBuffer(4));
  head.setUint32(0, bytes.length, little);
  return block(3, concat(new Uint8Array(head.buffer), bytes), little);
}
