/** The three digits that begin a reply at `bytes[at]` (RFC 959 section 4.2), followed by a blank or "-"; else -1. */
export function replyCode(bytes: Uint8Array, at: number, length: number): number {
  if (length < 3 || (length > 3 && bytes[at + 3] !== 0x20 && bytes[at + 3] !== 0x2d)) {
    return -1;
  }
  const [a, b, c] = [bytes[at] - 0x30, bytes[at + 1] - 0x30, bytes[at + 2] - 0x30];
  return a >= 1 && a <= 6 && b >= 0 && b <= 9 && c >= 0 && c <= 9 ? 100 * a + 10 * b + c : -1;
}
