/**
 * Is this a DNS message? By content, on any port: a head that makes sense, one question with a name, a registered type and class, and
 * records that fill the message to its last byte. On the ports of DNS the question is enough.
 */
import { Probe } from '../protocol';
import { isKnownClass, isKnownType, Opcode } from './codes';
import { HEADER_BYTES } from './message';
import { skipName } from './name';

/** Root name, type, class. */
const MIN_QUESTION = 5;
const MIN_MESSAGE = HEADER_BYTES + MIN_QUESTION;
/** Before each message over TCP. */
export const LENGTH_BYTES = 2;

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** True where the fixed part may be one of DNS: two dozen bits that other protocols seldom have right. */
function isPlausibleHead(bytes: Uint8Array, from: number): boolean {
  const opcode = (bytes[from + 2] >> 3) & 0x0f;
  const isResponse = (bytes[from + 2] & 0x80) !== 0;
  // Asking for nothing known, or with an error code; the bit that must be zero; not exactly one question.
  if (
    (opcode !== Opcode.Query && opcode !== Opcode.Notify && opcode !== Opcode.Update) ||
    (bytes[from + 3] & 0x40) !== 0 ||
    u16(bytes, from + 4) !== 1
  ) {
    return false;
  }
  if (isResponse) {
    return (bytes[from + 3] & 0x0f) <= 10;
  }
  // A query: no answer, not authoritative, no recursion available, no error; one authority record in an IXFR.
  return (
    (bytes[from + 3] & 0x8f) === 0 &&
    (opcode !== Opcode.Query || ((bytes[from + 2] & 0x04) === 0 && u16(bytes, from + 6) === 0)) &&
    (opcode === Opcode.Update || u16(bytes, from + 8) <= 1) &&
    (opcode === Opcode.Update || u16(bytes, from + 10) <= 4)
  );
}

/** Place after the only question, or -1 where there is none that is known. */
function afterQuestion(bytes: Uint8Array, from: number, to: number): number {
  const at = from + HEADER_BYTES;
  // A question's name has nothing before it that a pointer could lead to.
  const next = at < to && bytes[at] < 0xc0 ? skipName(bytes, at, to) : -1;
  return next >= 0 && next + 4 <= to && isKnownType(u16(bytes, next)) && isKnownClass(u16(bytes, next + 2))
    ? next + 4
    : -1;
}

/** Probes a whole message, wherever it was sent. */
export function probeMessage(bytes: Uint8Array, from: number, to: number): Probe {
  if (to - from < MIN_MESSAGE || !isPlausibleHead(bytes, from)) {
    return Probe.NotOurs;
  }
  let p = afterQuestion(bytes, from, to);
  const records = u16(bytes, from + 6) + u16(bytes, from + 8) + u16(bytes, from + 10);
  for (let i = 0; i < records && p >= 0; i++) {
    const fixed = skipName(bytes, p, to);
    p = fixed < 0 || fixed + 10 > to ? -1 : fixed + 10 + u16(bytes, fixed + 8);
    p = p > to ? -1 : p;
  }
  return p === to ? requestOrResponse(bytes, from) : Probe.NotOurs;
}

/** Probes a message that was sent to or from a port of DNS: there, unknown types, several questions or none are DNS too. */
export function probeOnOwnPort(bytes: Uint8Array, from: number, to: number): Probe {
  if (to - from < HEADER_BYTES || u16(bytes, from + 4) > 255) {
    return Probe.NotOurs;
  }
  const opcode = (bytes[from + 2] >> 3) & 0x0f;
  if (opcode > Opcode.StatefulOperations || opcode === 1 || opcode === 3) {
    return Probe.NotOurs;
  }
  if (u16(bytes, from + 4) > 0 && skipName(bytes, from + HEADER_BYTES, to) < 0) {
    return Probe.NotOurs;
  }
  return requestOrResponse(bytes, from);
}

/** Probes a stream over TCP: certain with a question of a known type behind a length that fits it. */
export function probeStream(bytes: Uint8Array, from: number, to: number): Probe {
  const size = to - from;
  const start = from + LENGTH_BYTES;
  if (size < LENGTH_BYTES + HEADER_BYTES) {
    return probeBeginning(bytes, from, to);
  }
  const length = (bytes[from] << 8) | bytes[from + 1];
  if (length < MIN_MESSAGE || !isPlausibleHead(bytes, start)) {
    return Probe.NotOurs;
  }
  const end = Math.min(to, start + length);
  if (afterQuestion(bytes, start, end) >= 0) {
    return requestOrResponse(bytes, start);
  }
  return end < start + length && size < LENGTH_BYTES + HEADER_BYTES + 260 ? Probe.Unsure : Probe.NotOurs;
}

/**
 * Less than a head: many stubs send the length by itself. Nobody asks in 4 KiB or more there, so its first byte is small; then come the
 * id, and flags and a count that are those of a question.
 */
function probeBeginning(bytes: Uint8Array, from: number, to: number): Probe {
  const size = to - from;
  const fits =
    bytes[from] < 0x10 &&
    (size < 2 || ((bytes[from] << 8) | bytes[from + 1]) >= MIN_MESSAGE) &&
    (size < 5 || (bytes[from + 4] & 0xd4) === 0) &&
    (size < 6 || (bytes[from + 5] & 0xcf) === 0) &&
    (size < 7 || bytes[from + 6] === 0) &&
    (size < 8 || bytes[from + 7] === 1);
  return fits ? Probe.Unsure : Probe.NotOurs;
}

function requestOrResponse(bytes: Uint8Array, from: number): Probe {
  return (bytes[from + 2] & 0x80) === 0 ? Probe.Request : Probe.Response;
}
