/** Decides which segments the wire drops. Pure but for its counters: the same segments and seed give the same losses. */
import { seededRandom } from '../seeded-random';
import { type Fault, type WireDirection } from './fault';
import { type TransportSegment } from './wire-frame';

/** Counters of more connections than this are forgotten, oldest first; a forgotten one counts from 1 again. */
const MAX_COUNTED_CONNECTIONS = 4096;

export class LossRule {
  private readonly random;
  private readonly seen = new Map<string, number>();

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  loses(segment: TransportSegment, direction: WireDirection, fault: Fault): boolean {
    if (
      segment.l4Proto !== 'tcp' ||
      segment.vni === null ||
      (fault.direction !== 'both' && fault.direction !== direction) ||
      (fault.port !== null && segment.srcPort !== fault.port && segment.dstPort !== fault.port) ||
      (fault.lossOn === 'data' && segment.payloadBytes === 0)
    ) {
      return false;
    }
    const byCount = fault.everyNth > 0 && this.count(segment) % fault.everyNth === 0;
    const byChance = fault.loss > 0 && this.random() < fault.loss;
    return byCount || byChance;
  }

  private count(segment: TransportSegment): number {
    const key = `${segment.srcIp}:${segment.srcPort}>${segment.dstIp}:${segment.dstPort}`;
    const count = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, count);
    if (this.seen.size > MAX_COUNTED_CONNECTIONS) {
      for (const oldest of this.seen.keys()) {
        this.seen.delete(oldest);
        break;
      }
    }
    return count;
  }
}
