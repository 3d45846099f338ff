/**
 * Small non-cryptographic hashes for ids and shards. They spread, they do not protect: nothing may rely on
 * them against an adversary who chooses the input.
 */

/** The finalizer of MurmurHash3 (32 bit): every input bit changes about half of the output bits. */
export function mix32(n: number): number {
  let h = n >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a over bytes `from` … `to - 1`, 32 bit, from a seed. */
export function fnv1a32(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let h = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = from; i < to; i++) {
    h = Math.imul(h ^ bytes[i], 0x01000193);
  }
  return h >>> 0;
}

/** FNV-1a over the UTF-16 code units of a string; the ids that it is used on are ASCII. */
export function fnv1a32Text(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  }
  return h >>> 0;
}

/** Eight lower-case hex digits. */
export function hex32(n: number): string {
  return String.fromCharCode(
    HEX[(n >>> 28) & 15],
    HEX[(n >>> 24) & 15],
    HEX[(n >>> 20) & 15],
    HEX[(n >>> 16) & 15],
    HEX[(n >>> 12) & 15],
    HEX[(n >>> 8) & 15],
    HEX[(n >>> 4) & 15],
    HEX[n & 15]
  );
}

const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
