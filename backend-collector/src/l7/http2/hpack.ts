/**
 * Header compression of HTTP/2 (RFC 7541), for a reader that only listens. Of a header only what records need is kept, also in the dynamic
 * table: the names in `WANTED_NAMES` with their values, everything else as a place without text. No cookie or credential is ever
 * decoded.
 *
 * A listener may have missed the beginning, or a part in between. Indices count from the newest entry, so entries that were seen
 * stay right, and an index beyond them is `unknown`. For the same reason eviction need not be followed: an encoder never refers to what
 * it has evicted. What bounds the memory is `MAX_ENTRIES` and `MAX_VALUE` alone, whatever table size the peers agreed on.
 *
 * Own code since no HPACK library reads with a part of the table unknown: they throw there, and have no way on.
 */
import { publicPath } from '../kit/public-path';
import { TRACE_HEADER_NAMES } from '../kit/trace-context';
import { decodeHuffman } from './huffman';
import { STATIC_TABLE } from './static-table';

/** Entries remembered: a table of 64 KiB has no more (each counts 32 bytes at least, section 4.1). */
const MAX_ENTRIES = 2048;
/** Bytes of a value that are kept. */
const MAX_VALUE = 1024;
/** Of all values in the table; beyond it the oldest are forgotten. */
const MAX_TABLE_TEXT = 256 * 1024;
const MAX_INTEGER = 2 ** 28;

const WANTED_NAMES = [
  ':method',
  ':path',
  ':status',
  ':authority',
  'host',
  'content-type',
  'grpc-status',
  ...TRACE_HEADER_NAMES,
] as const;

type WantedName = (typeof WANTED_NAMES)[number];

/** The wanted headers of a block. The first of a name holds. */
export type Headers = { [Name in WantedName]?: string } & {
  /** A header came as an index whose entry was not seen; it may be any. */
  unknown: boolean;
};

/** Name of a header nobody wants, and of one that was not seen. */
const OTHER = '';
const UNKNOWN = '?';
type EntryName = WantedName | typeof OTHER | typeof UNKNOWN;

const wanted: ReadonlyMap<string, WantedName> = new Map(WANTED_NAMES.map((name) => [name, name]));
const staticNames: readonly EntryName[] = STATIC_TABLE.map(([name]) => wanted.get(name) ?? OTHER);

const scratch = new Uint8Array(MAX_VALUE);

export class HpackDecoder {
  /** Oldest first. */
  private names: EntryName[] = [];
  private values: string[] = [];
  private textSize = 0;

  private bytes: Uint8Array = scratch;
  private at = 0;
  private end = 0;
  private malformed = false;

  /** Some header block was not seen: what the table holds is at unknown places now. */
  lost(): void {
    this.names = [];
    this.values = [];
    this.textSize = 0;
  }

  /** Decodes a whole header block. Undefined where it is none; the table is unknown from there on. */
  decode(bytes: Uint8Array, from: number, to: number): Headers | undefined {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.malformed = false;
    const headers: Headers = { unknown: false };
    while (this.at < this.end && !this.malformed) {
      this.field(headers);
    }
    this.bytes = scratch;
    if (this.malformed) {
      this.lost();
      return undefined;
    }
    return headers;
  }

  private field(headers: Headers): void {
    const first = this.bytes[this.at];
    if (first >= 0x80) {
      this.indexed(headers, this.integer(7));
    } else if (first >= 0x40) {
      this.literal(headers, this.integer(6), true);
    } else if (first >= 0x20) {
      // A new table size: nothing to do, see above.
      this.integer(5);
    } else {
      this.literal(headers, this.integer(4), false);
    }
  }

  private indexed(headers: Headers, index: number): void {
    if (index === 0) {
      this.malformed = true;
    } else if (index <= STATIC_TABLE.length) {
      take(headers, staticNames[index - 1], STATIC_TABLE[index - 1][1]);
    } else {
      const place = this.names.length - (index - STATIC_TABLE.length);
      take(headers, place >= 0 ? this.names[place] : UNKNOWN, place >= 0 ? this.values[place] : '');
    }
  }

  private literal(headers: Headers, index: number, isKept: boolean): void {
    const name = index === 0 ? this.name() : this.nameAt(index);
    if (this.malformed) {
      return;
    }
    const value = this.text(name !== OTHER && name !== UNKNOWN);
    if (this.malformed) {
      return;
    }
    const kept = name === ':path' ? publicPath(value) : value;
    take(headers, name, kept);
    if (isKept) {
      this.add(name, kept);
    }
  }

  private name(): EntryName {
    const name = this.text(true);
    return wanted.get(name) ?? OTHER;
  }

  private nameAt(index: number): EntryName {
    if (index <= STATIC_TABLE.length) {
      return staticNames[index - 1];
    }
    const place = this.names.length - (index - STATIC_TABLE.length);
    return place >= 0 ? this.names[place] : UNKNOWN;
  }

  private add(name: EntryName, value: string): void {
    this.names.push(name);
    this.values.push(value);
    this.textSize += value.length;
    if (this.names.length > MAX_ENTRIES || this.textSize > MAX_TABLE_TEXT) {
      const half = this.names.length >> 1;
      this.names.splice(0, half);
      this.values.splice(0, half);
      this.textSize = this.values.reduce((sum, text) => sum + text.length, 0);
    }
  }

  /** Section 5.1. */
  private integer(prefixBits: number): number {
    const max = (1 << prefixBits) - 1;
    let value = this.bytes[this.at++] & max;
    if (value < max) {
      return value;
    }
    for (let shift = 0; this.at < this.end && shift <= 28; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80 && value < MAX_INTEGER) {
        return value;
      }
    }
    this.malformed = true;
    return 0;
  }

  /** Section 5.2. Empty where nobody wants it. */
  private text(isWanted: boolean): string {
    if (this.at >= this.end) {
      this.malformed = true;
      return '';
    }
    const isHuffman = this.bytes[this.at] >= 0x80;
    const length = this.integer(7);
    const from = this.at;
    const to = from + length;
    if (this.malformed || to > this.end) {
      this.malformed = true;
      return '';
    }
    this.at = to;
    if (!isWanted) {
      return '';
    }
    if (!isHuffman) {
      return printable(this.bytes, from, Math.min(to, from + MAX_VALUE));
    }
    const decoded = decodeHuffman(this.bytes, from, to, scratch);
    if (decoded < 0) {
      this.malformed = true;
      return '';
    }
    return printable(scratch, 0, decoded);
  }
}

function take(headers: Headers, name: EntryName, value: string): void {
  if (name === UNKNOWN) {
    headers.unknown = true;
  } else if (name !== OTHER) {
    headers[name] ??= value;
  }
}

/** Control bytes and what is not ASCII are shown as escapes: a record must not carry raw terminal codes. */
function printable(bytes: Uint8Array, from: number, to: number): string {
  let out = '';
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    out +=
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  }
  return out;
}
