/**
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers. What the header says of the length decides how much is payload, so that the padding of
 * short Ethernet frames is none; a length of 0 is a super-segment that the kernel had not cut yet.
 */
import { type Decoded, IpProtocol, type Layer, Layer as L, Stop } from './decoded';
import { decodeTcp, decodeUdp } from './transport';

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;

const enum Extension {
  HopByHop = 0,
  Routing = 43,
  Fragment = 44,
  Authentication = 51,
  DestinationOptions = 60,
  Mobility = 135,
  HostIdentity = 139,
  Shim6 = 140,
}

/** Ends decoding here. */
export function fail(d: Decoded, stop: Stop, layer: Layer, need: number, have: number): void {
  d.stop = stop;
  d.stopLayer = layer;
  d.stopNeed = need;
  d.stopHave = have;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

export function decodeIpv4(d: Decoded, bytes: Uint8Array, at: number, end: number, wireEnd: number): void {
  if (at + IPV4_HEADER > end) {
    fail(d, Stop.Truncated, L.Network, IPV4_HEADER, end - at);
    return;
  }
  const headerLength = (bytes[at] & 0x0f) << 2;
  if (bytes[at] >> 4 !== 4 || headerLength < IPV4_HEADER) {
    fail(d, Stop.Malformed, L.Network, IPV4_HEADER, headerLength);
    return;
  }
  const total = (bytes[at + 2] << 8) | bytes[at + 3];
  const fragment = (bytes[at + 6] << 8) | bytes[at + 7];
  const packetEnd = total === 0 ? wireEnd : Math.min(at + total, wireEnd);
  if (packetEnd < at + headerLength) {
    fail(d, Stop.Malformed, L.Network, headerLength, total);
    return;
  }
  d.ipVersion = 4;
  d.ipId = (bytes[at + 4] << 8) | bytes[at + 5];
  d.src0 = word(bytes, at + 12);
  d.dst0 = word(bytes, at + 16);
  d.src1 = d.src2 = d.src3 = d.dst1 = d.dst2 = d.dst3 = 0;
  if ((fragment & 0x1fff) !== 0) {
    fail(d, Stop.LaterFragment, L.Network, 0, end - at);
    return;
  }
  transport(d, bytes, at + headerLength, Math.min(end, packetEnd), packetEnd, bytes[at + 9]);
}

export function decodeIpv6(d: Decoded, bytes: Uint8Array, at: number, end: number, wireEnd: number): void {
  if (at + IPV6_HEADER > end) {
    fail(d, Stop.Truncated, L.Network, IPV6_HEADER, end - at);
    return;
  }
  if (bytes[at] >> 4 !== 6) {
    fail(d, Stop.Malformed, L.Network, IPV6_HEADER, end - at);
    return;
  }
  const length = (bytes[at + 4] << 8) | bytes[at + 5];
  // 0: a jumbogram (RFC 2675), or a super-segment.
  const packetEnd = length === 0 ? wireEnd : Math.min(at + IPV6_HEADER + length, wireEnd);
  d.ipVersion = 6;
  d.ipId = 0;
  d.src0 = word(bytes, at + 8);
  d.src1 = word(bytes, at + 12);
  d.src2 = word(bytes, at + 16);
  d.src3 = word(bytes, at + 20);
  d.dst0 = word(bytes, at + 24);
  d.dst1 = word(bytes, at + 28);
  d.dst2 = word(bytes, at + 32);
  d.dst3 = word(bytes, at + 36);

  const capturedEnd = Math.min(end, packetEnd);
  let next = bytes[at + 6];
  let p = at + IPV6_HEADER;
  // Every extension header moves `p` on by at least 8 bytes, so this ends with the packet.
  for (;;) {
    switch (next) {
      case IpProtocol.Tcp:
      case IpProtocol.Udp:
        transport(d, bytes, p, capturedEnd, packetEnd, next);
        return;
      case Extension.HopByHop:
      case Extension.Routing:
      case Extension.DestinationOptions:
      case Extension.Mobility:
      case Extension.HostIdentity:
      case Extension.Shim6:
      case Extension.Fragment:
      case Extension.Authentication:
        break;
      default:
        fail(d, Stop.UnknownTransport, L.Transport, 0, capturedEnd - p);
        return;
    }
    if (p + 8 > capturedEnd) {
      fail(d, Stop.Truncated, L.Network, 8, capturedEnd - p);
      return;
    }
    if (next === Extension.Fragment) {
      // Offset 0 without "more" is an atomic fragment (RFC 6946): whole, whatever it is called.
      if (((bytes[p + 2] << 8) | (bytes[p + 3] & 0xf8)) !== 0) {
        fail(d, Stop.LaterFragment, L.Network, 0, capturedEnd - p);
        return;
      }
      next = bytes[p];
      p += 8;
    } else {
      const size = next === Extension.Authentication ? (bytes[p + 1] + 2) << 2 : (bytes[p + 1] + 1) << 3;
      next = bytes[p];
      p += size;
    }
  }
}

/** @param end end of what was captured; `packetEnd` end of the packet on the wire */
function transport(d: Decoded, bytes: Uint8Array, at: number, end: number, packetEnd: number, protocol: number): void {
  d.protocol = protocol;
  if (protocol === IpProtocol.Tcp) {
    decodeTcp(d, bytes, at, end, packetEnd);
  } else if (protocol === IpProtocol.Udp) {
    decodeUdp(d, bytes, at, end, packetEnd);
  } else {
    fail(d, Stop.UnknownTransport, L.Transport, 0, end - at);
  }
}
