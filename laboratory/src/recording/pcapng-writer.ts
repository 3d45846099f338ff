/**
 * Writes pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html): one section, one interface block for each NIC,
 * one enhanced packet block with its direction for each packet. Little-endian, nanoseconds.
 */
export interface RecordedNic {
  readonly name: string;
  /** `host=NAME kind=KIND`, and `netns=NAME` where the NIC is not in the host's own namespace. */
  readonly description: string;
}

export interface RecordedPacket {
  /** Index of the NIC in the list of NICs. */
  readonly nic: number;
  readonly tsNs: bigint;
  readonly direction: 'in' | 'out';
  readonly bytes: Buffer;
  readonly originalBytes: number;
}

interface Recording {
  /** The application that wrote it, for people. */
  readonly application: string;
  readonly nics: readonly RecordedNic[];
  /** In order of time. */
  readonly packets: readonly RecordedPacket[];
}

const BLOCK = { section: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINKTYPE_ETHERNET = 1;
const OPTION = { end: 0, userApplication: 4, name: 2, description: 3, timeResolution: 9, packetFlags: 2 } as const;
const NANOSECONDS = Buffer.from([9]);
/** `epb_flags`, bits 0 and 1. */
const DIRECTION_FLAG = { in: 1, out: 2 } as const;

export function writePcapng({ application, nics, packets }: Recording): Buffer {
  return Buffer.concat([sectionBlock(application), ...nics.map(interfaceBlock), ...packets.map(packetBlock)]);
}

function sectionBlock(application: string): Buffer {
  const body = Buffer.alloc(16);
  body.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  body.writeUInt16LE(1, 4);
  body.writeBigInt64LE(-1n, 8); // Length of the section: not given.
  return block(BLOCK.section, [body, option(OPTION.userApplication, Buffer.from(application)), END_OF_OPTIONS]);
}

function interfaceBlock(nic: RecordedNic): Buffer {
  const body = Buffer.alloc(8);
  body.writeUInt16LE(LINKTYPE_ETHERNET, 0);
  return block(BLOCK.interface, [
    body,
    option(OPTION.name, Buffer.from(nic.name)),
    option(OPTION.description, Buffer.from(nic.description)),
    option(OPTION.timeResolution, NANOSECONDS),
    END_OF_OPTIONS,
  ]);
}

function packetBlock(packet: RecordedPacket): Buffer {
  const body = Buffer.alloc(20);
  body.writeUInt32LE(packet.nic, 0);
  body.writeUInt32LE(Number(packet.tsNs >> 32n), 4);
  body.writeUInt32LE(Number(packet.tsNs & 0xffffffffn), 8);
  body.writeUInt32LE(packet.bytes.length, 12);
  body.writeUInt32LE(packet.originalBytes, 16);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(DIRECTION_FLAG[packet.direction]);
  return block(BLOCK.enhancedPacket, [body, padded(packet.bytes), option(OPTION.packetFlags, flags), END_OF_OPTIONS]);
}

const END_OF_OPTIONS = Buffer.alloc(4);

function option(code: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

/** To a multiple of 32 bits, as every field of the format. */
function padded(value: Buffer): Buffer {
  return Buffer.concat([value, Buffer.alloc(-value.length & 3)]);
}

/** A block's length precedes and follows its body. */
function block(type: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length + 12);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(type);
  return Buffer.concat([head, length, body, length]);
}
