/**
 * The head of a message: start line and the few fields that are needed, read in place. Everything else in it (cookies, credentials,
 * query strings) is never made into text.
 */
import { withoutSessionId } from '../kit/public-path';
import { TRACE_HEADER_NAMES, type TraceHeader, type TraceHeaderValues } from '../kit/trace-context';
import { cachedText } from '../kit/text-cache';
import { letters, viewOf } from '../../wire/words';
import { isDigit, MAX_METHOD, MAX_REQUEST_LINE } from './probe';

export interface RequestLine {
  method: string;
  /** Path without query string, fragment and session id; `host:port` for CONNECT. */
  path: string;
  version: string;
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
const TAB = 0x09;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LETTER_H = 0x48;
const LETTER_T = 0x54;
const UNDERSCORE = 0x5f;
const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const HASH = 0x23;
const DELETE = 0x7f;

/**
 * Place of the next line feed, or `to`. Four bytes at a time: a byte of a word that is zero shows in its highest bit, when 1 is taken from it.
 * (`indexOf` knows no end and would run on through the memory of the packets behind.)
 */
function lineEnd(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let p = from;
  for (; p + 4 <= to; p += 4) {
    const word = view.getInt32(p, true) ^ 0x0a0a0a0a;
    const zeros = (word - 0x01010101) & ~word & 0x80808080;
    if (zeros !== 0) {
      return p + ((31 - Math.clz32(zeros & -zeros)) >> 3);
    }
  }
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

/** The first four letters of the methods that nearly all requests have. */
const GET = letters('GET ');
const POST = letters('POST');
const VERSION_START = letters('HTTP');
const VERSION_MIDDLE = letters('/1.\0');
const THREE_LETTERS = 0xffffff;
/** Of "HTTP/1.1 200", and less than of any request line. */
const MIN_START_LINE = 12;
/** Of a version with the byte behind it: " HTTP/1.1", then CR or LF. */
const VERSION_BYTES = 10;

/**
 * Reads the request line of a whole head into `line`, in one walk. False where it is none: exactly where the probe is not certain of a
 * request (RFC 9112 section 3).
 */
export function readRequestLine(line: RequestLine, bytes: Uint8Array, from: number, to: number): boolean {
  const methodEnd = endOfMethod(bytes, from, to);
  const target = methodEnd + 1;
  if (methodEnd - from < 3 || methodEnd - from > MAX_METHOD || bytes[methodEnd] !== SPACE) {
    return false;
  }
  let p = target;
  let pathEnd = -1;
  let hasParameters = false;
  for (let byte = bytes[p]; p < to && byte > SPACE && byte < DELETE; byte = bytes[++p]) {
    if (pathEnd < 0) {
      if (byte === QUESTION_MARK || byte === HASH) {
        pathEnd = p;
      } else if (byte === SEMICOLON) {
        hasParameters = true;
      }
    }
  }
  if (p === target || p - from >= MAX_REQUEST_LINE || p + VERSION_BYTES > to || !isVersion(bytes, p)) {
    return false;
  }
  line.method = methodText(bytes, from, methodEnd);
  if (line.method === 'CONNECT') {
    line.path = text(bytes, target, p);
  } else if (bytes[target] !== SLASH) {
    line.path = pathOfAbsolute(bytes, target, p);
  } else {
    const path = text(bytes, target, pathEnd < 0 ? p : pathEnd);
    line.path = hasParameters ? withoutSessionId(path) : path;
  }
  line.version = bytes[p + 8] === 0x31 ? '1.1' : text(bytes, p + 6, p + 9);
  return true;
}

function endOfMethod(bytes: Uint8Array, from: number, to: number): number {
  if (bytes[from] === LETTER_H && bytes[from + 1] === LETTER_T) {
    // "HTTP" begins a status line.
    return from;
  }
  let p = from;
  while (p < to && (isCapital(bytes[p]) || (p > from && (bytes[p] === HYPHEN || bytes[p] === UNDERSCORE)))) {
    p++;
  }
  return p;
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

function methodText(bytes: Uint8Array, from: number, to: number): string {
  const word = viewOf(bytes).getInt32(from, true);
  if (word === GET) {
    return 'GET';
  }
  return word === POST && to - from === 4 ? 'POST' : text(bytes, from, to);
}

/** Is " HTTP/1.", a digit and the line's end at `at`? All ten bytes are there. */
function isVersion(bytes: Uint8Array, at: number): boolean {
  const view = viewOf(bytes);
  const after = bytes[at + 9];
  return (
    bytes[at] === SPACE &&
    view.getInt32(at + 1, true) === VERSION_START &&
    (view.getInt32(at + 5, true) & THREE_LETTERS) === VERSION_MIDDLE &&
    isDigit(bytes[at + 8]) &&
    (after === CR || after === LF)
  );
}

/** The path of a target with scheme and host: without these, query, fragment, and without a session id that is written into it. */
function pathOfAbsolute(bytes: Uint8Array, from: number, to: number): string {
  const start = skipAuthority(bytes, from, to);
  let end = start;
  let hasParameters = false;
  while (end < to && bytes[end] !== QUESTION_MARK && bytes[end] !== HASH) {
    hasParameters ||= bytes[end] === SEMICOLON;
    end++;
  }
  if (start === end) {
    return '/';
  }
  const path = text(bytes, start, end);
  return hasParameters ? withoutSessionId(path) : path;
}

/** Place of the path in an absolute target (`http://user@host/path`); `from` where it is not absolute. */
function skipAuthority(bytes: Uint8Array, from: number, to: number): number {
  let colon = from;
  while (colon < to && bytes[colon] !== COLON) {
    colon++;
  }
  if (colon + 2 >= to || bytes[colon + 1] !== SLASH || bytes[colon + 2] !== SLASH) {
    return from;
  }
  let p = colon + 3;
  while (p < to && bytes[p] !== SLASH && bytes[p] !== QUESTION_MARK && bytes[p] !== HASH) {
    p++;
  }
  return p;
}

/** Status code of the status line at `from`, or 0 where it is none: exactly where the probe is not certain of a response. */
export function readStatus(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 12) {
    return 0;
  }
  const view = viewOf(bytes);
  const isStatusLine =
    view.getInt32(from, true) === VERSION_START &&
    (view.getInt32(from + 4, true) & THREE_LETTERS) === VERSION_MIDDLE &&
    isDigit(bytes[from + 7]) &&
    bytes[from + 8] === SPACE &&
    isDigit(bytes[from + 10]) &&
    isDigit(bytes[from + 11]);
  const status = (bytes[from + 9] - 0x30) * 100 + (bytes[from + 10] - 0x30) * 10 + (bytes[from + 11] - 0x30);
  return isStatusLine && status >= 100 && status < 600 ? status : 0;
}

export function emptyFields(): HeadFields {
  return {
    host: undefined,
    contentType: undefined,
    contentLength: -1,
    chunked: false,
    upgrade: undefined,
    trace: undefined,
  };
}

/**
 * Reads the head that begins at `from`, to the blank line that ends it: what is known of its fields goes into `fields`, over what was there.
 * Returns the place after the head, or -1 where `bytes[from … to - 1]` holds not all of it.
 */
export function readFields(fields: HeadFields, bytes: Uint8Array, from: number, to: number): number {
  fields.host = undefined;
  fields.contentType = undefined;
  fields.contentLength = -1;
  fields.chunked = false;
  fields.upgrade = undefined;
  fields.trace = undefined;
  const view = viewOf(bytes);
  // No start line ends before.
  let p = lineEnd(bytes, view, Math.min(from + MIN_START_LINE, to), to) + 1;
  while (p < to) {
    const first = bytes[p];
    if (first === LF) {
      return p + 1;
    }
    if (first === CR && p + 1 < to && bytes[p + 1] === LF) {
      return p + 2;
    }
    const end = lineEnd(bytes, view, p, to);
    const known = KNOWN_BY_LETTER[first];
    for (let i = 0; i < known.length; i++) {
      const field = known[i];
      if (isField(field, bytes, view, p, end)) {
        readField(fields, field.kind, bytes, p + field.length + 1, end);
        break;
      }
    }
    p = end + 1;
  }
  return -1;
}

/** True where `bytes[from … to - 1]` holds the end of a head. */
export function holdsBlankLine(bytes: Uint8Array, from: number, to: number): boolean {
  const view = viewOf(bytes);
  for (let p = lineEnd(bytes, view, from, to) + 1; p < to; p = lineEnd(bytes, view, p, to) + 1) {
    if (bytes[p] === LF || (bytes[p] === CR && p + 1 < to && bytes[p + 1] === LF)) {
      return true;
    }
  }
  return false;
}

type FieldKind = TraceHeader | 'host' | 'upgrade' | 'content-type' | 'content-length' | 'transfer-encoding';

/** A field that is read. Its name with the colon is looked at in words of four letters; the last of them may overlap the one before. */
interface KnownField {
  readonly kind: FieldKind;
  /** Of the name without the colon. */
  readonly length: number;
  /** Places of the words in the name, and what they are once the bits that make no difference are set. */
  readonly places: Uint8Array;
  readonly words: Int32Array;
  /** The bit that distinguishes upper case from lower case, and what lies behind a name that is shorter than a word. */
  readonly ignored: Int32Array;
}

const NO_FIELDS: readonly KnownField[] = [];

/** By the first letter of the name, small or capital: of other fields not another byte is looked at. */
const KNOWN_BY_LETTER: ReadonlyArray<readonly KnownField[]> = byFirstLetter([
  'host',
  'upgrade',
  'content-type',
  'content-length',
  'transfer-encoding',
  ...TRACE_HEADER_NAMES,
]);

function byFirstLetter(kinds: readonly FieldKind[]): ReadonlyArray<readonly KnownField[]> {
  const fields = kinds.map(knownField);
  return Array.from({ length: 256 }, (_, byte) => {
    const letter = String.fromCharCode(byte).toLowerCase();
    const known = fields.filter(({ kind }) => kind[0] === letter);
    return known.length === 0 ? NO_FIELDS : known;
  });
}

function knownField(kind: FieldKind): KnownField {
  const pattern = `${kind}:`;
  const places = Uint8Array.from({ length: Math.ceil(pattern.length / 4) }, (_, i) =>
    Math.max(0, Math.min(4 * i, pattern.length - 4))
  );
  const ignored = Int32Array.from(places, (place) => letters(ignoredBits(pattern, place)));
  const words = Int32Array.from(places, (place, i) => letters(pattern.slice(place).padEnd(4)) | ignored[i]);
  return { kind, length: kind.length, places, words, ignored };
}

/** Hyphens and digits must be just these, as `0x0d | 0x20` is a hyphen, too. */
function ignoredBits(pattern: string, place: number): string {
  return Array.from({ length: 4 }, (_, i) => {
    const letter = pattern[place + i];
    return letter === undefined ? '\xff' : /[a-z]/.test(letter) ? '\x20' : '\0';
  }).join('');
}

function isField(field: KnownField, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
  const colon = from + field.length;
  if (colon >= to || from + 4 > to || bytes[colon] !== COLON) {
    return false;
  }
  const { places, words, ignored } = field;
  for (let i = 0; i < words.length; i++) {
    if ((view.getInt32(from + places[i], true) | ignored[i]) !== words[i]) {
      return false;
    }
  }
  return true;
}

/** @param lineStop place of the line feed */
function readField(fields: HeadFields, kind: FieldKind, bytes: Uint8Array, at: number, lineStop: number): void {
  const from = skipSpace(bytes, at, lineStop);
  const end = trimmedEnd(bytes, from, lineStop);
  switch (kind) {
    case 'host':
      fields.host = text(bytes, from, end);
      return;
    case 'upgrade':
      fields.upgrade = text(bytes, from, end).toLowerCase();
      return;
    case 'content-type':
      fields.contentType = mediaType(bytes, from, end);
      return;
    case 'content-length':
      readContentLength(fields, bytes, from, end);
      return;
    case 'transfer-encoding':
      fields.chunked = /(?:^|[\s,])chunked\s*$/i.test(text(bytes, from, end));
      return;
    default:
      fields.trace ??= {};
      fields.trace[kind] ??= text(bytes, from, end);
  }
}

const MAX_MEDIA_TYPES = 256;
const mediaTypes = new Map<string, string>();

/** Without parameters. There are few, and they come again and again. */
function mediaType(bytes: Uint8Array, from: number, to: number): string {
  const whole = text(bytes, from, to);
  const known = mediaTypes.get(whole);
  if (known !== undefined) {
    return known;
  }
  const type = whole.split(';', 1)[0].trimEnd();
  if (mediaTypes.size < MAX_MEDIA_TYPES) {
    mediaTypes.set(whole, type);
  }
  return type;
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
  while (p < end && (bytes[p] === SPACE || bytes[p] === TAB)) {
    p++;
  }
  return p;
}

/** End without the CR and blanks before it. */
function trimmedEnd(bytes: Uint8Array, from: number, end: number): number {
  let p = end;
  while (p > from && (bytes[p - 1] === CR || bytes[p - 1] === SPACE || bytes[p - 1] === TAB)) {
    p--;
  }
  return p;
}
