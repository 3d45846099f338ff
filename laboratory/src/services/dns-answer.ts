/**
 * A name server that knows one name (RFC 1035): answers an A query for it with one address, for anything else of it with no
 * data, and all other names with NXDOMAIN. Malformed datagrams get no answer.
 */
const HEADER_BYTES = 12;
const FLAG_RESPONSE = 0x8000;
const FLAG_AUTHORITATIVE = 0x0400;
const FLAG_RECURSION_DESIRED = 0x0100;
const RCODE_NAME_ERROR = 3;
const TYPE_A = 1;
const CLASS_IN = 1;
/** A compression pointer to the name in the question, which follows the header. */
const NAME_OF_QUESTION = 0xc000 | HEADER_BYTES;
const TTL_SECONDS = 5;

export interface Zone {
  readonly name: string;
  readonly ip: string;
}

export function answerQuery(query: Buffer, zone: Zone): Buffer | null {
  if (query.length < HEADER_BYTES || query.readUInt16BE(2) & FLAG_RESPONSE || query.readUInt16BE(4) !== 1) {
    return null;
  }
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63 || at + 1 + length > query.length) {
      return null;
    }
    at += 1 + length;
    if (length === 0) {
      break;
    }
    labels.push(query.toString('latin1', at - length, at).toLowerCase());
  }
  if (at + 4 > query.length) {
    return null;
  }
  const known = labels.join('.') === zone.name;
  const hasAddress = known && query.readUInt16BE(at) === TYPE_A && query.readUInt16BE(at + 2) === CLASS_IN;
  const question = query.subarray(HEADER_BYTES, at + 4);

  const header = Buffer.alloc(HEADER_BYTES);
  const recursionDesired = query.readUInt16BE(2) & FLAG_RECURSION_DESIRED;
  const rcode = known ? 0 : RCODE_NAME_ERROR;
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(FLAG_RESPONSE | FLAG_AUTHORITATIVE | recursionDesired | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAddress ? 1 : 0, 6);
  if (!hasAddress) {
    return Buffer.concat([header, question]);
  }
  const answer = Buffer.alloc(16);
  answer.writeUInt16BE(NAME_OF_QUESTION, 0);
  answer.writeUInt16BE(TYPE_A, 2);
  answer.writeUInt16BE(CLASS_IN, 4);
  answer.writeUInt32BE(TTL_SECONDS, 6);
  answer.writeUInt16BE(4, 10);
  zone.ip.split('.').forEach((byte, i) => answer.writeUInt8(Number(byte), 12 + i));
  return Buffer.concat([header, question, answer]);
}
