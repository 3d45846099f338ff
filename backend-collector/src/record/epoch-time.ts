/** Nanoseconds since the epoch as two numbers, since one double is too small for them and a bigint is slow. */
const BILLION = 1e9;

export class EpochTime {
  /** Whole seconds, and the rest: 0 … 999 999 999 ns. */
  seconds = 0;
  nanoseconds = 0;

  /** @param seconds since the epoch; @param ns to be added, of either sign */
  set(seconds: number, ns: number): void {
    const whole = Math.round(ns);
    const carried = Math.floor(whole / BILLION);
    this.seconds = seconds + carried;
    this.nanoseconds = whole - carried * BILLION;
  }

  toBigInt(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanoseconds);
  }
}
