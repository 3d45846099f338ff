/** Addresses as text: dotted IPv4, and IPv6 as RFC 5952 wants it. */

/** Four bytes of a signed 32-bit word. */
function ipv4Text(word: number): string {
  return `${(word >>> 24) & 255}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** `words[from … from + 3]`, big-endian. */
export function ipv6Text(words: Int32Array, from: number): string {
  if (words[from] === 0 && words[from + 1] === 0 && words[from + 2] === 0xffff) {
    return `::ffff:${ipv4Text(words[from + 3])}`;
  }
  const groups: number[] = [];
  for (let i = from; i < from + 4; i++) {
    groups.push((words[i] >>> 16) & 0xffff, words[i] & 0xffff);
  }
  const [start, length] = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((g) => g.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** Start and length of the longest run of zero groups, the first where there are several (RFC 5952 section 4.2.3). */
function longestZeroRun(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) {
      end++;
    }
    if (end - i > best[1]) {
      best = [i, end - i];
    }
    i = Math.max(i, end - 1);
  }
  return best;
}
