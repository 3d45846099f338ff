/**
 * Words of lines, by which the store finds lines without reading them. There are three kinds:
 *
 * - ids: a longest run of 8 to 64 letters and digits (ASCII), one digit at least, between two of `"`, `_` and `-`;
 * - addresses: the text between two quotes, where that is 3 to 45 hexadecimal digits, dots and colons, at least two of them
 *   dots or colons;
 * - ports and sequence numbers: the digits of `_port":80` and `_seq":"80"`, up to the comma, brace or quote after them.
 *
 * Invariant: a line that contains a text contains all words of that text, since a word includes both its
 * neighbours. Other bare numbers are not words, nor is packed base64, which would fill the index with noise.
 */
const MIN_LENGTH = 8;
const MAX_LENGTH = 64;
const MIN_ADDRESS_LENGTH = 3;
const MAX_ADDRESS_LENGTH = 45;
const MAX_DIGITS = 10;

const enum Kind {
  Other = 0,
  Letter = 1,
  Digit = 2,
  Edge = 3,
  Quote = 4,
  Point = 5,
}

const KINDS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z]/.test(character)) {
    KINDS[code] = Kind.Letter;
  } else if (/\d/.test(character)) {
    KINDS[code] = Kind.Digit;
  } else if (/[_-]/.test(character)) {
    KINDS[code] = Kind.Edge;
  } else if (character === '"') {
    KINDS[code] = Kind.Quote;
  } else if (/[.:]/.test(character)) {
    KINDS[code] = Kind.Point;
  }
}

const HASH_START = 0x811c9dc5;

function hashWith(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/**
 * Hashes of the words (FNV-1a, 32 bit), each once. Two words may share a hash: the index says where to look, not what
 * is there.
 */
export function wordHashes(text: string): ReadonlySet<number> {
  const hashes = new Set<number>();
  let start = 0;
  let hasDigit = false;
  let hasLetter = false;
  let hash = HASH_START;
  let begins = false;
  /** Offset after the last quote; negative before the first. */
  let quoted = -1;
  let points = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? KINDS[code] : Kind.Other;
    if (kind === Kind.Letter || kind === Kind.Digit) {
      hasDigit ||= kind === Kind.Digit;
      hasLetter ||= kind === Kind.Letter;
      hash = hashWith(hash, code);
      continue;
    }
    const isEdge = kind === Kind.Edge || kind === Kind.Quote;
    const length = at - start;
    if (hasDigit) {
      if (begins && isEdge && length >= MIN_LENGTH && length <= MAX_LENGTH) {
        hashes.add(hash >>> 0);
      } else if (!hasLetter && length <= MAX_DIGITS && endsNumber(code) && isIndexedNumber(text, start)) {
        hashes.add(hash >>> 0);
      }
    }
    if (kind === Kind.Point) {
      points++;
    } else if (kind === Kind.Quote) {
      if (points >= 2 && quoted >= 0 && at - quoted >= MIN_ADDRESS_LENGTH && at - quoted <= MAX_ADDRESS_LENGTH) {
        const address = addressHash(text, quoted, at);
        if (address !== undefined) {
          hashes.add(address);
        }
      }
      quoted = at + 1;
      points = 0;
    }
    start = at + 1;
    hasDigit = false;
    hasLetter = false;
    hash = HASH_START;
    begins = isEdge;
  }
  return hashes;
}

/** A comma, a closing brace or a quote. */
function endsNumber(code: number): boolean {
  return code === 0x2c || code === 0x7d || code === 0x22;
}

/** Whether `_port":` or `_seq":`, with a quote or without, is right before an offset. */
function isIndexedNumber(text: string, start: number): boolean {
  const end = text.charCodeAt(start - 1) === 0x22 ? start - 1 : start;
  if (text.charCodeAt(end - 1) !== 0x3a || text.charCodeAt(end - 2) !== 0x22) {
    return false;
  }
  return text.startsWith('_port', end - 7) || text.startsWith('_seq', end - 6);
}

function addressHash(text: string, from: number, to: number): number | undefined {
  let hash = HASH_START;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    const isHex = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
    if (!isHex && code !== 0x2e && code !== 0x3a) {
      return undefined;
    }
    hash = hashWith(hash, code);
  }
  return hash >>> 0;
}
