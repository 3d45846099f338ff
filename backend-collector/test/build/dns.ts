/** DNS messages by hand: every field can be wrong. */
import { ascii, concat } from './packet';

function u16(n: number): Uint8Array {
  return Uint8Array.from([(n >>> 8) & 255, n & 255]);
}

/** Labels parted by dots; "." is the root. */
export function dnsName(text: string): Uint8Array {
  const labels = text === '.' ? [] : text.split('.');
  return concat(...labels.map((label) => concat(Uint8Array.from([label.length]), ascii(label))), Uint8Array.from([0]));
}

interface RecordOptions {
  readonly name?: Uint8Array;
  readonly type: number;
  readonly class?: number;
  readonly ttl?: number;
  readonly data: Uint8Array;
}

/** A resource record; its name is a pointer to the question unless given. */
export function dnsRecord(o: RecordOptions): Uint8Array {
  const ttl = o.ttl ?? 300;
  return concat(
    o.name ?? Uint8Array.from([0xc0, 12]),
    u16(o.type),
    u16(o.class ?? 1),
    u16(Math.floor(ttl / 65536)),
    u16(ttl % 65536),
    u16(o.data.length),
    o.data
  );
}

export function soa(serial: number): Uint8Array {
  const data = concat(dnsName('ns.test'), dnsName('admin.test'), u16(Math.floor(serial / 65536)), u16(serial % 65536));
  return dnsRecord({ type: 6, data: concat(data, new Uint8Array(16)) });
}

export interface MessageOptions {
  readonly id?: number;
  readonly name?: string;
  readonly type?: number;
  readonly class?: number;
  /** Second word of the head: 0x0100 is a query that wants recursion, 0x8180 its answer. */
  readonly flags?: number;
  readonly questions?: number;
  readonly answers?: readonly Uint8Array[];
  readonly authority?: readonly Uint8Array[];
  readonly additional?: readonly Uint8Array[];
}

export function dnsMessage(o: MessageOptions = {}): Uint8Array {
  const questions = o.questions ?? 1;
  const question = concat(dnsName(o.name ?? 'shop.example'), u16(o.type ?? 1), u16(o.class ?? 1));
  const sections = [o.answers ?? [], o.authority ?? [], o.additional ?? []];
  return concat(
    u16(o.id ?? 0x1234),
    u16(o.flags ?? 0x0100),
    u16(questions),
    ...sections.map((section) => u16(section.length)),
    ...new Array<Uint8Array>(questions).fill(question),
    ...sections.flat()
  );
}

export const ANSWER = 0x8180;

export function address(...bytes: readonly number[]): Uint8Array {
  return dnsRecord({ type: bytes.length === 4 ? 1 : 28, data: Uint8Array.from(bytes) });
}

/** As it goes over TCP: behind its length. */
export function framed(message: Uint8Array): Uint8Array {
  return concat(u16(message.length), message);
}
