/**
 * A client's first message has a version or a code that nothing else has. In the middle of a connection a query is known by a length that
 * fits the segment and an SQL verb, a pipeline by its Sync at the end, a response by its ReadyForQuery at the end.
 */
import { Probe } from '../protocol';
import { beginsStatement } from '../kit/sql-statement';
import {
  afterText,
  firstBodyLength,
  FIRST_HEAD,
  isChain,
  isTypeOf,
  typeCode,
  typedBodyLength,
  TYPED_HEAD,
} from './messages';

const QUERY = typeCode('Q');
const PARSE = typeCode('P');
const SYNC = typeCode('S');
const READY = typeCode('Z');

export function probePostgresql(bytes: Uint8Array, from: number, to: number): Probe {
  const size = to - from;
  if (bytes[from] === 0) {
    return probeFirst(bytes, from, to);
  }
  if (size < TYPED_HEAD + 1 || bytes[from + 1] !== 0) {
    return Probe.NotOurs;
  }
  if (isQuery(bytes, from, to) || isPipeline(bytes, from, to)) {
    return Probe.Request;
  }
  return isWholeResponse(bytes, from, to) ? Probe.Response : Probe.NotOurs;
}

/** Length and code: eight bytes. */
function probeFirst(bytes: Uint8Array, from: number, to: number): Probe {
  const size = to - from;
  if (size >= FIRST_HEAD) {
    return firstBodyLength(bytes, from) >= 0 ? Probe.Request : Probe.NotOurs;
  }
  const isCut =
    (size < 2 || bytes[from + 1] === 0) &&
    (size < 3 || bytes[from + 2] < 0x28) &&
    (size < 5 || (bytes[from + 4] === 0 && (size < 6 || bytes[from + 5] === 3)) || isCode(bytes, from, size));
  return isCut ? Probe.Unsure : Probe.NotOurs;
}

function isCode(bytes: Uint8Array, from: number, size: number): boolean {
  return bytes[from + 4] === 0x04 && (size < 6 || bytes[from + 5] === 0xd2) && (size < 7 || bytes[from + 6] === 0x16);
}

function isQuery(bytes: Uint8Array, from: number, to: number): boolean {
  return (
    bytes[from] === QUERY &&
    typedBodyLength(true, bytes, from) === to - from - TYPED_HEAD &&
    bytes[to - 1] === 0 &&
    beginsStatement(bytes, from + TYPED_HEAD, to, 'postgresql')
  );
}

function isPipeline(bytes: Uint8Array, from: number, to: number): boolean {
  if (!isTypeOf(true, bytes[from]) || !isChain(true, bytes, from, to)) {
    return false;
  }
  if (endsWith(bytes, from, to, SYNC, 4, 5)) {
    return true;
  }
  return bytes[from] === PARSE && beginsStatement(bytes, afterText(bytes, from + TYPED_HEAD, to), to, 'postgresql');
}

function isWholeResponse(bytes: Uint8Array, from: number, to: number): boolean {
  const state = bytes[to - 1];
  const isState = state === typeCode('I') || state === typeCode('T') || state === typeCode('E');
  return isState && endsWith(bytes, from, to, READY, 5, 6) && isChain(false, bytes, from, to);
}

function endsWith(bytes: Uint8Array, from: number, to: number, type: number, length: number, size: number): boolean {
  const at = to - size;
  return at >= from && bytes[at] === type && typedBodyLength(type === SYNC, bytes, at) === length - 4;
}
