/**
 * A walk over the fields of one JSON object, in order, that keeps the text of numbers as written and reports the fields
 * before a malformed place. It accepts what Loki's parser accepts: values are delimited, not validated (RFC 8259).
 */
export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

type JsonScanResult =
  { readonly kind: 'done' } | { readonly kind: 'stopped' } | { readonly kind: 'error'; readonly reason: string };

/** Return true to stop the walk. `raw` is the text of the value; a string's without its quotes, escapes untouched. */
type JsonFieldVisitor = (key: string, raw: string, type: JsonType) => boolean | void;

const DONE: JsonScanResult = { kind: 'done' };
const STOPPED: JsonScanResult = { kind: 'stopped' };
type ScanError = Extract<JsonScanResult, { readonly kind: 'error' }>;

const failed = (reason: string): ScanError => ({ kind: 'error', reason });

const MALFORMED_OBJECT = failed("Value looks like object, but can't find closing '}' symbol");
const MALFORMED_ARRAY = failed("Value is array, but can't find closing ']' symbol");
const MALFORMED_STRING = failed("Value is string, but can't find closing '\"' symbol");
const MALFORMED_JSON = failed('Malformed JSON error');
const UNKNOWN_TYPE = failed('Unknown value type');

export function scanJsonObject(text: string, visit: JsonFieldVisitor): JsonScanResult {
  let at = skipSpace(text, 0);
  if (text[at] !== '{') {
    return MALFORMED_OBJECT;
  }
  at = skipSpace(text, at + 1);
  if (at === text.length) {
    return MALFORMED_JSON;
  }
  while (at < text.length) {
    if (text[at] === '}') {
      return DONE;
    }
    if (text[at] !== '"') {
      return MALFORMED_OBJECT;
    }
    const keyEnd = stringEnd(text, at + 1);
    if (keyEnd === -1) {
      return MALFORMED_JSON;
    }
    const key = unescapeJson(text.slice(at + 1, keyEnd));
    at = skipSpace(text, keyEnd + 1);
    if (text[at] !== ':') {
      return MALFORMED_JSON;
    }
    at = skipSpace(text, at + 1);
    const value = readValue(text, at);
    if (value.kind === 'error') {
      return value;
    }
    if (visit(key, value.raw, value.type) === true) {
      return STOPPED;
    }
    at = skipSpace(text, value.end);
    if (at === text.length) {
      return MALFORMED_ARRAY;
    }
    if (text[at] === '}') {
      return DONE;
    }
    if (text[at] !== ',') {
      return MALFORMED_OBJECT;
    }
    at = skipSpace(text, at + 1);
  }
  return MALFORMED_ARRAY;
}

/** The elements of a JSON array, until `visit` returns true or the array ends. */
export function scanJsonArray(
  text: string,
  visit: (index: number, raw: string, type: JsonType) => boolean | void
): void {
  let at = skipSpace(text, 0);
  if (text[at] !== '[') {
    return;
  }
  at = skipSpace(text, at + 1);
  for (let index = 0; at < text.length && text[at] !== ']'; index++) {
    const value = readValue(text, at);
    if (value.kind === 'error' || visit(index, value.raw, value.type) === true) {
      return;
    }
    at = skipSpace(text, value.end);
    if (text[at] !== ',') {
      return;
    }
    at = skipSpace(text, at + 1);
  }
}

type Value = { readonly kind: 'value'; readonly raw: string; readonly type: JsonType; readonly end: number };

function readValue(text: string, at: number): Value | ScanError {
  switch (text[at]) {
    case undefined:
      return MALFORMED_JSON;
    case '"': {
      const end = stringEnd(text, at + 1);
      return end === -1
        ? MALFORMED_STRING
        : { kind: 'value', raw: text.slice(at + 1, end), type: 'string', end: end + 1 };
    }
    case '{': {
      const end = blockEnd(text, at, '{', '}');
      return end === -1 ? MALFORMED_OBJECT : { kind: 'value', raw: text.slice(at, end), type: 'object', end };
    }
    case '[': {
      const end = blockEnd(text, at, '[', ']');
      return end === -1 ? MALFORMED_ARRAY : { kind: 'value', raw: text.slice(at, end), type: 'array', end };
    }
    default: {
      const end = tokenEnd(text, at);
      const raw = text.slice(at, end);
      const type = tokenType(raw);
      return type === undefined ? UNKNOWN_TYPE : { kind: 'value', raw, type, end };
    }
  }
}

function tokenType(raw: string): JsonType | undefined {
  if (raw === 'true' || raw === 'false') {
    return 'boolean';
  }
  if (raw === 'null') {
    return 'null';
  }
  return /^[-\d]/.test(raw) ? 'number' : undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) {
      break;
    }
    at++;
  }
  return at;
}

/** Offset of the closing quote of a string whose content starts at `from`, or -1. */
function stringEnd(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote !== -1) {
    let backslashes = 0;
    while (quote - 1 - backslashes >= from && text.charCodeAt(quote - 1 - backslashes) === 92) {
      backslashes++;
    }
    if (backslashes % 2 === 0) {
      return quote;
    }
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}

/** Offset after the block that starts at `from`, or -1. */
function blockEnd(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = stringEnd(text, at + 1);
      if (end === -1) {
        return -1;
      }
      at = end;
    } else if (char === open) {
      depth++;
    } else if (char === close && --depth === 0) {
      return at + 1;
    }
  }
  return -1;
}

function tokenEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (' \n\r\t,}]'.includes(text[at])) {
      return at;
    }
  }
  return text.length;
}

/** The value of a JSON string. As in Loki, one with an invalid escape is empty, and U+FFFD becomes a space. */
export function unescapeJson(raw: string): string {
  if (!raw.includes('\\')) {
    return raw.includes('\ufffd') ? raw.replaceAll('\ufffd', ' ') : raw;
  }
  try {
    // Loki accepts unescaped control characters; JSON.parse does not.

    const strict = raw.replace(/[\x00-\x1f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const value: unknown = JSON.parse(`"${strict}"`);
    return typeof value === 'string' ? value.replace(/[\ud800-\udfff\ufffd]/gu, ' ') : '';
  } catch {
    return '';
  }
}
