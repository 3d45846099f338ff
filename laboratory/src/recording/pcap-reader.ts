/**
 * Reads what tcpdump wrote: classic pcap (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html), little-endian, with
 * microseconds or nanoseconds. A last packet that is cut short is left out. Throws on anything else.
 */
interface PcapPacket {
  /** Nanoseconds since the Unix epoch. */
  readonly tsNs: bigint;
  readonly bytes: Buffer;
  /** Size of the packet, of which `bytes` may be the beginning only. */
  readonly originalBytes: number;
}

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const LINKTYPE_ETHERNET = 1;

export function readPcap(file: Buffer): readonly PcapPacket[] {
  const magic = file.length >= FILE_HEADER_BYTES ? file.readUInt32LE(0) : 0;
  if (magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS) {
    throw new Error('not a pcap file of a little-endian machine');
  }
  const linkType = file.readUInt32LE(20) & 0x0fffffff;
  if (linkType !== LINKTYPE_ETHERNET) {
    throw new Error(`link type ${linkType}; only Ethernet (${LINKTYPE_ETHERNET}) is read`);
  }
  const nsPerUnit = magic === MAGIC_NANOSECONDS ? 1n : 1000n;
  const packets: PcapPacket[] = [];
  for (let at = FILE_HEADER_BYTES; at + PACKET_HEADER_BYTES <= file.length;) {
    const bytesFrom = at + PACKET_HEADER_BYTES;
    const end = bytesFrom + file.readUInt32LE(at + 8);
    if (end > file.length) {
      break;
    }
    packets.push({
      tsNs: BigInt(file.readUInt32LE(at)) * 1_000_000_000n + BigInt(file.readUInt32LE(at + 4)) * nsPerUnit,
      bytes: file.subarray(bytesFrom, end),
      originalBytes: file.readUInt32LE(at + 12),
    });
    at = end;
  }
  return packets;
}
