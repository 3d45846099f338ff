/**
 * A record's line, written field by field as bytes: an object of sixty fields, or a text of a hundred pieces, is several times slower.
 * A sink takes the bytes as they are, or as a string. An absent value writes nothing. What comes out is what the contract's `decodeLine`
 * takes.
 *
 * Invariants: only ASCII is written (other characters are escaped), so bytes and characters are the same. Every field begins with its comma;
 * that of a line's first field gives way to the brace, or follows what stands before the record.
 */
import { writeBase64 } from '@bpfnet/flow-model/base64';
import { type PackedColumnTarget, type PacketColumnName } from '@bpfnet/flow-model/packet-columns';
import { type KnownField, type L4Field, type L4PacketsRecord, type L7Field } from '@bpfnet/flow-model/records';
import { AsciiPiece, cacheAscii, WORD, writeCached, writePiece } from './ascii-piece';
import { writeMilliseconds, writeNanoseconds, writeNumber, writeUint32 } from './decimal';

/** No line comes near it: texts from outside are bounded where they are read. */
export const MAX_LINE = 256 * 1024;

const BRACE = 0x7b;
const END_BRACE = 0x7d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;
const BRACKET = 0x5b;
const END_BRACKET = 0x5d;

type RecordField = L4Field | L7Field | KnownField<L4PacketsRecord>;

/** Fields that records of other collectors have and ours do not: it does not know whose an address is. */
type NotWritten = `${'src' | 'dst'}_k8s_${string}`;

/** What the names of a record must hold: all its fields, optional ones too, but for those that are written `Elsewhere`. */
export type NamesOf<R, Elsewhere extends string> = Readonly<
  Record<Exclude<KnownField<R>, Elsewhere | NotWritten>, FieldName>
>;

declare const isFieldName: unique symbol;
declare const fieldOf: unique symbol;

/** A field's name as in a line, with quotes, comma and colon. */
export type FieldName = AsciiPiece & { readonly [isFieldName]: true };

/** A field's name with its value, or with what its value begins with. */
type FieldText<Name extends RecordField> = AsciiPiece & { readonly [fieldOf]: Name };

/** The field that a `FieldText` is of. */
export type FieldIn<Text> = Text extends FieldText<infer Name> ? Name : never;

export function fieldName(name: RecordField): FieldName {
  return new AsciiPiece(`,"${name}":`) as FieldName;
}

export function fieldNames<Name extends RecordField>(...names: readonly Name[]): Readonly<Record<Name, FieldName>> {
  return Object.fromEntries(names.map((name) => [name, fieldName(name)])) as Record<Name, FieldName>;
}

/** A field with a value that is always the same. */
export function constantField<Name extends RecordField>(name: Name, value: string | boolean): FieldText<Name> {
  return new AsciiPiece(`,"${name}":${JSON.stringify(value)}`) as FieldText<Name>;
}

/** A field of text up to the first letters of its value, which is to follow. */
export function openedField<Name extends RecordField>(name: Name, beginning: string): FieldText<Name> {
  return new AsciiPiece(`,"${name}":"${beginning}`) as FieldText<Name>;
}

const COLUMNS: Readonly<Record<PacketColumnName, AsciiPiece>> = {
  dir: openedField('dir', ''),
  ts: openedField('ts', ''),
  flags: openedField('flags', ''),
  seq: openedField('seq', ''),
  ack: openedField('ack', ''),
  len: openedField('len', ''),
  win: openedField('win', ''),
  ana: openedField('ana', ''),
};

const TRUE = new AsciiPiece('true');
const FALSE = new AsciiPiece('false');

/** The two hexadecimal digits of a byte, as in memory. */
const HEX = new Uint16Array(256);
for (let i = 0; i < 256; i++) {
  const text = i.toString(16).padStart(2, '0');
  HEX[i] = text.charCodeAt(0) | (text.charCodeAt(1) << 8);
}

export class LineText implements PackedColumnTarget {
  private memory: Uint8Array;
  private view: DataView;
  /** Where the line begins in the memory. */
  private start = 0;
  private at = 0;
  private opened = false;

  /** @param capacity bytes that no line exceeds */
  constructor(capacity: number = MAX_LINE) {
    this.memory = new Uint8Array(capacity + WORD);
    this.view = new DataView(this.memory.buffer);
  }

  /** Begins a line of its own. */
  begin(): this {
    this.start = this.at = 0;
    this.opened = true;
    return this;
  }

  /** Goes on at `at` of a sink's memory, behind the first fields of an object. The memory has `MAX_LINE` bytes left there at least. */
  continueAt(memory: Uint8Array, view: DataView, at: number): this {
    this.memory = memory;
    this.view = view;
    this.start = this.at = at;
    this.opened = false;
    return this;
  }

  /** Place after what was written. */
  get end(): number {
    return this.at;
  }

  /** Bytes that were written since the line began. */
  get length(): number {
    return this.at - this.start;
  }

  /** Caches what was written since the line began, or since `from` (see `end`), as words from `to[word]` on. */
  cacheInto(to: Float64Array, word: number, from = this.start): void {
    cacheAscii(to, word, this.view, from, this.at - from);
  }

  /** Fields of `length` bytes that were written and cached before. */
  cached(from: Float64Array, word: number, length: number): this {
    this.at = writeCached(this.view, this.at, from, word, length);
    return this;
  }

  constant(field: AsciiPiece): this {
    this.at = writePiece(this.view, this.at, field);
    return this;
  }

  /** A whole number, or absent. */
  number(name: FieldName, value: number | undefined): this {
    if (value !== undefined) {
      this.at = writeNumber(this.view, writePiece(this.view, this.at, name), value);
    }
    return this;
  }

  /** A whole number of 32 bits, taken as unsigned: a sequence number, whatever its sign here. */
  uint32(name: FieldName, value: number): this {
    this.at = writeUint32(this.view, writePiece(this.view, this.at, name), value);
    return this;
  }

  /** A value that is in this line already: `length` bytes at `from` (see `end`). */
  again(name: FieldName, from: number, length: number): this {
    const { view } = this;
    const at = writePiece(view, this.at, name);
    for (let done = 0; done < length; done += WORD) {
      view.setFloat64(at + done, view.getFloat64(from + done, true), true);
    }
    this.at = at + length;
    return this;
  }

  /** A counter: zero is the ordinary case and is left out. */
  ifAny(name: FieldName, value: number): this {
    if (value > 0) {
      this.number(name, value);
    }
    return this;
  }

  /** A duration in nanoseconds, written in ms; a negative one is none. */
  ms(name: FieldName, ns: number): this {
    this.at = writeMilliseconds(this.view, writePiece(this.view, this.at, name), ns);
    return this;
  }

  flag(name: FieldName, value: boolean | undefined): this {
    if (value !== undefined) {
      this.at = writePiece(this.view, writePiece(this.view, this.at, name), value ? TRUE : FALSE);
    }
    return this;
  }

  /** Text of our own making, of letters that JSON need not escape. */
  plain(name: FieldName, value: string | undefined): this {
    if (value !== undefined) {
      this.quote(name);
      this.ascii(value);
      this.unquote();
    }
    return this;
  }

  /** Text from outside. */
  text(name: FieldName, value: string | undefined): this {
    if (value === undefined) {
      return this;
    }
    this.quote(name);
    const { memory, at } = this;
    for (let i = 0; i < value.length; i++) {
      const c = value.charCodeAt(i);
      if (c < 0x20 || c > 0x7e || c === QUOTE || c === BACKSLASH) {
        this.ascii(asciiJson(value).slice(1, -1));
        this.unquote();
        return this;
      }
      memory[at + i] = c;
    }
    this.at = at + value.length;
    this.unquote();
    return this;
  }

  /** Text of two numbers of 32 bits with `_` between. */
  joined(name: FieldName, first: number, second: number): this {
    this.quote(name);
    this.at = writeUint32(this.view, this.at, first);
    this.byte(UNDERSCORE);
    this.at = writeUint32(this.view, this.at, second);
    this.unquote();
    return this;
  }

  /** 64 bits as hexadecimal digits, from words of 32. */
  hex64(name: FieldName, high: number, low: number): this {
    this.quote(name);
    this.at = writeHex32(this.view, writeHex32(this.view, this.at, high), low);
    this.unquote();
    return this;
  }

  /** 128 bits as hexadecimal digits. */
  hex128(name: FieldName, a: number, b: number, c: number, d: number): this {
    this.quote(name);
    const half = writeHex32(this.view, writeHex32(this.view, this.at, a), b);
    this.at = writeHex32(this.view, writeHex32(this.view, half, c), d);
    this.unquote();
    return this;
  }

  /** An IPv4 address as text. @param word its four bytes, big-endian */
  ipv4(name: FieldName, word: number): this {
    this.quote(name);
    this.at = writeUint32(this.view, this.at, word >>> 24);
    this.byte(DOT);
    this.at = writeUint32(this.view, this.at, (word >>> 16) & 255);
    this.byte(DOT);
    this.at = writeUint32(this.view, this.at, (word >>> 8) & 255);
    this.byte(DOT);
    this.at = writeUint32(this.view, this.at, word & 255);
    this.unquote();
    return this;
  }

  /** Nanoseconds since the epoch as text, from whole seconds and the rest. */
  nanoseconds(name: FieldName, seconds: number, rest: number): this {
    this.quote(name);
    this.at = writeNanoseconds(this.view, this.at, seconds, rest);
    this.unquote();
    return this;
  }

  column(name: PacketColumnName, bytes: Uint8Array, length: number): void {
    this.base64(COLUMNS[name], bytes, length);
  }

  /** Bytes as base64. @param opening the field's name with the quote that follows, and what stands before the base64 */
  base64(opening: AsciiPiece, bytes: Uint8Array, length: number): this {
    const at = writePiece(this.view, this.at, opening);
    this.at = writeBase64(this.view, at, bytes, length);
    this.unquote();
    return this;
  }

  pair(name: FieldName, first: number, second: number): this {
    this.at = writePiece(this.view, this.at, name);
    this.byte(BRACKET);
    this.at = writeNumber(this.view, this.at, first);
    this.byte(COMMA);
    this.at = writeNumber(this.view, this.at, second);
    this.byte(END_BRACKET);
    return this;
  }

  /** Completes the object. */
  close(): this {
    this.byte(END_BRACE);
    if (this.opened) {
      this.memory[this.start] = BRACE;
    }
    return this;
  }

  toString(): string {
    return Buffer.from(this.memory.buffer, this.memory.byteOffset + this.start, this.length).toString('latin1');
  }

  private quote(name: FieldName): void {
    const at = writePiece(this.view, this.at, name);
    this.memory[at] = QUOTE;
    this.at = at + 1;
  }

  private unquote(): void {
    this.memory[this.at++] = QUOTE;
  }

  private byte(code: number): void {
    this.memory[this.at++] = code;
  }

  private ascii(text: string): void {
    const { memory, at } = this;
    for (let i = 0; i < text.length; i++) {
      memory[at + i] = text.charCodeAt(i);
    }
    this.at = at + text.length;
  }
}

function writeHex32(view: DataView, at: number, word: number): number {
  view.setUint16(at, HEX[word >>> 24], true);
  view.setUint16(at + 2, HEX[(word >>> 16) & 255], true);
  view.setUint16(at + 4, HEX[(word >>> 8) & 255], true);
  view.setUint16(at + 6, HEX[word & 255], true);
  return at + WORD;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
