/**
 * pcapng time stamps: a 64-bit count of units since the epoch, the unit a power of ten or of two of a second
 * (`if_tsresol`). Split into seconds and nanoseconds by long division, since 64 bits do not fit a double.
 */
export class TimestampUnits {
  seconds = 0;
  nanoseconds = 0;
  private readonly unitsPerSecond: number;
  private readonly big: bigint | undefined;

  /** @param resolution the option's byte: 10^-n, or 2^-n with the high bit set; 6 where absent */
  constructor(resolution: number) {
    const exponent = resolution & 0x7f;
    const base = (resolution & 0x80) !== 0 ? 2 : 10;
    this.unitsPerSecond = base ** exponent;
    // The long division below keeps 16 bits beside the remainder: exact while units per second stay under 2^37.
    this.big = this.unitsPerSecond < 2 ** 37 ? undefined : BigInt(base) ** BigInt(exponent);
  }

  /** Splits `high * 2^32 + low` units into `seconds` and `nanoseconds`. */
  split(high: number, low: number): void {
    if (this.big !== undefined) {
      const units = (BigInt(high) << 32n) | BigInt(low);
      this.seconds = Number(units / this.big);
      this.nanoseconds = Number(((units % this.big) * 1_000_000_000n) / this.big);
      return;
    }
    const d = this.unitsPerSecond;
    let quotient = Math.floor(high / d);
    let rest = high - quotient * d;
    for (let shift = 16; shift >= 0; shift -= 16) {
      const n = rest * 65536 + ((low >>> shift) & 0xffff);
      const q = Math.floor(n / d);
      quotient = quotient * 65536 + q;
      rest = n - q * d;
    }
    this.seconds = quotient;
    this.nanoseconds = 1e9 % d === 0 ? rest * (1e9 / d) : Math.floor((rest / d) * 1e9);
  }
}
