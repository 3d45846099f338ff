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

/** Where FNV-1a (32 bit) begins, and what it multiplies with. */
export const FNV_OFFSET = 0x811c9dc5;
export const FNV_PRIME = 0x01000193;

/** FNV-1a over the UTF-16 code units of a string; the ids that it is used on are ASCII. */
export function fnv1a32Text(text: string): number {
  let h = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), FNV_PRIME);
  }
  return h >>> 0;
}

/** Eight lower-case hex digits. */
export function hex32(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}
