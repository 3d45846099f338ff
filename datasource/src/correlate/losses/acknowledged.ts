/** When the other side's ACKs said that bytes had arrived, as each NIC saw the ACKs. */
import { type CapturedFlow } from './captured-connection';

export class Acknowledged {
  private readonly byLane: ReadonlyArray<{ readonly tNs: readonly number[]; readonly position: readonly number[] }>;

  /** @param fromServer who sent the bytes; the ACKs are the other side's */
  constructor(watches: readonly CapturedFlow[], fromServer: 0 | 1) {
    this.byLane = watches.map((watch) => {
      const tNs: number[] = [];
      const position: number[] = [];
      for (let i = 0; i < watch.length; i++) {
        if (watch.fromServer[i] !== fromServer && watch.ackedTo[i] > (position[position.length - 1] ?? -Infinity)) {
          tNs.push(watch.tNs[i]);
          position.push(watch.ackedTo[i]);
        }
      }
      return { tNs, position };
    });
  }

  /** When the lane saw the first ACK of all bytes before `end`; Infinity where it saw none. */
  atLane(lane: number, end: number): number {
    const { tNs, position } = this.byLane[lane];
    let low = 0;
    let high = position.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (position[middle] < end) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return tNs[low] ?? Infinity;
  }

  anywhere(end: number): boolean {
    return this.byLane.some((_acks, lane) => this.atLane(lane, end) < Infinity);
  }
}
