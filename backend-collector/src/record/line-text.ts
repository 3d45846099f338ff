/**
 * A record's line, written field by field as bytes and made into a string once: an object of sixty fields, or a text of a hundred
 * pieces, is several times slower. An absent value writes nothing. What comes out is what the contract's `decodeLine` takes.
 *
 * Invariant: only ASCII is in the buffer (other characters are escaped), so bytes and characters are the same.
 */

/** No line comes near it: texts from outside are bounded where they are read. */
const MAX_LINE = 256 * 1024;

const COMMA = 0x2c;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const ZERO = 0x30;

export class LineText {
  private readonly bytes = Buffer.allocUnsafe(MAX_LINE);
  private at = 0;

  /** Begins a line with the fields of `head`, a text that `fields` gave. */
  begin(head: string): this {
    this.bytes[0] = 0x7b;
    this.at = 1 + this.bytes.write(head, 1, 'latin1');
    return this;
  }

  /** A whole number, or absent. */
  number(name: string, value: number | undefined): this {
    if (value !== undefined) {
      this.name(name);
      this.digits(value);
    }
    return this;
  }

  /** A counter: zero is the ordinary case and is left out. */
  ifAny(name: string, value: number): this {
    if (value > 0) {
      this.name(name);
      this.digits(value);
    }
    return this;
  }

  /** A duration in nanoseconds, written in ms; a negative one is none. */
  ms(name: string, ns: number): this {
    const whole = ns > 0 ? Math.round(ns) : 0;
    const ms = Math.floor(whole / 1e6);
    this.name(name);
    this.digits(ms);
    let rest = whole - ms * 1e6;
    if (rest > 0) {
      this.bytes[this.at++] = 0x2e;
      for (let unit = 1e5; rest > 0; unit /= 10) {
        const digit = Math.floor(rest / unit);
        this.bytes[this.at++] = ZERO + digit;
        rest -= digit * unit;
      }
    }
    return this;
  }

  flag(name: string, value: boolean | undefined): this {
    if (value !== undefined) {
      this.name(name);
      this.ascii(value ? 'true' : 'false');
    }
    return this;
  }

  /** Text of our own making, of letters that JSON need not escape. */
  plain(name: string, value: string | undefined): this {
    if (value !== undefined) {
      this.name(name);
      this.bytes[this.at++] = QUOTE;
      this.ascii(value);
      this.bytes[this.at++] = QUOTE;
    }
    return this;
  }

  /** Text from outside. */
  text(name: string, value: string | undefined): this {
    if (value === undefined) {
      return this;
    }
    if (isPlain(value)) {
      return this.plain(name, value);
    }
    this.name(name);
    this.ascii(asciiJson(value));
    return this;
  }

  pair(name: string, first: number, second: number): this {
    this.name(name);
    this.bytes[this.at++] = 0x5b;
    this.digits(first);
    this.bytes[this.at++] = COMMA;
    this.digits(second);
    this.bytes[this.at++] = 0x5d;
    return this;
  }

  /** The fields so far, to begin other lines with. */
  fields(): string {
    return this.bytes.toString('latin1', 1, this.at);
  }

  /** The whole object. */
  line(): string {
    this.bytes[this.at++] = 0x7d;
    return this.bytes.toString('latin1', 0, this.at);
  }

  private name(name: string): void {
    if (this.at > 1) {
      this.bytes[this.at++] = COMMA;
    }
    this.bytes[this.at++] = QUOTE;
    this.ascii(name);
    this.bytes[this.at++] = QUOTE;
    this.bytes[this.at++] = COLON;
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
    if (!(value >= 0 && value < 1e9)) {
      this.ascii(String(value));
      return;
    }
    let rest = value | 0;
    let length = 1;
    for (let limit = 10; rest >= limit; limit *= 10) {
      length++;
    }
    for (let p = this.at + length - 1; p >= this.at; p--) {
      const tenth = (rest / 10) | 0;
      this.bytes[p] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    this.at += length;
  }
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 || c > 0x7e || c === QUOTE || c === BACKSLASH) {
      return false;
    }
  }
  return true;
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
