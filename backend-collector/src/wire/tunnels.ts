/**
 * Tunnels: which packet holds another, and where that begins.
 *
 * VXLAN (RFC 7348), Geneve (RFC 8926), GRE (RFC 2784, with key and sequence number RFC 2890; transparent Ethernet bridging, NVGRE
 * RFC 7637, ERSPAN I and II), IP in IP (RFC 2003, 4213, 2473), MPLS in IP (RFC 4023). Not followed: GRE with source routing (RFC 1701) and version 1
 * (PPTP), control messages of Geneve.
 *
 * The innermost tunnel and identifier are in `Decoded`; those around it go into `outerKey`, so that equal five-tuples in different networks
 * stay apart. At most `MAX_DEPTH` headers are gone through.
 */
import { type Decoded, fail, IpProtocol, Layer, Stop, Tunnel } from './decoded';

/** Headers that hold another packet (tunnels, label stacks, inner Ethernet) which are gone through. */
export const MAX_DEPTH = 16;

/** What is inside, as an EtherType. */
export const enum Inner {
  None = 0,
  Ipv4 = 0x0800,
  Ethernet = 0x6558,
  Ipv6 = 0x86dd,
  Mpls = 0x8847,
}

const VXLAN_PORT = 4789;
/** What Linux used before the port was assigned, and still uses where none is given. */
const VXLAN_LINUX_PORT = 8472;
const VXLAN_HEADER = 8;
const GENEVE_PORT = 6081;
const GENEVE_HEADER = 8;
const GRE_HEADER = 4;

const enum GreFlag {
  Checksum = 0x8000,
  Routing = 0x4000,
  Key = 0x2000,
  Sequence = 0x1000,
  Version = 0x0007,
}

const enum GreType {
  Erspan2 = 0x88be,
  MplsUpstream = 0x8848,
}

const ERSPAN2_HEADER = 8;

/** Moves `d`'s payload on to the inner packet. @returns the EtherType of what is inside, `Inner.None` where nothing is */
export function enterUdpTunnel(d: Decoded, bytes: Uint8Array): number {
  switch (d.dstPort) {
    case VXLAN_PORT:
    case VXLAN_LINUX_PORT:
      return vxlan(d, bytes);
    case GENEVE_PORT:
      return geneve(d, bytes);
    default:
      return Inner.None;
  }
}

/** The same for what came straight in IP. */
export function enterIpTunnel(d: Decoded, bytes: Uint8Array): number {
  switch (d.protocol) {
    case IpProtocol.Ipv4:
      return enter(d, Tunnel.IpIp, -1, 0) ? Inner.Ipv4 : Inner.None;
    case IpProtocol.Ipv6:
      return enter(d, Tunnel.IpIp, -1, 0) ? Inner.Ipv6 : Inner.None;
    case IpProtocol.Gre:
      return gre(d, bytes);
    case IpProtocol.Mpls:
      return Inner.Mpls;
    default:
      return Inner.None;
  }
}

function vxlan(d: Decoded, bytes: Uint8Array): number {
  const at = d.payloadOffset;
  // The I flag says that the VNI is valid; the other bits and bytes are reserved, and zero.
  if (d.payloadCaptured < VXLAN_HEADER || bytes[at] !== 0x08 || bytes[at + 7] !== 0) {
    return Inner.None;
  }
  return enter(d, Tunnel.Vxlan, vni(bytes, at + 4), VXLAN_HEADER) ? Inner.Ethernet : Inner.None;
}

function geneve(d: Decoded, bytes: Uint8Array): number {
  const at = d.payloadOffset;
  if (d.payloadCaptured < GENEVE_HEADER) {
    return Inner.None;
  }
  const header = GENEVE_HEADER + ((bytes[at] & 0x3f) << 2);
  const type = (bytes[at + 2] << 8) | bytes[at + 3];
  const isVersion0 = bytes[at] >> 6 === 0;
  const isControl = (bytes[at + 1] & 0x80) !== 0;
  if (!isVersion0 || isControl || bytes[at + 7] !== 0 || header > d.payloadLength || !isFollowed(type)) {
    return Inner.None;
  }
  return enter(d, Tunnel.Geneve, vni(bytes, at + 4), header) ? type : Inner.None;
}

function gre(d: Decoded, bytes: Uint8Array): number {
  const at = d.payloadOffset;
  if (d.payloadCaptured < GRE_HEADER) {
    fail(d, Stop.Truncated, Layer.Transport, GRE_HEADER, d.payloadCaptured);
    return Inner.None;
  }
  const flags = (bytes[at] << 8) | bytes[at + 1];
  if ((flags & (GreFlag.Routing | GreFlag.Version)) !== 0) {
    return Inner.None;
  }
  let header = GRE_HEADER + ((flags & GreFlag.Checksum) !== 0 ? 4 : 0);
  const keyAt = at + header;
  const hasKey = (flags & GreFlag.Key) !== 0;
  header += (hasKey ? 4 : 0) + ((flags & GreFlag.Sequence) !== 0 ? 4 : 0);
  let type = (bytes[at + 2] << 8) | bytes[at + 3];
  if (type === GreType.Erspan2) {
    // With a sequence number it is type II and has a header; type I has neither.
    header += (flags & GreFlag.Sequence) !== 0 ? ERSPAN2_HEADER : 0;
    type = Inner.Ethernet;
  } else if (type === GreType.MplsUpstream) {
    type = Inner.Mpls;
  }
  if (!isFollowed(type)) {
    return Inner.None;
  }
  if (header > d.payloadCaptured) {
    fail(d, Stop.Truncated, Layer.Transport, header, d.payloadCaptured);
    return Inner.None;
  }
  const key = hasKey
    ? ((bytes[keyAt] << 24) | (bytes[keyAt + 1] << 16) | (bytes[keyAt + 2] << 8) | bytes[keyAt + 3]) >>> 0
    : -1;
  return enter(d, Tunnel.Gre, key, header) ? type : Inner.None;
}

function isFollowed(type: number): boolean {
  return type === Inner.Ipv4 || type === Inner.Ipv6 || type === Inner.Ethernet || type === Inner.Mpls;
}

function vni(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}

/** Goes past `header` bytes of a tunnel's header. @returns false where the packet is nested too deep */
function enter(d: Decoded, tunnel: Tunnel, id: number, header: number): boolean {
  if (++d.depth > MAX_DEPTH) {
    fail(d, Stop.NestedTooDeep, Layer.Network, 0, d.payloadCaptured);
    return false;
  }
  if (d.tunnel !== Tunnel.None) {
    d.outerKey = Math.imul(d.outerKey ^ d.vni ^ (d.tunnel << 28), 0x9e3779b1);
  }
  d.tunnel = tunnel;
  if (id >= 0) {
    d.vni = id;
  }
  d.payloadOffset += header;
  d.payloadLength -= header;
  d.payloadCaptured = Math.max(0, d.payloadCaptured - header);
  return true;
}
