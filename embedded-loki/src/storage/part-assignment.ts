/** Which part a stream's entries go to: streams that differ only in `host` share one. */
import { dropLabels, type LabelSet } from '../logql/label-set';
import { PART_COUNT } from './schema';

export class PartAssignment {
  private readonly parts = new Map<string, number>();
  private next = 0;

  /** Restores an assignment that this run or an earlier one made. */
  record(labels: LabelSet, part: number): void {
    this.parts.set(groupOf(labels), part);
    this.next = Math.max(this.next, part + 1);
  }

  partOf(labels: LabelSet): number {
    const group = groupOf(labels);
    let part = this.parts.get(group);
    if (part === undefined) {
      part = this.next++ % PART_COUNT;
      this.parts.set(group, part);
    }
    return part;
  }
}

function groupOf(labels: LabelSet): string {
  return dropLabels(labels, ['host']).key;
}
