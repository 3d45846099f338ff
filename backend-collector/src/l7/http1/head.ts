/**
 * The head of a message: start line and the few fields that are needed, read in place. Everything else in it (cookies, credentials,
 * query strings) is never made into text.
 */
import { publicPath } from '../public-path';
import { TRACE_HEADER_NAMES, type TraceHeader, type TraceHeaderValues } from '../trace-context';
import { cachedText } from '../text-cache';

export interface RequestHead {
  readonly method: string;
  /** Path without query string, fragment and session id; `host:port` for CONNECT. */
  readonly path: string;
  readonly version: string;
}

export interface StatusLine {
  readonly status: number;
  readonly version: string;
}

/** Fields of a head. `contentLength` is -1 where absent, -2 where it makes no sense (RFC 9112 section 6.3). */
export interface HeadFields {
  host: string | undefined;
  contentType: string | undefined;
  contentLength: number;
  chunked: boolean;
  /** In lower case. */
  upgrade: string | undefined;
  trace: TraceHeaderValues | undefined;
}

/** Longest text taken from a head. A longer path is cut; records stay small whatever is sent. */
const MAX_TEXT = 1024;

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/** Place after the blank line that ends a head in `bytes[from … to - 1]`, or -1. */
export function findHeadEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let p = lineEnd(bytes, from, to); p < to; p = lineEnd(bytes, p + 1, to)) {
    const next = p + 1;
    if (next < to && bytes[next] === LF) {
      return next + 1;
    }
    if (next + 1 < to && bytes[next] === CR && bytes[next + 1] === LF) {
      return next + 2;
    }
  }
  return -1;
}

/** A loop, since `indexOf` knows no end and would run on through the memory of the packets behind. */
function lineEnd(bytes: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && bytes[p] !== LF) {
    p++;
  }
  return p;
}

function text(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, from + MAX_TEXT);
  const known = cachedText(bytes, from, end);
  if (known !== undefined) {
    return known;
  }
  let out = '';
  for (let i = from; i < end; i++) {
    const byte = bytes[i];
    // Control bytes and what is not ASCII are shown as escapes: a record must not carry raw terminal codes.
    out += byte >= 0x20 && byte < 0x7f ? ASCII[byte] : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }
  return out;
}

const ASCII: readonly string[] = Array.from({ length: 128 }, (_, i) => String.fromCharCode(i));

/** Reads a request line that the probe found certain. Undefined where it is none. */
export function readRequestLine(bytes: Uint8Array, from: number, to: number): RequestHead | undefined {
  const end = trimmedEnd(bytes, from, lineEnd(bytes, from, to));
  let methodEnd = from;
  while (methodEnd < end && bytes[methodEnd] !== SPACE) {
    methodEnd++;
  }
  const target = methodEnd + 1;
  let targetEnd = target;
  while (targetEnd < end && bytes[targetEnd] !== SPACE) {
    targetEnd++;
  }
  if (end - targetEnd !== 9) {
    return undefined;
  }
  const method = text(bytes, from, methodEnd);
  const path = method === 'CONNECT' ? text(bytes, target, targetEnd) : pathOf(bytes, target, targetEnd);
  return { method, path, version: text(bytes, end - 3, end) };
}

/** A target's path: without scheme, user, host, query, fragment, and without a session id that is written into it. */
function pathOf(bytes: Uint8Array, from: number, to: number): string {
  let start = from;
  if (bytes[from] !== 0x2f) {
    start = skipAuthority(bytes, from, to);
  }
  let end = start;
  while (end < to && bytes[end] !== 0x3f && bytes[end] !== 0x23) {
    end++;
  }
  if (start === end) {
    return '/';
  }
  return publicPath(text(bytes, start, end));
}

/** Place of the path in an absolute target (`http://user@host/path`); `from` where it is no absolute one. */
function skipAuthority(bytes: Uint8Array, from: number, to: number): number {
  let colon = from;
  while (colon < to && bytes[colon] !== COLON) {
    colon++;
  }
  if (colon + 2 >= to || bytes[colon + 1] !== 0x2f || bytes[colon + 2] !== 0x2f) {
    return from;
  }
  let p = colon + 3;
  while (p < to && bytes[p] !== 0x2f && bytes[p] !== 0x3f && bytes[p] !== 0x23) {
    p++;
  }
  return p;
}

export function readStatusLine(bytes: Uint8Array, from: number, to: number): StatusLine | undefined {
  if (to - from < 12) {
    return undefined;
  }
  const status = (bytes[from + 9] - 0x30) * 100 + (bytes[from + 10] - 0x30) * 10 + (bytes[from + 11] - 0x30);
  return status >= 100 && status < 600 ? { status, version: text(bytes, from + 5, from + 8) } : undefined;
}

/** Reads the fields after the start line of the head `bytes[from … to - 1]`. */
export function readFields(bytes: Uint8Array, from: number, to: number): HeadFields {
  const fields: HeadFields = {
    host: undefined,
    contentType: undefined,
    contentLength: -1,
    chunked: false,
    upgrade: undefined,
    trace: undefined,
  };
  let p = lineEnd(bytes, from, to) + 1;
  while (p < to) {
    const end = lineEnd(bytes, p, to);
    readField(fields, bytes, p, end);
    p = end + 1;
  }
  return fields;
}

/** Field names are told by length first; of the others not a byte is looked at. */
function readField(fields: HeadFields, bytes: Uint8Array, from: number, end: number): void {
  let colon = from;
  while (colon < end && bytes[colon] !== COLON) {
    colon++;
  }
  if (colon === end) {
    return;
  }
  const valueStart = skipSpace(bytes, colon + 1, end);
  const valueEnd = trimmedEnd(bytes, valueStart, end);
  switch (colon - from) {
    case 4:
      if (isName(bytes, from, 'host')) {
        fields.host = text(bytes, valueStart, valueEnd);
      }
      return;
    case 7:
      if (isName(bytes, from, 'upgrade')) {
        fields.upgrade = text(bytes, valueStart, valueEnd).toLowerCase();
      }
      return;
    case 12:
      if (isName(bytes, from, 'content-type')) {
        fields.contentType = text(bytes, valueStart, valueEnd).split(';', 1)[0].trim();
        return;
      }
      break;
    case 14:
      if (isName(bytes, from, 'content-length')) {
        readContentLength(fields, bytes, valueStart, valueEnd);
      }
      return;
    case 17:
      if (isName(bytes, from, 'transfer-encoding')) {
        fields.chunked = /(?:^|[\s,])chunked\s*$/i.test(text(bytes, valueStart, valueEnd));
      }
      return;
  }
  readTraceHeader(fields, bytes, from, colon - from, valueStart, valueEnd);
}

/** Names of trace headers by their length. */
const TRACE_HEADERS: ReadonlyArray<readonly TraceHeader[] | undefined> = Array.from({ length: 20 }, (_, length) => {
  const names = TRACE_HEADER_NAMES.filter((name) => name.length === length);
  return names.length === 0 ? undefined : names;
});

function readTraceHeader(
  fields: HeadFields,
  bytes: Uint8Array,
  from: number,
  length: number,
  valueStart: number,
  valueEnd: number
): void {
  for (const name of TRACE_HEADERS[length] ?? []) {
    if (isName(bytes, from, name)) {
      fields.trace ??= {};
      fields.trace[name] ??= text(bytes, valueStart, valueEnd);
    }
  }
}

function isName(bytes: Uint8Array, from: number, lowerCaseName: string): boolean {
  for (let i = 0; i < lowerCaseName.length; i++) {
    if ((bytes[from + i] | 0x20) !== (lowerCaseName.charCodeAt(i) | 0x20)) {
      return false;
    }
  }
  return true;
}

function readContentLength(fields: HeadFields, bytes: Uint8Array, from: number, to: number): void {
  let n = to > from && to - from <= 15 ? 0 : -2;
  for (let i = from; i < to && n >= 0; i++) {
    n = bytes[i] >= 0x30 && bytes[i] <= 0x39 ? n * 10 + bytes[i] - 0x30 : -2;
  }
  // Two different lengths make the message unreadable (RFC 9112 section 6.3, 5).
  fields.contentLength = fields.contentLength === -1 || fields.contentLength === n ? n : -2;
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let p = from;
  while (p < end && (bytes[p] === SPACE || bytes[p] === 0x09)) {
    p++;
  }
  return p;
}

/** End without the CR and blanks before it. */
function trimmedEnd(bytes: Uint8Array, from: number, end: number): number {
  let p = end;
  while (p > from && (bytes[p - 1] === CR || bytes[p - 1] === SPACE || bytes[p - 1] === 0x09)) {
    p--;
  }
  return p;
}
