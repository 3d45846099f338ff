/** Small packets, byte by byte, for filters to look at. */
interface PacketShape {
  readonly from: string;
  readonly to: string;
  readonly protocol: 'tcp' | 'udp';
  readonly fromPort: number;
  readonly toPort: number;
}

export const NETWORK_OFFSET = 14;

export function ipv4Packet(shape: PacketShape): Buffer {
  const packet = Buffer.alloc(14 + 20 + 20);
  packet.writeUInt16BE(0x0800, 12);
  packet[14] = 0x45;
  packet.writeUInt16BE(40, 16);
  packet[22] = 64;
  packet[23] = shape.protocol === 'tcp' ? 6 : 17;
  Buffer.from(shape.from.split('.').map(Number)).copy(packet, 26);
  Buffer.from(shape.to.split('.').map(Number)).copy(packet, 30);
  packet.writeUInt16BE(shape.fromPort, 34);
  packet.writeUInt16BE(shape.toPort, 36);
  return packet;
}

/** Addresses as eight groups without `::`. */
export function ipv6Packet(shape: PacketShape): Buffer {
  const packet = Buffer.alloc(14 + 40 + 20);
  packet.writeUInt16BE(0x86dd, 12);
  packet[14] = 0x60;
  packet.writeUInt16BE(20, 18);
  packet[20] = shape.protocol === 'tcp' ? 6 : 17;
  packet[21] = 64;
  const write = (address: string, offset: number): void =>
    address.split(':').forEach((group, index) => packet.writeUInt16BE(parseInt(group, 16), offset + index * 2));
  write(shape.from, 22);
  write(shape.to, 38);
  packet.writeUInt16BE(shape.fromPort, 54);
  packet.writeUInt16BE(shape.toPort, 56);
  return packet;
}
