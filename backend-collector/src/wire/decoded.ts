/**
 * What the decoder found in a packet: numbers only, in one object that is used again for every packet. Offsets count from the
 * start of the packet's memory. Addresses are big-endian words as signed 32-bit integers; IPv4 uses the first word.
 */

/** Where decoding ended. `Transport` is the way of most packets: everything that the flow table needs was there. */
export const enum Stop {
  Transport = 0,
  UnknownLinkType = 1,
  NotIp = 2,
  UnknownTransport = 3,
  /** A part of a datagram: the fields `fragment…` and the payload's place are set, and `Fragments` may make it whole. */
  Fragment = 4,
  Malformed = 5,
  Truncated = 6,
  NestedTooDeep = 7,
}

/** How each way of ending is counted; index = `Stop`. */
export const STOP_REASONS: readonly string[] = [
  '',
  'unknown link type',
  'not IP',
  'neither TCP nor UDP',
  'fragment',
  'malformed header',
  'truncated header',
  'tunnels nested too deep',
];

/** The layer at which decoding ended. */
export const enum Layer {
  Link = 1,
  Network = 2,
  Transport = 3,
}

/** What the innermost IP packet came in. */
export const enum Tunnel {
  None = 0,
  Vxlan = 1,
  Geneve = 2,
  Gre = 3,
  /** IP in IP of either version, in all four combinations. */
  IpIp = 4,
}

export const enum IpProtocol {
  Ipv4 = 4,
  Tcp = 6,
  Udp = 17,
  Ipv6 = 41,
  Gre = 47,
  Mpls = 137,
}

/** SACK blocks in one TCP header, at most (RFC 2018 section 3). */
export const MAX_SACK_BLOCKS = 4;

export class Decoded {
  stop: Stop = Stop.Transport;
  /** With `stop` Truncated or Malformed: where, the bytes that were needed from there on, and the bytes that were there. */
  stopLayer: Layer = Layer.Link;
  stopNeed = 0;
  stopHave = 0;

  /**
   * VLAN ids of the innermost Ethernet header in order from the outside, as `outer << 12 | inner` where there are two; priority tags
   * (id 0) are left out.
   */
  vlanKey = 0;
  /** How many ids are in `vlanKey` (more than two tags: the two outermost). */
  vlanCount = 0;
  /** The innermost tunnel. */
  tunnel: Tunnel = Tunnel.None;
  /** Innermost network identifier: VNI of VXLAN or Geneve, key of GRE; -1 where there is none. */
  vni = -1;
  /** Hash of what is around the innermost tunnel (tunnels, identifiers, VLANs); 0 where there is nothing. */
  outerKey = 0;
  /** Headers passed that hold another packet. */
  depth = 0;

  /** 4 or 6. */
  ipVersion = 0;
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  /** IPv4 identification; 0 for IPv6. */
  ipId = 0;
  protocol = 0;
  srcPort = 0;
  dstPort = 0;

  /** With `stop` Fragment: identification, place of the payload in the datagram, whether more follows. */
  fragmentId = 0;
  fragmentOffset = 0;
  fragmentMore = false;

  /**
   * Payload of TCP or UDP (with `stop` Fragment or UnknownTransport: of IP): its place, its length on the wire, and how much of it
   * was captured.
   */
  payloadOffset = 0;
  payloadLength = 0;
  payloadCaptured = 0;

  /** TCP only. `seq` and `ack` as signed 32-bit integers. */
  seq = 0;
  /** Sequence number of the payload's first byte: one after `seq` in a SYN (RFC 7413). */
  payloadSeq = 0;
  ack = 0;
  flags = 0;
  /** As in the header, unscaled. */
  window = 0;
  checksum = 0;
  /** Of a SYN: shift of the window scale option (RFC 7323), -1 where absent. */
  windowScale = -1;
  /** Time stamps option (RFC 7323); signed 32-bit, and 0 where absent. */
  hasTimestamps = false;
  tsValue = 0;
  tsEcho = 0;
  sackCount = 0;
  /** Edges of the SACK blocks, left and right in turn, signed 32-bit. */
  readonly sack = new Int32Array(2 * MAX_SACK_BLOCKS);
}

/** Ends decoding here. */
export function fail(d: Decoded, stop: Stop, layer: Layer, need: number, have: number): void {
  d.stop = stop;
  d.stopLayer = layer;
  d.stopNeed = need;
  d.stopHave = have;
}
