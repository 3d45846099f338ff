/**
 * Link layer, VLAN tags and tunnels: from the first captured byte to the innermost transport header. No length in a packet is
 * trusted: each is held against what was captured and what was on the wire.
 *
 * Ethernet II (IEEE 802.3), 802.1Q and 802.1ad tags in any depth, raw IP, Linux cooked v1 and v2, BSD loopback; VXLAN (RFC 7348).
 * A tunnelled packet is reported as the inner one, once.
 */
import { Decoded, IpProtocol, Layer, Stop, Tunnel } from './decoded';
import { decodeIpv4, decodeIpv6, fail } from './ip';
import { LinkType } from './link-type';

const enum EtherType {
  Ipv4 = 0x0800,
  Vlan = 0x8100,
  Ipv6 = 0x86dd,
  ServiceVlan = 0x88a8,
  OldServiceVlan = 0x9100,
}

const VXLAN_PORT = 4789;
/** What Linux used before the port was assigned, and still uses where none is given. */
const VXLAN_LINUX_PORT = 8472;
const VXLAN_HEADER = 8;
/** Tunnels within tunnels that are followed. */
const MAX_TUNNELS = 2;

export { Decoded };

/**
 * Decodes the packet at `offset`. `into.stop` says how far it came; only with `Stop.Transport` are all fields set.
 *
 * @param captured bytes in memory from `offset` on
 * @param wire bytes on the wire, at least `captured`
 * @param strippedTci VLAN tag that the NIC took off, or -1
 */
export function decode(
  into: Decoded,
  bytes: Uint8Array,
  offset: number,
  captured: number,
  wire: number,
  linkType: number,
  strippedTci: number
): void {
  into.vlanKey = 0;
  into.vlanCount = 0;
  into.tunnel = Tunnel.None;
  into.vni = 0;
  if (strippedTci >= 0) {
    addVlan(into, strippedTci);
  }
  const end = offset + captured;
  const wireEnd = offset + wire;
  if (linkType === LinkType.Ethernet) {
    ethernet(into, bytes, offset, end, wireEnd);
  } else {
    otherLink(into, bytes, offset, end, wireEnd, linkType);
  }
  for (let depth = 0; depth < MAX_TUNNELS && isVxlan(into, bytes); depth++) {
    const innerEnd = into.payloadOffset + into.payloadCaptured;
    const innerWireEnd = into.payloadOffset + into.payloadLength;
    const at = into.payloadOffset;
    into.tunnel = Tunnel.Vxlan;
    into.vni = (bytes[at + 4] << 16) | (bytes[at + 5] << 8) | bytes[at + 6];
    into.vlanKey = 0;
    into.vlanCount = 0;
    ethernet(into, bytes, at + VXLAN_HEADER, innerEnd, innerWireEnd);
  }
}

function isVxlan(d: Decoded, bytes: Uint8Array): boolean {
  return (
    d.stop === Stop.Transport &&
    d.protocol === IpProtocol.Udp &&
    (d.dstPort === VXLAN_PORT || d.dstPort === VXLAN_LINUX_PORT) &&
    d.payloadCaptured >= VXLAN_HEADER &&
    // The I flag says that the VNI is valid; the other bits and bytes are reserved, and zero.
    bytes[d.payloadOffset] === 0x08 &&
    bytes[d.payloadOffset + 7] === 0
  );
}

function addVlan(d: Decoded, tci: number): void {
  const id = tci & 0xfff;
  // A priority tag (id 0) carries a priority and no network (IEEE 802.1Q, 6.9).
  if (id !== 0 && d.vlanCount < 2) {
    d.vlanKey = (d.vlanKey << 12) | id;
    d.vlanCount++;
  }
}

function ethernet(d: Decoded, bytes: Uint8Array, offset: number, end: number, wireEnd: number): void {
  let at = offset + 12;
  if (at + 2 > end) {
    fail(d, Stop.Truncated, Layer.Link, 14, end - offset);
    return;
  }
  network(d, bytes, at + 2, end, wireEnd, (bytes[at] << 8) | bytes[at + 1]);
}

/** What follows a protocol number: VLAN tags, then IP. */
function network(d: Decoded, bytes: Uint8Array, offset: number, end: number, wireEnd: number, protocol: number): void {
  let at = offset;
  let type = protocol;
  while (type === EtherType.Vlan || type === EtherType.ServiceVlan || type === EtherType.OldServiceVlan) {
    if (at + 4 > end) {
      fail(d, Stop.Truncated, Layer.Link, 4, end - at);
      return;
    }
    addVlan(d, (bytes[at] << 8) | bytes[at + 1]);
    type = (bytes[at + 2] << 8) | bytes[at + 3];
    at += 4;
  }
  if (type === EtherType.Ipv4) {
    decodeIpv4(d, bytes, at, end, wireEnd);
  } else if (type === EtherType.Ipv6) {
    decodeIpv6(d, bytes, at, end, wireEnd);
  } else {
    fail(d, Stop.NotIp, Layer.Network, 0, end - at);
  }
}

function otherLink(
  d: Decoded,
  bytes: Uint8Array,
  offset: number,
  end: number,
  wireEnd: number,
  linkType: number
): void {
  switch (linkType) {
    case LinkType.RawIp:
    case LinkType.RawIpDlt12:
    case LinkType.RawIpDlt14:
    case LinkType.RawIpv4:
    case LinkType.RawIpv6:
      rawIp(d, bytes, offset, end, wireEnd);
      return;
    case LinkType.LinuxCooked:
      if (offset + 16 > end) {
        fail(d, Stop.Truncated, Layer.Link, 16, end - offset);
        return;
      }
      network(d, bytes, offset + 16, end, wireEnd, (bytes[offset + 14] << 8) | bytes[offset + 15]);
      return;
    case LinkType.LinuxCooked2:
      if (offset + 20 > end) {
        fail(d, Stop.Truncated, Layer.Link, 20, end - offset);
        return;
      }
      network(d, bytes, offset + 20, end, wireEnd, (bytes[offset] << 8) | bytes[offset + 1]);
      return;
    case LinkType.BsdLoopback:
    case LinkType.BsdLoopbackNetworkOrder:
      // The address family differs between systems and byte orders; the IP version itself says what follows.
      rawIp(d, bytes, offset + 4, end, wireEnd);
      return;
    default:
      fail(d, Stop.UnknownLinkType, Layer.Link, 0, end - offset);
  }
}

function rawIp(d: Decoded, bytes: Uint8Array, at: number, end: number, wireEnd: number): void {
  if (at >= end) {
    fail(d, Stop.Truncated, Layer.Network, 1, 0);
    return;
  }
  const version = bytes[at] >> 4;
  if (version === 4) {
    decodeIpv4(d, bytes, at, end, wireEnd);
  } else if (version === 6) {
    decodeIpv6(d, bytes, at, end, wireEnd);
  } else {
    fail(d, Stop.NotIp, Layer.Network, 0, end - at);
  }
}
