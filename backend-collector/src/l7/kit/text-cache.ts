/**
 * Short texts that come again and again (methods, hosts, paths), from bytes to the same string without making it again.
 *
 * A direct-mapped cache of fixed size: another text of the same hash takes the place. Only ASCII without control bytes is kept, so a
 * string is exactly its bytes.
 */
import { viewOf } from '../../wire/words';

const SLOTS = 1024;
const MAX_LENGTH = 64;

const lengths = new Uint8Array(SLOTS);
const kept = new Uint8Array(SLOTS * MAX_LENGTH);
const keptView = new DataView(kept.buffer);
const texts: string[] = Array.from({ length: SLOTS }, () => '');

/** The text of `bytes[from … to - 1]`, or undefined where it is too long or not plain ASCII. */
export function cachedText(bytes: Uint8Array, from: number, to: number): string | undefined {
  const length = to - from;
  if (length <= 0 || length > MAX_LENGTH) {
    return length === 0 ? '' : undefined;
  }
  const view = viewOf(bytes);
  const words = from + (length & ~3);
  let hash = length;
  let at = from;
  for (; at < words; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) {
    hash = Math.imul(hash ^ bytes[at], 0x01000193);
  }
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  return lengths[slot] === length && isKept(slot * MAX_LENGTH, bytes, view, from, to)
    ? texts[slot]
    : keep(bytes, from, to, slot);
}

function isKept(place: number, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
  const offset = place - from;
  const words = from + ((to - from) & ~3);
  let at = from;
  for (; at < words; at += 4) {
    if (keptView.getInt32(offset + at, true) !== view.getInt32(at, true)) {
      return false;
    }
  }
  for (; at < to; at++) {
    if (kept[offset + at] !== bytes[at]) {
      return false;
    }
  }
  return true;
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
