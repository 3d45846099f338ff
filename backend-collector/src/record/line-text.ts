/**
 * A record's text, field by field: an absent value writes nothing. What comes out is what the contract's `decodeLine` takes; made as text, since an
 * object of sixty fields is far slower to make and to walk.
 */
export class LineText {
  private out = '';

  /** Begins with the fields of `head`, a text as `end` without braces returns it. */
  begin(head: string): this {
    this.out = head;
    return this;
  }

  /** A number that is finite. */
  number(name: string, value: number | undefined): this {
    if (value !== undefined) {
      this.out += `,"${name}":${value}`;
    }
    return this;
  }

  /** A counter: zero is the ordinary case and is left out. */
  ifAny(name: string, value: number): this {
    if (value > 0) {
      this.out += `,"${name}":${value}`;
    }
    return this;
  }

  /** A duration in nanoseconds, written in ms. */
  ms(name: string, ns: number): this {
    this.out += `,"${name}":${Math.max(0, Math.round(ns)) / 1e6}`;
    return this;
  }

  flag(name: string, value: boolean | undefined): this {
    if (value !== undefined) {
      this.out += value ? `,"${name}":true` : `,"${name}":false`;
    }
    return this;
  }

  /** Text that we made ourselves, of letters that JSON need not escape. */
  plain(name: string, value: string | undefined): this {
    if (value !== undefined) {
      this.out += `,"${name}":"${value}"`;
    }
    return this;
  }

  /** Text from outside. */
  text(name: string, value: string | undefined): this {
    if (value !== undefined) {
      this.out += `,"${name}":${JSON.stringify(value)}`;
    }
    return this;
  }

  pair(name: string, first: number, second: number): this {
    this.out += `,"${name}":[${first},${second}]`;
    return this;
  }

  /** The fields so far, to begin other lines with. */
  fields(): string {
    return this.out;
  }

  /** The whole object. */
  line(): string {
    return `{${this.out.slice(1)}}`;
  }
}
