/** Capture drops over time, and where one chunk of records ends and the next begins. */
import { pluralText } from '@bpfnet/flow-model/quantity-text';
import { type Ladder } from './ladder';
import { laneName } from './lane';

export interface CaptureMark {
  /** Columns of the lanes concerned. */
  readonly lane: number;
  readonly fromNs: number;
  readonly toNs: number;
  /** Whole sentence. */
  readonly text: string;
}

/** Intervals in which a lane's capture dropped packets, ns as the ladder's `tNs`. */
export function captureMarks(ladder: Ladder): readonly CaptureMark[] {
  const { packets } = ladder;
  const lanes = ladder.mode === 'nics' ? ladder.lanes : [packets.lanes[ladder.lane]];
  return lanes.flatMap((lane, index) =>
    lane.captureGaps.map((gap) => ({
      lane: index,
      fromNs: Number(gap.fromNs - packets.baseNs) + shiftOf(ladder, index),
      toNs: Number(gap.toNs - packets.baseNs) + shiftOf(ladder, index),
      text: `The capture at ${laneName(lane)} dropped ${pluralText(gap.packets, 'packet')} in this interval.`,
    }))
  );
}

const shiftOf = (ladder: Ladder, lane: number): number => (ladder.mode === 'nics' ? ladder.shiftNs[lane] : 0);

/** The row is the first of its chunk, and an earlier chunk of the same NIC is in the ladder. */
export function isChunkSeam({ packets, rows, mode }: Ladder, row: number): boolean {
  if (mode === 'nics' || row === 0) {
    return false;
  }
  return packets.chunk[rows.packet[row]] !== packets.chunk[rows.packet[row - 1]];
}
