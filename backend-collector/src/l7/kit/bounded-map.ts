/** Keeps at most `most` entries of what a client prepared: the oldest makes room. */
export function setBounded<K, V>(known: Map<K, V>, key: K, value: V, most: number): void {
  if (known.size >= most && !known.has(key)) {
    const [oldest] = known.keys();
    known.delete(oldest);
  }
  known.set(key, value);
}
