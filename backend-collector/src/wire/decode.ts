/**
 * Link layer, VLAN tags and MPLS labels, and the way in through tunnels: from the first captured byte to the innermost transport header.
 * No length in a packet is trusted: each is held against what was captured and what was on the wire.
 *
 * Ethernet II (IEEE 802.3), 802.1Q and 802.1ad tags in any depth, MPLS (RFC 3032), raw IP, Linux cooked v1 and v2, BSD loopback; tunnels
 * in each other up to a limit (tunnels.ts). A tunnelled packet is reported as the inner one, once.
 */
import { type Decoded, fail, IpProtocol, Layer, Stop, Tunnel } from './decoded';
import { decodeIpv4, decodeIpv6, upperLayer } from './ip';
import { EtherType, LinkType } from './link-type';
import { enterIpTunnel, enterUdpTunnel, Inner, MAX_DEPTH } from './tunnels';

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
  into.vni = -1;
  into.outerKey = 0;
  into.depth = 0;
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
  if (into.stop !== Stop.Transport || into.protocol !== IpProtocol.Tcp) {
    followTunnels(into, bytes);
  }
}

/** What a datagram that was made of fragments holds: bytes that were captured, its length on the wire, the protocol in it. */
interface Joined {
  readonly captured: number;
  readonly length: number;
  readonly protocol: number;
}

/** Decodes the payload of a datagram that was made of fragments. `d` is one of these. */
export function decodeJoined(d: Decoded, bytes: Uint8Array, joined: Joined): void {
  upperLayer(d, bytes, 0, joined.captured, joined.length, joined.protocol);
  followTunnels(d, bytes);
}

/** As long as what was found holds another packet, goes in. Every step is `MAX_DEPTH` bounded. */
function followTunnels(d: Decoded, bytes: Uint8Array): void {
  for (;;) {
    let inner: number = Inner.None;
    if (d.stop === Stop.Transport) {
      if (d.protocol === IpProtocol.Udp) {
        inner = enterUdpTunnel(d, bytes);
      }
    } else if (d.stop === Stop.UnknownTransport) {
      inner = enterIpTunnel(d, bytes);
    }
    if (inner === Inner.None) {
      return;
    }
    const at = d.payloadOffset;
    network(d, bytes, at, at + d.payloadCaptured, at + d.payloadLength, inner);
  }
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
  switch (type) {
    case EtherType.Ipv4:
      decodeIpv4(d, bytes, at, end, wireEnd);
      return;
    case EtherType.Ipv6:
      decodeIpv6(d, bytes, at, end, wireEnd);
      return;
    case EtherType.Mpls:
    case EtherType.MplsUpstream:
      mpls(d, bytes, at, end, wireEnd);
      return;
    case EtherType.Ethernet:
      innerEthernet(d, bytes, at, end, wireEnd);
      return;
    default:
      fail(d, Stop.NotIp, Layer.Network, 0, end - at);
  }
}

/** An Ethernet frame within the packet: from here on its own VLAN tags count. */
function innerEthernet(d: Decoded, bytes: Uint8Array, at: number, end: number, wireEnd: number): void {
  if (++d.depth > MAX_DEPTH) {
    fail(d, Stop.NestedTooDeep, Layer.Link, 0, end - at);
    return;
  }
  if (d.vlanCount > 0) {
    d.outerKey = (Math.imul(d.outerKey, 31) + d.vlanKey + d.vlanCount) | 0;
    d.vlanKey = 0;
    d.vlanCount = 0;
  }
  ethernet(d, bytes, at, end, wireEnd);
}

/**
 * A label stack (RFC 3032). It does not say what follows; the first nibble does (RFC 4928): 4 and 6 are IP, 0 the control word of a
 * pseudowire (RFC 4385), anything else an Ethernet pseudowire without one. Labels differ by direction, so they are in no key.
 */
function mpls(d: Decoded, bytes: Uint8Array, offset: number, end: number, wireEnd: number): void {
  if (++d.depth > MAX_DEPTH) {
    fail(d, Stop.NestedTooDeep, Layer.Link, 0, end - offset);
    return;
  }
  let at = offset;
  let bottom = false;
  while (!bottom) {
    if (at + 4 > end) {
      fail(d, Stop.Truncated, Layer.Link, 4, end - at);
      return;
    }
    bottom = (bytes[at + 2] & 1) !== 0;
    at += 4;
  }
  if (at >= end) {
    fail(d, Stop.Truncated, Layer.Network, 1, 0);
    return;
  }
  const nibble = bytes[at] >> 4;
  if (nibble === 4) {
    decodeIpv4(d, bytes, at, end, wireEnd);
  } else if (nibble === 6) {
    decodeIpv6(d, bytes, at, end, wireEnd);
  } else {
    innerEthernet(d, bytes, nibble === 0 ? at + 4 : at, end, wireEnd);
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
