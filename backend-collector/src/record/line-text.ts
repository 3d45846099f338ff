/**
 * A record's line, written field by field as bytes: an object of sixty fields, or a text of a hundred pieces, is several times slower.
 * A sink takes the bytes as they are, or as a string. An absent value writes nothing. What comes out is what the contract's `decodeLine`
 * takes.
 *
 * Invariant: only ASCII is in the buffer (other characters are escaped), so bytes and characters are the same.
 */
import { writeBase64 } from '@bpfnet/flow-model/base64';
import { type PackedColumnTarget, type PacketColumnName } from '@bpfnet/flow-model/packet-columns';

/** No line comes near it: texts from outside are bounded where they are read. */
const MAX_LINE = 256 * 1024;

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const DOT = 0x2e;
const BILLION = 1e9;

declare const isFieldName: unique symbol;

/** A field's name as it stands in a line, with all that is around it: reading a string letter by letter takes several times longer. */
export type FieldName = Uint8Array & { readonly [isFieldName]: true };

export function fieldName(name: string): FieldName {
  return Buffer.from(`,"${name}":`, 'latin1') as Uint8Array as FieldName;
}

export function fieldNames<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, FieldName>> {
  return Object.fromEntries(names.map((name) => [name, fieldName(name)])) as Record<Name, FieldName>;
}

const COLUMNS = fieldNames<PacketColumnName>('dir', 'ts', 'flags', 'seq', 'ack', 'len', 'win', 'ana');

export class LineText implements PackedColumnTarget {
  /** The line so far is `bytes[0 … length - 1]`. */
  readonly bytes: Uint8Array;
  private at = 0;

  /** @param capacity bytes that no line exceeds */
  constructor(capacity: number = MAX_LINE) {
    this.bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.at;
  }

  begin(): this {
    this.bytes[0] = 0x7b;
    this.at = 1;
    return this;
  }

  /** Takes over the fields of another line, from its place `from` on. */
  fieldsOf(line: Uint8Array, from: number, to: number): this {
    if (to > from) {
      if (this.at > 1) {
        this.bytes[this.at++] = COMMA;
      }
      this.bytes.set(line.subarray(from, to), this.at);
      this.at += to - from;
    }
    return this;
  }

  /** A whole number, or absent. */
  number(name: FieldName, value: number | undefined): this {
    if (value !== undefined) {
      this.name(name);
      this.digits(value);
    }
    return this;
  }

  /** A counter: zero is the ordinary case and is left out. */
  ifAny(name: FieldName, value: number): this {
    if (value > 0) {
      this.name(name);
      this.digits(value);
    }
    return this;
  }

  /** A duration in nanoseconds, written in ms; a negative one is none. */
  ms(name: FieldName, ns: number): this {
    const whole = ns > 0 ? Math.round(ns) : 0;
    const ms = Math.floor(whole / 1e6);
    this.name(name);
    this.digits(ms);
    let rest = whole - ms * 1e6;
    if (rest > 0) {
      this.bytes[this.at++] = DOT;
      for (let unit = 1e5; rest > 0; unit /= 10) {
        const digit = Math.floor(rest / unit);
        this.bytes[this.at++] = ZERO + digit;
        rest -= digit * unit;
      }
    }
    return this;
  }

  flag(name: FieldName, value: boolean | undefined): this {
    if (value !== undefined) {
      this.name(name);
      this.ascii(value ? 'true' : 'false');
    }
    return this;
  }

  /** Text of our own making, of letters that JSON need not escape. */
  plain(name: FieldName, value: string | undefined): this {
    if (value !== undefined) {
      this.name(name);
      this.bytes[this.at++] = QUOTE;
      this.ascii(value);
      this.bytes[this.at++] = QUOTE;
    }
    return this;
  }

  /** Text from outside. */
  text(name: FieldName, value: string | undefined): this {
    if (value === undefined) {
      return this;
    }
    this.name(name);
    const { bytes } = this;
    let { at } = this;
    bytes[at++] = QUOTE;
    for (let i = 0; i < value.length; i++) {
      const c = value.charCodeAt(i);
      if (c < 0x20 || c > 0x7e || c === QUOTE || c === BACKSLASH) {
        this.ascii(asciiJson(value));
        return this;
      }
      bytes[at++] = c;
    }
    bytes[at++] = QUOTE;
    this.at = at;
    return this;
  }

  /** Text of two whole numbers with `_` between, or absent. */
  joined(name: FieldName, first: number | undefined, second: number): this {
    if (first !== undefined) {
      this.name(name);
      this.bytes[this.at++] = QUOTE;
      this.digits(first);
      this.bytes[this.at++] = 0x5f;
      this.digits(second);
      this.bytes[this.at++] = QUOTE;
    }
    return this;
  }

  /** An IPv4 address as text. @param word its four bytes, big-endian */
  ipv4(name: FieldName, word: number): this {
    this.name(name);
    this.bytes[this.at++] = QUOTE;
    this.digits((word >>> 24) & 255);
    this.bytes[this.at++] = DOT;
    this.digits((word >>> 16) & 255);
    this.bytes[this.at++] = DOT;
    this.digits((word >>> 8) & 255);
    this.bytes[this.at++] = DOT;
    this.digits(word & 255);
    this.bytes[this.at++] = QUOTE;
    return this;
  }

  /** Nanoseconds since the epoch as text, from whole seconds and the rest. */
  nanoseconds(name: FieldName, seconds: number, rest: number): this {
    this.name(name);
    this.bytes[this.at++] = QUOTE;
    this.at = writeNanoseconds(this.bytes, this.at, seconds, rest);
    this.bytes[this.at++] = QUOTE;
    return this;
  }

  /** Bytes as base64. */
  column(name: PacketColumnName, bytes: Uint8Array, length: number): void {
    this.name(COLUMNS[name]);
    this.bytes[this.at++] = QUOTE;
    this.at = writeBase64(this.bytes, this.at, bytes, length);
    this.bytes[this.at++] = QUOTE;
  }

  pair(name: FieldName, first: number, second: number): this {
    this.name(name);
    this.bytes[this.at++] = 0x5b;
    this.digits(first);
    this.bytes[this.at++] = COMMA;
    this.digits(second);
    this.bytes[this.at++] = 0x5d;
    return this;
  }

  /** Completes the object. */
  end(): this {
    this.bytes[this.at++] = 0x7d;
    return this;
  }

  toString(): string {
    return Buffer.from(this.bytes.buffer, 0, this.at).toString('latin1');
  }

  private name(name: FieldName): void {
    const { bytes } = this;
    let { at } = this;
    // The first field has no comma before it.
    for (let i = at === 1 ? 1 : 0; i < name.length; i++) {
      bytes[at++] = name[i];
    }
    this.at = at;
  }

  private ascii(text: string): void {
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < text.length; i++) {
      bytes[at++] = text.charCodeAt(i);
    }
    this.at = at;
  }

  private digits(value: number): void {
    if (value >= 0 && value < BILLION) {
      this.at = writeDigits(this.bytes, this.at, value | 0);
    } else if (value >= BILLION && value <= Number.MAX_SAFE_INTEGER) {
      const billions = Math.floor(value / BILLION);
      this.digits(billions);
      this.at = writeNineDigits(this.bytes, this.at, (value - billions * BILLION) | 0);
    } else {
      this.ascii(String(value));
    }
  }
}

/** Writes 0 … 2^31 - 1 in decimal; returns the place after it. */
function writeDigits(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  const end =
    at +
    (rest < 10
      ? 1
      : rest < 100
        ? 2
        : rest < 1000
          ? 3
          : rest < 10_000
            ? 4
            : rest < 100_000
              ? 5
              : rest < 1_000_000
                ? 6
                : rest < 10_000_000
                  ? 7
                  : rest < 100_000_000
                    ? 8
                    : rest < 1_000_000_000
                      ? 9
                      : 10);
  for (let p = end - 1; p >= at; p--) {
    const tenth = (rest / 10) | 0;
    bytes[p] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

function writeNineDigits(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (let p = at + 8; p >= at; p--) {
    const tenth = (rest / 10) | 0;
    bytes[p] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return at + 9;
}

/** Writes nanoseconds since the epoch in decimal; returns the place after it. @param rest 0 … 999 999 999 */
export function writeNanoseconds(bytes: Uint8Array, at: number, seconds: number, rest: number): number {
  return seconds === 0 ? writeDigits(bytes, at, rest) : writeNineDigits(bytes, writeSeconds(bytes, at, seconds), rest);
}

function writeSeconds(bytes: Uint8Array, at: number, seconds: number): number {
  if (seconds > 0 && seconds < 0x80000000) {
    return writeDigits(bytes, at, seconds | 0);
  }
  const text = String(seconds);
  for (let i = 0; i < text.length; i++) {
    bytes[at + i] = text.charCodeAt(i);
  }
  return at + text.length;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
