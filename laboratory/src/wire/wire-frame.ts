/**
 * Reads what the laboratory's wire needs to know of a frame: Ethernet II → IPv4 → UDP → VXLAN (RFC 7348) → Ethernet II → IPv4
 * (RFC 791) → TCP (RFC 9293) or UDP. It serves as the independent witness in tests, so it shares no code with the collector.
 * Limits: no VLAN tags, no IPv6, no fragments: those are `null`, as is everything that is cut short.
 */

export interface TransportSegment {
  readonly l4Proto: 'tcp' | 'udp';
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  /** IPv4 identification: tells the copies of a retransmitted segment apart. */
  readonly ipId: number;
  /** TCP sequence and acknowledgement numbers as on the wire; 0 for UDP. */
  readonly seq: number;
  readonly ack: number;
  /** TCP flag byte; 0 for UDP. */
  readonly flags: number;
  /** Bytes of TCP or UDP payload, by the length fields. */
  readonly payloadBytes: number;
  /** Offset of the payload in the frame. */
  readonly payloadOffset: number;
  /** VXLAN network identifier where the segment travelled in a tunnel. */
  readonly vni: number | null;
}

const ETHERNET_BYTES = 14;
const ETHERTYPE_IPV4 = 0x0800;
const IP_PROTO_TCP = 6;
const IP_PROTO_UDP = 17;
const UDP_BYTES = 8;
const VXLAN_BYTES = 8;
const VXLAN_PORT = 4789;

/** The innermost TCP or UDP segment of an Ethernet frame; `null` where there is none. */
export function readSegment(frame: Buffer, start = 0, vni: number | null = null): TransportSegment | null {
  const ip = start + ETHERNET_BYTES;
  if (frame.length < ip + 20 || frame.readUInt16BE(start + 12) !== ETHERTYPE_IPV4 || frame[ip] >> 4 !== 4) {
    return null;
  }
  const ipHeaderBytes = (frame[ip] & 0x0f) * 4;
  const ipBytes = frame.readUInt16BE(ip + 2);
  const isFragment = (frame.readUInt16BE(ip + 6) & 0x3fff) !== 0;
  const l4 = ip + ipHeaderBytes;
  const proto = frame[ip + 9];
  const l4MinBytes = proto === IP_PROTO_TCP ? 20 : UDP_BYTES;
  if (ipHeaderBytes < 20 || isFragment || ipBytes < ipHeaderBytes + l4MinBytes || frame.length < l4 + l4MinBytes) {
    return null;
  }
  const addresses = {
    srcIp: ipText(frame, ip + 12),
    dstIp: ipText(frame, ip + 16),
    srcPort: frame.readUInt16BE(l4),
    dstPort: frame.readUInt16BE(l4 + 2),
    ipId: frame.readUInt16BE(ip + 4),
    vni,
  };
  if (proto === IP_PROTO_UDP) {
    if (vni === null && addresses.dstPort === VXLAN_PORT && frame.length >= l4 + UDP_BYTES + VXLAN_BYTES) {
      const innerVni = frame.readUIntBE(l4 + UDP_BYTES + 4, 3);
      return readSegment(frame, l4 + UDP_BYTES + VXLAN_BYTES, innerVni);
    }
    const payloadBytes = ipBytes - ipHeaderBytes - UDP_BYTES;
    return { ...addresses, l4Proto: 'udp', seq: 0, ack: 0, flags: 0, payloadBytes, payloadOffset: l4 + UDP_BYTES };
  }
  if (proto !== IP_PROTO_TCP) {
    return null;
  }
  const tcpHeaderBytes = (frame[l4 + 12] >> 4) * 4;
  if (tcpHeaderBytes < 20 || ipBytes < ipHeaderBytes + tcpHeaderBytes) {
    return null;
  }
  return {
    ...addresses,
    l4Proto: 'tcp',
    seq: frame.readUInt32BE(l4 + 4),
    ack: frame.readUInt32BE(l4 + 8),
    flags: frame[l4 + 13],
    payloadBytes: ipBytes - ipHeaderBytes - tcpHeaderBytes,
    payloadOffset: l4 + tcpHeaderBytes,
  };
}

function ipText(frame: Buffer, offset: number): string {
  return `${frame[offset]}.${frame[offset + 1]}.${frame[offset + 2]}.${frame[offset + 3]}`;
}
