/** Times of 19 digits without loss and without a big integer for each packet. */
export interface ExactTime {
  readonly seconds: number;
  readonly nanos: number;
}

const EPOCH: ExactTime = { seconds: 0, nanos: 0 };
const NANO_DIGITS = 9;
const MAX_DIGITS = 19;
const ZERO = 48;

/** From ns since the epoch as decimal text. What is no such text counts as 0, so that one odd row does not hide the rest. */
export function toExactTime(text: string): ExactTime {
  const { length } = text;
  if (length === 0 || length > MAX_DIGITS) {
    return EPOCH;
  }
  let seconds = 0;
  let nanos = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) {
      return EPOCH;
    }
    if (i < length - NANO_DIGITS) {
      seconds = seconds * 10 + digit;
    } else {
      nanos = nanos * 10 + digit;
    }
  }
  return { seconds, nanos };
}

/** `a - b` in ns; exact while the two are less than 104 days apart. */
export function sinceNs(a: ExactTime, b: ExactTime): number {
  return (a.seconds - b.seconds) * 1e9 + (a.nanos - b.nanos);
}
