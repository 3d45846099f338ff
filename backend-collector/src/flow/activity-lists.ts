/**
 * Flows in order of their last activity, in a few doubly linked lists over typed arrays: what is due comes first,
 * so that ageing looks at nothing else.
 */
export const enum ActivityList {
  None = 0,
  /** Has packets that are not written yet. */
  Active = 1,
  /** All written; waits for more packets. */
  Quiet = 2,
  /** The connection closed a moment ago: stragglers still belong to its last chunk. */
  Closing = 3,
  /** Closed and written; kept so that late packets are known. */
  Ended = 4,
}

const LIST_COUNT = 5;

export class ActivityLists {
  private next = new Int32Array(1024);
  private previous = new Int32Array(1024);
  private list = new Uint8Array(1024);
  private readonly heads = new Int32Array(LIST_COUNT).fill(-1);
  private readonly tails = new Int32Array(LIST_COUNT).fill(-1);
  private readonly counts = new Int32Array(LIST_COUNT);

  listOf(index: number): ActivityList {
    return index < this.list.length ? this.list[index] : ActivityList.None;
  }

  /** How many flows are in a list. */
  count(list: ActivityList): number {
    return this.counts[list];
  }

  /** The flow that waits longest, or -1. */
  first(list: ActivityList): number {
    return this.heads[list];
  }

  /** Puts a flow at the end of a list, out of the one it was in. */
  moveTo(list: ActivityList, index: number): void {
    if (index >= this.list.length) {
      this.growTo(index);
    }
    if (this.list[index] === list && this.tails[list] === index) {
      return;
    }
    this.unlink(index);
    const tail = this.tails[list];
    this.list[index] = list;
    this.previous[index] = tail;
    this.next[index] = -1;
    if (tail < 0) {
      this.heads[list] = index;
    } else {
      this.next[tail] = index;
    }
    this.tails[list] = index;
    this.counts[list]++;
  }

  unlink(index: number): void {
    const list = this.list[index];
    if (list === ActivityList.None) {
      return;
    }
    const before = this.previous[index];
    const after = this.next[index];
    if (before < 0) {
      this.heads[list] = after;
    } else {
      this.next[before] = after;
    }
    if (after < 0) {
      this.tails[list] = before;
    } else {
      this.previous[after] = before;
    }
    this.list[index] = ActivityList.None;
    this.counts[list]--;
  }

  private growTo(index: number): void {
    const size = Math.max(index + 1, this.list.length * 2);
    const grow = <T extends Int32Array | Uint8Array>(old: T, grown: T): T => {
      grown.set(old);
      return grown;
    };
    this.next = grow(this.next, new Int32Array(size));
    this.previous = grow(this.previous, new Int32Array(size));
    this.list = grow(this.list, new Uint8Array(size));
  }
}
