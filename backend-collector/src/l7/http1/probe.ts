/**
 * Is this the start of an HTTP/1 message? A request line is a method, a target and a version (RFC 9112 section 3), a status line a
 * version and three digits (section 4). A request is certain only with its version, so that other text protocols are not taken for it.
 */
import { Probe } from '../protocol';

export const MAX_METHOD = 20;
/** A request target longer than what fits here is looked for no further. */
export const MAX_REQUEST_LINE = 16 * 1024;

const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;
const VERSION = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e]; // "HTTP/1."

export function probeHttp1(bytes: Uint8Array, from: number, to: number): Probe {
  const first = bytes[from];
  if (first < 0x41 || first > 0x5a) {
    return Probe.NotOurs;
  }
  if (first === VERSION[0] && (to - from < 2 || bytes[from + 1] === VERSION[1])) {
    return probeStatusLine(bytes, from, to);
  }
  return probeRequestLine(bytes, from, to);
}

function probeStatusLine(bytes: Uint8Array, from: number, to: number): Probe {
  if (!hasVersionAt(bytes, from, to)) {
    return Probe.NotOurs;
  }
  if (to - from < 12) {
    return Probe.Unsure;
  }
  const isStatus =
    isDigit(bytes[from + 7]) &&
    bytes[from + 8] === SPACE &&
    bytes[from + 9] >= 0x31 &&
    bytes[from + 9] <= 0x35 &&
    isDigit(bytes[from + 10]) &&
    isDigit(bytes[from + 11]);
  return isStatus ? Probe.Response : Probe.NotOurs;
}

function probeRequestLine(bytes: Uint8Array, from: number, to: number): Probe {
  let p = from;
  const methodEnd = Math.min(to, from + MAX_METHOD + 1);
  while (p < methodEnd && ((bytes[p] >= 0x41 && bytes[p] <= 0x5a) || bytes[p] === 0x2d || bytes[p] === 0x5f)) {
    p++;
  }
  if (p === to) {
    return p - from <= MAX_METHOD ? Probe.Unsure : Probe.NotOurs;
  }
  if (p - from < 3 || p - from > MAX_METHOD || bytes[p] !== SPACE) {
    return Probe.NotOurs;
  }
  const target = ++p;
  const end = Math.min(to, from + MAX_REQUEST_LINE);
  while (p < end && bytes[p] > SPACE && bytes[p] < 0x7f) {
    p++;
  }
  if (p === end) {
    return p - from < MAX_REQUEST_LINE && isTargetStart(bytes[target], p === target) ? Probe.Unsure : Probe.NotOurs;
  }
  if (p === target || bytes[p] !== SPACE || !hasVersionAt(bytes, p + 1, to)) {
    return Probe.NotOurs;
  }
  if (p + 10 > to) {
    return Probe.Unsure;
  }
  const after = bytes[p + 9];
  return isDigit(bytes[p + 8]) && (after === CR || after === LF) ? Probe.Request : Probe.NotOurs;
}

/** A target begins with "/", "*", or a scheme or host name (RFC 9112 section 3.2). */
function isTargetStart(byte: number, absent: boolean): boolean {
  return absent || byte === 0x2f || byte === 0x2a || byte === 0x5b || isDigit(byte) || (byte >= 0x41 && byte <= 0x7a);
}

/** As much of "HTTP/1." as there is. */
function hasVersionAt(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = 0; i < VERSION.length && from + i < to; i++) {
    if (bytes[from + i] !== VERSION[i]) {
      return false;
    }
  }
  return true;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
