/** An address of an A or AAAA record as text: dotted IPv4, IPv6 as in RFC 5952. */

/** @param size 4 or 16 bytes */
export function addressText(bytes: Uint8Array, at: number, size: number): string {
  if (size === 4) {
    return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  }
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push((bytes[at + i] << 8) | bytes[at + i + 1]);
  }
  // The first of the longest runs of two zero groups or more becomes "::".
  let start = 0;
  let length = 0;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) {
      end++;
    }
    if (end - i > length) {
      start = i;
      length = end - i;
    }
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}
