/**
 * TCP sequence numbers: unsigned 32-bit, arithmetic modulo 2^32 (RFC 9293, section 3.4). Nothing else in the
 * suite compares or subtracts raw numbers.
 *
 * "Less than" is defined for numbers less than 2^31 apart, as in RFC 1982.
 */
declare const seqBrand: unique symbol;

/** A sequence number, 0 … 2^32 - 1. */
export type Seq = number & { readonly [seqBrand]: true };

/** Takes any integer modulo 2^32. */
export function toSeq(n: number): Seq {
  return (n >>> 0) as Seq;
}

/** `a + n` modulo 2^32; `n` may be negative. */
export function seqAdd(a: Seq, n: number): Seq {
  return ((a + n) >>> 0) as Seq;
}

/** How far `a` is ahead of `b`: -2^31 … 2^31 - 1. */
export function seqDiff(a: Seq, b: Seq): number {
  return (a - b) | 0;
}

export function seqLess(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) < 0;
}

export function seqLessOrEqual(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) <= 0;
}

export function seqMin(a: Seq, b: Seq): Seq {
  return seqLess(a, b) ? a : b;
}

/** True where `start <= a < start + length`, so never for an empty range. */
export function seqInRange(a: Seq, start: Seq, length: number): boolean {
  return (a - start) >>> 0 < length;
}
