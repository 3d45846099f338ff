/**
 * Short texts that come again and again (methods, hosts, paths), from bytes to the same string without making it again.
 *
 * A direct-mapped cache of fixed size: another text of the same hash takes the place. Only ASCII without control bytes is kept, so a
 * string stands for exactly its bytes.
 */
const SLOTS = 1024;
const MAX_LENGTH = 64;

const lengths = new Uint8Array(SLOTS);
const kept = new Uint8Array(SLOTS * MAX_LENGTH);
const texts: string[] = Array.from({ length: SLOTS }, () => '');

/** The text of `bytes[from … to - 1]`, or undefined where it is too long or not plain ASCII. */
export function cachedText(bytes: Uint8Array, from: number, to: number): string | undefined {
  const length = to - from;
  if (length <= 0 || length > MAX_LENGTH) {
    return length === 0 ? '' : undefined;
  }
  let hash = length;
  for (let i = from; i < to; i++) {
    hash = Math.imul(hash ^ bytes[i], 0x01000193);
  }
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  const place = slot * MAX_LENGTH;
  if (lengths[slot] === length) {
    let i = 0;
    while (i < length && kept[place + i] === bytes[from + i]) {
      i++;
    }
    if (i === length) {
      return texts[slot];
    }
  }
  return keep(bytes, from, to, slot);
}

function keep(bytes: Uint8Array, from: number, to: number, slot: number): string | undefined {
  for (let i = from; i < to; i++) {
    if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
      return undefined;
    }
  }
  kept.set(bytes.subarray(from, to), slot * MAX_LENGTH);
  lengths[slot] = to - from;
  texts[slot] = String.fromCharCode(...bytes.subarray(from, to));
  return texts[slot];
}
