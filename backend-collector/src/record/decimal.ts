/** Numbers as decimal digits, two at a time, straight into a line's memory. All functions return the place after what they wrote. */
const ZERO = 0x30;
const DOT = 0x2e;
const MILLION = 1_000_000;
const BILLION = 1_000_000_000;

/** The two digits of 0 … 99, as in memory. */
const PAIRS = new Uint16Array(100);
for (let i = 0; i < 100; i++) {
  PAIRS[i] = (ZERO + Math.floor(i / 10)) | ((ZERO + (i % 10)) << 8);
}

/** @param value any 32 bits, taken as unsigned */
export function writeUint32(view: DataView, at: number, value: number): number {
  let rest = value >>> 0;
  if (rest < 10) {
    view.setUint8(at, ZERO + rest);
    return at + 1;
  }
  const end = at + digitsOf(rest);
  let p = end;
  while (rest >= 100) {
    const hundredth = (rest / 100) >>> 0;
    p -= 2;
    view.setUint16(p, PAIRS[rest - hundredth * 100], true);
    rest = hundredth;
  }
  if (rest >= 10) {
    view.setUint16(p - 2, PAIRS[rest], true);
  } else {
    view.setUint8(p - 1, ZERO + rest);
  }
  return end;
}

/** How many digits 10 … 2^32 - 1 has. */
function digitsOf(value: number): number {
  if (value < 100_000) {
    return value < 1000 ? (value < 100 ? 2 : 3) : value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) {
    return value < MILLION ? 6 : 7;
  }
  return value < BILLION ? (value < 100_000_000 ? 8 : 9) : 10;
}

/** Exactly nine digits of 0 … 999 999 999. */
function writeNineDigits(view: DataView, at: number, value: number): number {
  let rest = value >>> 0;
  for (let p = at + 7; p > at; p -= 2) {
    const hundredth = (rest / 100) >>> 0;
    view.setUint16(p, PAIRS[rest - hundredth * 100], true);
    rest = hundredth;
  }
  view.setUint8(at, ZERO + rest);
  return at + 9;
}

/** Any finite number, as JSON has it. */
export function writeNumber(view: DataView, at: number, value: number): number {
  if (value >= 0 && value <= 0xffffffff && Math.floor(value) === value) {
    return writeUint32(view, at, value);
  }
  if (value > 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value) {
    const billions = Math.floor(value / BILLION);
    return writeNineDigits(view, writeNumber(view, at, billions), value - billions * BILLION);
  }
  return writeText(view, at, String(value));
}

/** Nanoseconds as milliseconds with what they have of decimals; a negative duration is none. */
export function writeMilliseconds(view: DataView, at: number, ns: number): number {
  const small = ns | 0;
  if (small === ns && small >= 0) {
    // Up to two seconds, in whole nanoseconds.
    const ms = (small / MILLION) | 0;
    return writeMillionths(view, writeUint32(view, at, ms), small - ms * MILLION);
  }
  const whole = ns > 0 ? Math.round(ns) : 0;
  const ms = Math.floor(whole / MILLION);
  return writeMillionths(view, writeNumber(view, at, ms), whole - ms * MILLION);
}

/** The decimals of 0 … 999 999 millionths, with their point; of zero there are none. */
function writeMillionths(view: DataView, at: number, millionths: number): number {
  let rest = millionths >>> 0;
  if (rest === 0) {
    return at;
  }
  let p = at;
  view.setUint8(p++, DOT);
  do {
    const pair = (rest / 10_000) >>> 0;
    view.setUint16(p, PAIRS[pair], true);
    p += 2;
    rest = (rest - pair * 10_000) * 100;
  } while (rest > 0);
  return view.getUint8(p - 1) === ZERO ? p - 1 : p;
}

/** Nanoseconds since the epoch. @param rest 0 … 999 999 999 */
export function writeNanoseconds(view: DataView, at: number, seconds: number, rest: number): number {
  return seconds === 0 ? writeUint32(view, at, rest) : writeNineDigits(view, writeNumber(view, at, seconds), rest);
}

function writeText(view: DataView, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    view.setUint8(at + i, text.charCodeAt(i));
  }
  return at + text.length;
}
