/**
 * Words of lines by which the store finds lines without reading them: ids.
 *
 * A word is a longest run of 8 to 64 letters and digits (ASCII), one digit at least, that stands between two of `"`, `_`
 * and `-`. Invariant: a line that contains a text contains all words of that text, since a word brings both its
 * neighbours along. Bare numbers of JSON stand between colons and commas and are no words, nor is packed base64, which
 * would fill the index with noise.
 */
const leastLength = 8;
const mostLength = 64;

const enum Kind {
  Other = 0,
  Letter = 1,
  Digit = 2,
  Edge = 3,
}

const kinds = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z]/.test(character)) {
    kinds[code] = Kind.Letter;
  } else if (/\d/.test(character)) {
    kinds[code] = Kind.Digit;
  } else if (/["_-]/.test(character)) {
    kinds[code] = Kind.Edge;
  }
}

/**
 * Hashes of the words (FNV-1a, 32 bit), each once. Two words may share a hash: the index says where to look, not what
 * is there.
 */
export function wordHashes(text: string): ReadonlySet<number> {
  const hashes = new Set<number>();
  let start = 0;
  let hasDigit = false;
  let hash = 0x811c9dc5;
  let begins = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? kinds[code] : Kind.Other;
    if (kind === Kind.Letter || kind === Kind.Digit) {
      hasDigit ||= kind === Kind.Digit;
      hash = Math.imul(hash ^ code, 0x01000193);
      continue;
    }
    const isEdge = kind === Kind.Edge;
    const length = at - start;
    if (begins && isEdge && hasDigit && length >= leastLength && length <= mostLength) {
      hashes.add(hash >>> 0);
    }
    start = at + 1;
    hasDigit = false;
    hash = 0x811c9dc5;
    begins = isEdge;
  }
  return hashes;
}
