/**
 * Words of lines by which the store finds lines without reading them: ids.
 *
 * A word is a longest run of 8 to 64 letters and digits, one digit at least, that stands between two of `"`, `_` and
 * `-`. Invariant: a line that contains a text contains all words of that text, since a word brings both its neighbours
 * along. Bare numbers of JSON stand between colons and commas and are no words, nor is packed base64, which would fill
 * the index with noise.
 */
import { fnv1a32Text } from '@bpfnet/flow-model/hash';

const word = /["_-]([0-9A-Za-z]{8,64})(?=["_-])/g;

/** Hashes of the words, 32 bit, each once. Two words may share a hash: the index says where to look, not what is there. */
export function wordHashes(text: string): ReadonlySet<number> {
  const hashes = new Set<number>();
  for (const [, found] of text.matchAll(word)) {
    if (/\d/.test(found)) {
      hashes.add(fnv1a32Text(found));
    }
  }
  return hashes;
}
