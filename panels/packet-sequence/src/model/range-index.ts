/** Items with a start and a length, for look-up by overlap. */
import { sortBy } from './sorted-order';

export class RangeIndex {
  private readonly sorted: Uint32Array;
  private readonly longest: number;

  constructor(
    items: Uint32Array,
    private readonly start: ArrayLike<number>,
    private readonly span: ArrayLike<number>
  ) {
    this.sorted = sortBy(items, start);
    this.longest = items.reduce((max, item) => Math.max(max, span[item]), 0);
  }

  overlapping(from: number, to: number): number[] {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.start[this.sorted[middle]] > from - this.longest) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    const found: number[] = [];
    for (let i = low; i < this.sorted.length && this.start[this.sorted[i]] < to; i++) {
      const item = this.sorted[i];
      if (this.start[item] + this.span[item] > from) {
        found.push(item);
      }
    }
    return found;
  }
}
