/** IP (RFC 791, RFC 8200), TCP (RFC 9293) and UDP (RFC 768) headers, big-endian as on the wire. */

interface IpFields {
  /** As text; anything but an address becomes the unspecified one. */
  readonly from: string;
  readonly to: string;
  readonly protocol: 6 | 17;
  /** Bytes behind this header. */
  readonly payload: number;
}

const TTL = 64;
const MAX_IP_LENGTH = 0xffff;

export function ipHeader(fields: IpFields): Uint8Array {
  const [from, to] = [ipBytes(fields.from), ipBytes(fields.to)];
  return from.length === 16 || to.length === 16 ? ipv6Header(fields, from, to) : ipv4Header(fields, from, to);
}

function ipv4Header({ protocol, payload }: IpFields, from: Uint8Array, to: Uint8Array): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  header[0] = 0x45;
  // Super-segments are longer than the field can say; 0 then, as the kernel writes it for TSO.
  view.setUint16(2, payload + 20 > MAX_IP_LENGTH ? 0 : payload + 20);
  view.setUint16(6, 0x4000);
  header[8] = TTL;
  header[9] = protocol;
  header.set(from, 12);
  header.set(to, 16);
  view.setUint16(10, checksum(view));
  return header;
}

function ipv6Header({ protocol, payload }: IpFields, from: Uint8Array, to: Uint8Array): Uint8Array {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  header[0] = 0x60;
  view.setUint16(4, payload > MAX_IP_LENGTH ? 0 : payload);
  header[6] = protocol;
  header[7] = TTL;
  header.set(mapped(from), 8);
  header.set(mapped(to), 24);
  return header;
}

/** An IPv4 address within IPv6, RFC 4291 section 2.5.5.2. */
function mapped(address: Uint8Array): Uint8Array {
  if (address.length === 16) {
    return address;
  }
  const long = new Uint8Array(16);
  long.set([0xff, 0xff], 10);
  long.set(address, 12);
  return long;
}

function checksum(header: DataView): number {
  let sum = 0;
  for (let at = 0; at < header.byteLength; at += 2) {
    sum += header.getUint16(at);
  }
  while (sum > 0xffff) {
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return ~sum & 0xffff;
}

interface Ports {
  readonly from: number;
  readonly to: number;
}

interface TcpFields {
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** As in the field, not scaled. */
  readonly window: number;
  /** RFC 7323, for a SYN. */
  readonly windowScale: number | undefined;
}

export function tcpHeader(ports: Ports, fields: TcpFields): Uint8Array {
  const header = new Uint8Array(fields.windowScale === undefined ? 20 : 24);
  const view = new DataView(header.buffer);
  view.setUint16(0, ports.from);
  view.setUint16(2, ports.to);
  view.setUint32(4, fields.seq);
  view.setUint32(8, fields.ack);
  header[12] = (header.length / 4) << 4;
  header[13] = fields.flags;
  view.setUint16(14, fields.window);
  if (fields.windowScale !== undefined) {
    header.set([1, 3, 3, fields.windowScale], 20);
  }
  return header;
}

export function udpHeader(ports: Ports, payload: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, ports.from);
  view.setUint16(2, ports.to);
  view.setUint16(4, Math.min(0xffff, payload + 8));
  return new Uint8Array(view.buffer);
}

/** The bytes of an address in text: 4 or 16; anything else becomes 0.0.0.0. */
function ipBytes(text: string): Uint8Array {
  return (text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)) ?? new Uint8Array(4);
}

function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : NaN));
  return parts.length === 4 && parts.every((part) => part <= 255) ? Uint8Array.from(parts) : undefined;
}

/** RFC 4291 section 2.2. */
function ipv6Bytes(text: string): Uint8Array | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail ? ipv4Bytes(tail[2]) : undefined;
  const plain =
    tail && v4 ? `${tail[1]}${((v4[0] << 8) | v4[1]).toString(16)}:${((v4[2] << 8) | v4[3]).toString(16)}` : text;
  const halves = plain.split('::');
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) {
    return undefined;
  }
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(rest ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return undefined;
  }
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >>> 8, parseInt(group, 16) & 0xff]));
}
