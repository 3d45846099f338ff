/** Orders of indices by a column; what is in order already, as packets are by time, is not sorted again. */

/** Sorts in place, equal values by index. */
export function sortBy(items: Uint32Array, column: ArrayLike<number>): Uint32Array {
  for (let i = 1; i < items.length; i++) {
    if (column[items[i - 1]] > column[items[i]]) {
      return items.sort((a, b) => column[a] - column[b] || a - b);
    }
  }
  return items;
}

/** The indices 0 … length - 1 that `accept` takes. */
export function indicesWhere(length: number, accept: (index: number) => boolean): Uint32Array {
  const found = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) {
    if (accept(i)) {
      found[count++] = i;
    }
  }
  return found.slice(0, count);
}

/** The index of the first of sorted numbers that is larger; their length if none is. */
export function firstAbove(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] > value) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
