/** The NICs that saw a transmission, and where it was lost. */
import { isFromFar, type NicsLadder, seqSpan } from './ladder';

interface TransmissionPath {
  /** Lanes in the order of travel that saw it; never empty. */
  readonly lanes: readonly number[];
  readonly loss?: Loss;
}

export interface Loss {
  /** Lanes that it was lost between, in the order of travel; `before` is undefined where it was lost beyond the last one. */
  readonly after: number;
  readonly before: number | undefined;
  /** Sequence space that was lost, and the transmission's; both 0 if it takes none. */
  readonly bytes: number;
  readonly ofBytes: number;
  /** False where the capture at `before` may have missed it. */
  readonly certain: boolean;
}

export function transmissionPath(ladder: NicsLadder, row: number): TransmissionPath {
  const count = ladder.lanes.length;
  const path = ladder.lanes.map((_lane, lane) => lane);
  if (isFromFar(ladder, row)) {
    path.reverse();
  }
  const lanes = path.filter((lane) => ladder.observations.parts[row * count + lane] > 0);
  const packet = ladder.rows.packet[row];
  const fate = ladder.packets.ways.fates.get(packet);
  if (fate === undefined) {
    return { lanes };
  }
  const ofBytes = seqSpan(ladder.packets, packet);
  const before = fate.to === -1 ? undefined : fate.to;
  const after = fate.from === -1 ? lanes[lanes.length - 1] : fate.from;
  return {
    lanes,
    loss: { after, before, bytes: Math.min(fate.bytes, ofBytes), ofBytes, certain: fate.kind !== 'unknown' },
  };
}
