/**
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers. What the header says of the length decides how much is payload, so that the padding of
 * short Ethernet frames is none; a length of 0 is a super-segment that the kernel had not cut yet.
 */
import { type Decoded, fail, IpProtocol, Layer, Stop } from './decoded';
import { decodeTcp, decodeUdp } from './transport';
import { word } from './words';

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const FRAGMENT_HEADER = 8;

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

export function decodeIpv4(d: Decoded, bytes: Uint8Array, at: number, end: number, wireEnd: number): void {
  if (at + IPV4_HEADER > end) {
    fail(d, Stop.Truncated, Layer.Network, IPV4_HEADER, end - at);
    return;
  }
  const headerLength = (bytes[at] & 0x0f) << 2;
  if (bytes[at] >> 4 !== 4 || headerLength < IPV4_HEADER) {
    fail(d, Stop.Malformed, Layer.Network, IPV4_HEADER, headerLength);
    return;
  }
  const total = (bytes[at + 2] << 8) | bytes[at + 3];
  const fragment = (bytes[at + 6] << 8) | bytes[at + 7];
  const packetEnd = total === 0 ? wireEnd : Math.min(at + total, wireEnd);
  if (packetEnd < at + headerLength) {
    fail(d, Stop.Malformed, Layer.Network, headerLength, total);
    return;
  }
  d.ipVersion = 4;
  d.ipId = (bytes[at + 4] << 8) | bytes[at + 5];
  d.src0 = word(bytes, at + 12);
  d.dst0 = word(bytes, at + 16);
  d.src1 = d.src2 = d.src3 = d.dst1 = d.dst2 = d.dst3 = 0;
  const capturedEnd = Math.min(end, packetEnd);
  if ((fragment & 0x3fff) !== 0) {
    d.fragmentId = d.ipId;
    d.fragmentOffset = (fragment & 0x1fff) << 3;
    d.fragmentMore = (fragment & 0x2000) !== 0;
    d.protocol = bytes[at + 9];
    stopAt(d, Stop.Fragment, at + headerLength, capturedEnd, packetEnd);
    return;
  }
  upperLayer(d, bytes, at + headerLength, capturedEnd, packetEnd, bytes[at + 9]);
}

export function decodeIpv6(d: Decoded, bytes: Uint8Array, at: number, end: number, wireEnd: number): void {
  if (at + IPV6_HEADER > end) {
    fail(d, Stop.Truncated, Layer.Network, IPV6_HEADER, end - at);
    return;
  }
  if (bytes[at] >> 4 !== 6) {
    fail(d, Stop.Malformed, Layer.Network, IPV6_HEADER, end - at);
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
  upperLayer(d, bytes, at + IPV6_HEADER, Math.min(end, packetEnd), packetEnd, bytes[at + 6]);
}

/**
 * What follows the IP header: extension headers, then TCP, UDP, or something else.
 *
 * @param end end of what was captured; `packetEnd` end of the packet on the wire
 */
export function upperLayer(
  d: Decoded,
  bytes: Uint8Array,
  at: number,
  end: number,
  packetEnd: number,
  protocol: number
): void {
  let p = at;
  let next = protocol;
  // Every extension header moves `p` on by at least 8 bytes, so this ends with the packet.
  for (;;) {
    if (next === IpProtocol.Tcp) {
      d.protocol = next;
      decodeTcp(d, bytes, p, end, packetEnd);
      return;
    }
    if (next === IpProtocol.Udp) {
      d.protocol = next;
      decodeUdp(d, bytes, p, end, packetEnd);
      return;
    }
    if (!isExtension(next, d.ipVersion)) {
      d.protocol = next;
      stopAt(d, Stop.UnknownTransport, p, end, packetEnd);
      return;
    }
    if (p + 8 > end) {
      fail(d, Stop.Truncated, Layer.Network, 8, end - p);
      return;
    }
    if (next === Extension.Fragment) {
      const offsetAndMore = (bytes[p + 2] << 8) | bytes[p + 3];
      // Offset 0 without "more" is an atomic fragment (RFC 6946): whole, whatever it is called.
      if ((offsetAndMore & 0xfff9) !== 0) {
        d.fragmentId = word(bytes, p + 4);
        d.fragmentOffset = offsetAndMore & 0xfff8;
        d.fragmentMore = (offsetAndMore & 1) !== 0;
        d.protocol = bytes[p];
        stopAt(d, Stop.Fragment, p + FRAGMENT_HEADER, end, packetEnd);
        return;
      }
      next = bytes[p];
      p += FRAGMENT_HEADER;
    } else {
      const size = next === Extension.Authentication ? (bytes[p + 1] + 2) << 2 : (bytes[p + 1] + 1) << 3;
      next = bytes[p];
      p += size;
    }
  }
}

/** The authentication header (RFC 4302) occurs in IPv4, too; the others are IPv6 only. */
function isExtension(next: number, ipVersion: number): boolean {
  switch (next) {
    case Extension.Authentication:
      return true;
    case Extension.HopByHop:
    case Extension.Routing:
    case Extension.Fragment:
    case Extension.DestinationOptions:
    case Extension.Mobility:
    case Extension.HostIdentity:
    case Extension.Shim6:
      return ipVersion === 6;
    default:
      return false;
  }
}

function stopAt(d: Decoded, stop: Stop, at: number, end: number, packetEnd: number): void {
  fail(d, stop, Layer.Transport, 0, end - at);
  d.payloadOffset = at;
  d.payloadLength = Math.max(0, packetEnd - at);
  d.payloadCaptured = Math.max(0, end - at);
}
