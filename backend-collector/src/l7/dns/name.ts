/**
 * Domain names in messages (RFC 1035 sections 3.1 and 4.1.4) as text: lower case (RFC 4343), labels joined by dots, no dot at the end, "."
 * for the root. Bytes that are not printable ASCII, and dots and backslashes inside a label, are escaped as in master files
 * (RFC 1035 section 5.1): `\.`, `\\`, `\255`.
 *
 * Bounds: a pointer must lead to before the run of labels that holds it, so that reading ends whatever is sent; a name has
 * at most 255 bytes, a label 63.
 */
const MAX_NAME_BYTES = 255;
const MAX_LABEL_BYTES = 63;
const HEADER_BYTES = 12;

interface Name {
  readonly text: string;
  /** Place after the name where it stands (not where a pointer led). */
  readonly next: number;
}

/** Reads the name at `at` of the message that begins at `start`, in memory that is valid before `end`. Undefined where it is none. */
export function readName(bytes: Uint8Array, start: number, at: number, end: number): Name | undefined {
  let text = '';
  let next = -1;
  let runStart = at;
  let size = 1;
  for (let p = at; p < end;) {
    const length = bytes[p];
    if (length === 0) {
      return { text: text === '' ? '.' : text, next: next < 0 ? p + 1 : next };
    }
    if (length >= 0xc0) {
      const target = p + 1 < end ? start + (((length & 0x3f) << 8) | bytes[p + 1]) : end;
      if (target >= runStart || target < start + HEADER_BYTES) {
        return undefined;
      }
      next = next < 0 ? p + 2 : next;
      runStart = target;
      p = target;
      continue;
    }
    size += length + 1;
    if (length > MAX_LABEL_BYTES || size > MAX_NAME_BYTES || p + 1 + length > end) {
      return undefined;
    }
    text += (text === '' ? '' : '.') + labelText(bytes, p + 1, p + 1 + length);
    p += 1 + length;
  }
  return undefined;
}

/** Place after the name at `at`, or -1 where it is none. Pointers are not followed. */
export function skipName(bytes: Uint8Array, at: number, end: number): number {
  for (let p = at; p < end; p += 1 + bytes[p]) {
    const length = bytes[p];
    if (length === 0) {
      return p + 1;
    }
    if (length >= 0xc0) {
      return p + 2 <= end ? p + 2 : -1;
    }
    if (length > MAX_LABEL_BYTES || p - at > MAX_NAME_BYTES) {
      return -1;
    }
  }
  return -1;
}

function labelText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (byte === 0x2e || byte === 0x5c) {
      text += `\\${String.fromCharCode(byte)}`;
    } else if (byte <= 0x20 || byte >= 0x7f) {
      text += `\\${String(byte).padStart(3, '0')}`;
    } else {
      text += String.fromCharCode(byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);
    }
  }
  return text;
}
