/** Packets by hand: every byte of every header, so that a test can break any of them. */

interface EthernetOptions {
  /** VLAN tags, outermost first, as [TPID, TCI]. */
  readonly vlans?: ReadonlyArray<readonly [number, number]>;
  readonly etherType?: number;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function u16(n: number): readonly [number, number] {
  return [(n >>> 8) & 255, n & 255];
}

function u32(n: number): readonly [number, number, number, number] {
  return [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

export function ethernet(payload: Uint8Array, options: EthernetOptions = {}): Uint8Array {
  const tags = (options.vlans ?? []).flatMap(([tpid, tci]) => [...u16(tpid), ...u16(tci)]);
  const type = options.etherType ?? (payload[0] >> 4 === 6 ? 0x86dd : 0x0800);
  return concat(Uint8Array.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, ...tags, ...u16(type)]), payload);
}

export interface IpOptions {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly id?: number;
  /** Total length (IPv4) or payload length (IPv6) to claim instead of the true one. */
  readonly claimedLength?: number;
  /** Flags and offset word of IPv4. */
  readonly fragment?: number;
  /** IPv4 options, a multiple of 4 bytes. */
  readonly options?: Uint8Array;
}

export function ipv4(payload: Uint8Array, o: IpOptions): Uint8Array {
  const options = o.options ?? new Uint8Array(0);
  const headerLength = 20 + options.length;
  const address = (text: string) => text.split('.').map(Number);
  return concat(
    Uint8Array.from([
      0x40 | (headerLength / 4),
      0,
      ...u16(o.claimedLength ?? headerLength + payload.length),
      ...u16(o.id ?? 0),
      ...u16(o.fragment ?? 0x4000),
      64,
      o.protocol,
      0,
      0,
      ...address(o.src),
      ...address(o.dst),
    ]),
    options,
    payload
  );
}

/** `extensions` are whole extension headers; each begins with the number of what follows it. */
export function ipv6(payload: Uint8Array, o: IpOptions, first = o.protocol): Uint8Array {
  return concat(
    Uint8Array.from([0x60, 0, 0, 0, ...u16(o.claimedLength ?? payload.length), first, 64]),
    ipv6Address(o.src),
    ipv6Address(o.dst),
    payload
  );
}

/** `fd00::1` and the like: one `::`, groups in hex. */
function ipv6Address(text: string): Uint8Array {
  const [left, right] = text.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':').map((g) => parseInt(g, 16)) : []);
  const head = groups(left);
  const tail = groups(right);
  const all = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((g) => [...u16(g)]));
}

interface TcpOptions {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack?: number;
  readonly flags: number;
  readonly window?: number;
  readonly checksum?: number;
  /** A multiple of 4 bytes. */
  readonly options?: Uint8Array;
}

export function tcp(payload: Uint8Array, o: TcpOptions): Uint8Array {
  const options = o.options ?? new Uint8Array(0);
  return concat(
    Uint8Array.from([
      ...u16(o.srcPort),
      ...u16(o.dstPort),
      ...u32(o.seq),
      ...u32(o.ack ?? 0),
      (5 + options.length / 4) << 4,
      o.flags,
      ...u16(o.window ?? 65535),
      ...u16(o.checksum ?? 0),
      0,
      0,
    ]),
    options,
    payload
  );
}

export function udp(payload: Uint8Array, srcPort: number, dstPort: number, claimedLength?: number): Uint8Array {
  return concat(
    Uint8Array.from([...u16(srcPort), ...u16(dstPort), ...u16(claimedLength ?? 8 + payload.length), 0, 0]),
    payload
  );
}

export function vxlan(frame: Uint8Array, vni: number): Uint8Array {
  return concat(Uint8Array.from([0x08, 0, 0, 0, (vni >> 16) & 255, (vni >> 8) & 255, vni & 255, 0]), frame);
}
