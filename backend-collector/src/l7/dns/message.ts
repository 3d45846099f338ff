/**
 * A DNS message (RFC 1035 section 4), as much of it as a record needs: the head, the first question, the addresses of the answer, the
 * extended code of EDNS (RFC 6891). Signatures and keys (TSIG, TKEY) are records like others: passed over by their length.
 *
 * What is cut (by the capture, or by the sender) is data: the head and the question are there or the message is none; after
 * them reading stops where the bytes do, and the counts are the head's.
 */
import { addressText } from './address';
import { CLASS_IN, RecordType } from './codes';
import { readName, skipName } from './name';

export const HEADER_BYTES = 12;
const MAX_ADDRESSES = 8;
/** Records looked at in one message; a transfer's message may hold thousands. */
const MAX_RECORDS = 4096;

export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  /** With the upper bits of EDNS, where it is used. */
  readonly rcode: number;
  /** As `dig` prints them: `aa tc rd ra ad cd`, separated by blanks; and `qu`, the wish for a unicast answer (RFC 6762 section 5.4). */
  readonly flags: string;
  readonly questions: number;
  readonly answers: number;
  /** Of the first question; of the first answer, where nothing is asked. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Of A and AAAA answers, the first eight. */
  readonly addresses: readonly string[];
  /** Where an answer begins or ends with a SOA record (a zone transfer): its serial number. */
  readonly firstSerial: number | undefined;
  readonly lastSerial: number | undefined;
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** Reads the message `bytes[from … to - 1]`. Undefined where it is none. */
export function readMessage(bytes: Uint8Array, from: number, to: number): DnsMessage | undefined {
  if (to - from < HEADER_BYTES) {
    return undefined;
  }
  const questions = u16(bytes, from + 4);
  const answers = u16(bytes, from + 6);
  let at = from + HEADER_BYTES;
  let name = '';
  let type = 0;
  let qclass = CLASS_IN;
  let unicast = false;
  if (questions > 0 || answers > 0) {
    const first = readName(bytes, from, at, to);
    if (first === undefined || first.next + 4 > to) {
      return undefined;
    }
    name = first.text;
    type = u16(bytes, first.next);
    qclass = u16(bytes, first.next + 2);
    // The top bit of mDNS: a unicast answer is welcome (of a question), or old records are to be forgotten (of an answer).
    unicast = questions > 0 && qclass >= 0x8000;
    qclass &= 0x7fff;
    for (let i = 0; i < questions && at >= 0 && i < MAX_RECORDS; i++) {
      at = skipName(bytes, at, to);
      at = at < 0 || at + 4 > to ? -1 : at + 4;
    }
  }
  const records = readRecords(bytes, from, at, to);
  return {
    id: u16(bytes, from),
    isResponse: (bytes[from + 2] & 0x80) !== 0,
    opcode: (bytes[from + 2] >> 3) & 0x0f,
    rcode: (bytes[from + 3] & 0x0f) | records.extendedRcode,
    flags: flagsText(bytes, from, unicast),
    questions,
    answers,
    name,
    type,
    class: qclass,
    addresses: records.addresses,
    firstSerial: records.firstSerial,
    lastSerial: records.lastSerial,
  };
}

interface Records {
  readonly addresses: string[];
  extendedRcode: number;
  firstSerial: number | undefined;
  lastSerial: number | undefined;
}

/** @param at place after the questions; -1 where they could not be read */
function readRecords(bytes: Uint8Array, from: number, at: number, to: number): Records {
  const found: Records = { addresses: [], extendedRcode: 0, firstSerial: undefined, lastSerial: undefined };
  const answers = u16(bytes, from + 6);
  const additional = answers + u16(bytes, from + 8);
  const all = Math.min(additional + u16(bytes, from + 10), MAX_RECORDS);
  let p = at;
  for (let i = 0; i < all && p >= 0 && p < to; i++) {
    const fixed = skipName(bytes, p, to);
    if (fixed < 0 || fixed + 10 > to) {
      break;
    }
    const data = fixed + 10;
    const next = data + u16(bytes, fixed + 8);
    const type = u16(bytes, fixed);
    if (next > to) {
      break;
    }
    if (i < answers) {
      readAnswer(found, bytes, data, next, type);
      const serial = type === RecordType.Soa ? soaSerial(bytes, data, next) : undefined;
      found.firstSerial = i === 0 ? serial : found.firstSerial;
      found.lastSerial = i > 0 || answers === 1 ? serial : undefined;
    } else if (i >= additional && type === RecordType.Opt) {
      found.extendedRcode = bytes[fixed + 4] << 4;
    }
    p = next;
  }
  return found;
}

function readAnswer(found: Records, bytes: Uint8Array, data: number, end: number, type: number): void {
  const size = end - data;
  if (
    found.addresses.length < MAX_ADDRESSES &&
    ((type === RecordType.A && size === 4) || (type === RecordType.Aaaa && size === 16))
  ) {
    found.addresses.push(addressText(bytes, data, size));
  }
}

/** The serial stands after two names (RFC 1035 section 3.3.13). */
function soaSerial(bytes: Uint8Array, data: number, end: number): number | undefined {
  const second = skipName(bytes, data, end);
  const at = second < 0 ? -1 : skipName(bytes, second, end);
  return at < 0 || at + 4 > end ? undefined : u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
}

const FLAGS: ReadonlyArray<readonly [number, string]> = [
  [0x0400, 'aa'],
  [0x0200, 'tc'],
  [0x0100, 'rd'],
  [0x0080, 'ra'],
  [0x0020, 'ad'],
  [0x0010, 'cd'],
];

function flagsText(bytes: Uint8Array, from: number, unicast: boolean): string {
  const word = u16(bytes, from + 2);
  const set = FLAGS.filter(([bit]) => (word & bit) !== 0).map(([, name]) => name);
  return (unicast ? [...set, 'qu'] : set).join(' ');
}
