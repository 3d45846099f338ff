/** Link types that the decoder reads: `LINKTYPE_` numbers of https://www.tcpdump.org/linktypes.html. */
export const enum LinkType {
  BsdLoopback = 0,
  Ethernet = 1,
  /** DLT_RAW as some systems wrote it into files. */
  RawIpDlt12 = 12,
  RawIpDlt14 = 14,
  RawIp = 101,
  BsdLoopbackNetworkOrder = 108,
  LinuxCooked = 113,
  RawIpv4 = 228,
  RawIpv6 = 229,
  LinuxCooked2 = 276,
}

/** What an Ethernet header says that it holds. */
export const enum EtherType {
  Ipv4 = 0x0800,
  Vlan = 0x8100,
  Ipv6 = 0x86dd,
  ServiceVlan = 0x88a8,
  OldServiceVlan = 0x9100,
  Mpls = 0x8847,
  MplsUpstream = 0x8848,
  /** Transparent Ethernet bridging: a whole Ethernet frame follows (RFC 1701). */
  Ethernet = 0x6558,
}

const KNOWN: ReadonlySet<number> = new Set<LinkType>([
  LinkType.BsdLoopback,
  LinkType.Ethernet,
  LinkType.RawIpDlt12,
  LinkType.RawIpDlt14,
  LinkType.RawIp,
  LinkType.BsdLoopbackNetworkOrder,
  LinkType.LinuxCooked,
  LinkType.RawIpv4,
  LinkType.RawIpv6,
  LinkType.LinuxCooked2,
]);

export function isKnownLinkType(linkType: number): boolean {
  return KNOWN.has(linkType);
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [6, 'Token Ring'],
  [9, 'PPP'],
  [105, 'IEEE 802.11'],
  [117, 'PF log'],
  [127, 'radiotap'],
  [147, 'user defined 0'],
  [189, 'USB'],
  [195, 'IEEE 802.15.4'],
  [220, 'USB'],
  [239, 'NFLOG'],
  [253, 'netlink'],
]);

export function linkTypeName(linkType: number): string {
  const name = NAMES.get(linkType);
  return name === undefined ? String(linkType) : `${linkType} (${name})`;
}
