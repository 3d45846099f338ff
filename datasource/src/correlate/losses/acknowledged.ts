/** When the other side's ACKs said that bytes had arrived, as each NIC saw the ACKs. */
import { type CapturedFlow } from './captured-connection';

export class Acknowledged {
  private readonly byNic: ReadonlyArray<{ readonly tNs: readonly number[]; readonly position: readonly number[] }>;

  /** @param fromServer who sent the bytes; the ACKs are the other side's */
  constructor(flows: readonly CapturedFlow[], fromServer: 0 | 1) {
    this.byNic = flows.map((flow) => {
      const tNs: number[] = [];
      const position: number[] = [];
      for (let i = 0; i < flow.length; i++) {
        if (flow.fromServer[i] !== fromServer && flow.ackedTo[i] > (position[position.length - 1] ?? -Infinity)) {
          tNs.push(flow.tNs[i]);
          position.push(flow.ackedTo[i]);
        }
      }
      return { tNs, position };
    });
  }

  /** When the NIC saw the first ACK of all bytes before `end`; Infinity where it saw none. */
  atNic(nic: number, end: number): number {
    const { tNs, position } = this.byNic[nic];
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
    return this.byNic.some((_acks, nic) => this.atNic(nic, end) < Infinity);
  }
}
