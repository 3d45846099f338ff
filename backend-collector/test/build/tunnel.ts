/** Tunnel headers by hand, to be put around packets in any order. */
import { concat, ipv4, ipv6, udp, vxlan } from './packet';

const OUTER = { src: '172.16.0.1', dst: '172.16.0.2' };
const OUTER6 = { src: 'fd00::11', dst: 'fd00::22' };

function u32(n: number): readonly number[] {
  return [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

export function inVxlan(frame: Uint8Array, vni: number): Uint8Array {
  return ipv4(udp(vxlan(frame, vni), 50000, 4789), { ...OUTER, protocol: 17 });
}

/** @param type EtherType of what is inside; `options` a multiple of 4 bytes */
export function inGeneve(inner: Uint8Array, vni: number, type = 0x6558, options = new Uint8Array(0)): Uint8Array {
  const header = Uint8Array.of(options.length / 4, 0, type >> 8, type & 255, ...u32(vni << 8));
  return ipv4(udp(concat(header, options, inner), 50001, 6081), { ...OUTER, protocol: 17 });
}

interface GreOptions {
  readonly key?: number;
  readonly sequence?: number;
  readonly checksum?: boolean;
}

export function inGre(inner: Uint8Array, type: number, o: GreOptions = {}): Uint8Array {
  const flags = (o.checksum ? 0x80 : 0) | (o.key !== undefined ? 0x20 : 0) | (o.sequence !== undefined ? 0x10 : 0);
  const header = Uint8Array.of(
    flags,
    0,
    type >> 8,
    type & 255,
    ...(o.checksum ? [0, 0, 0, 0] : []),
    ...(o.key !== undefined ? u32(o.key) : []),
    ...(o.sequence !== undefined ? u32(o.sequence) : [])
  );
  return ipv4(concat(header, inner), { ...OUTER, protocol: 47 });
}

/** IP in IPv4: of version 4 (IPIP) or 6 (SIT), as the inner packet is. */
export function inIpv4(inner: Uint8Array): Uint8Array {
  return ipv4(inner, { ...OUTER, protocol: inner[0] >> 4 === 6 ? 41 : 4 });
}

export function inIpv6(inner: Uint8Array): Uint8Array {
  return ipv6(inner, { ...OUTER6, protocol: inner[0] >> 4 === 6 ? 41 : 4 });
}

/** A label stack, the outermost label first. */
export function labelled(inner: Uint8Array, ...labels: readonly number[]): Uint8Array {
  const stack = labels.flatMap((label, i) => u32((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64));
  return concat(Uint8Array.from(stack), inner);
}
