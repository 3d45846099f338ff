import { endsLadder } from './ends-ladder';
import { type Ladder, type LadderMode, type LaneMode } from './ladder';
import { nicsLadder } from './nics-ladder';
import { type PacketTable } from './packets';

/** One lane a NIC needs two NICs at least, and to be told which of their packets are the same. */
export const canShowNics = ({ lanes, ways }: PacketTable): boolean => lanes.length > 1 && ways.count > 0;

export function ladderMode(packets: PacketTable, wanted: LaneMode): LadderMode {
  return canShowNics(packets) && wanted !== 'ends' ? 'nics' : 'ends';
}

/** @param lane whose packets `ends` shows; the first where there is no such lane */
export function buildLadder(packets: PacketTable, wanted: LaneMode, lane: number): Ladder {
  return ladderMode(packets, wanted) === 'nics'
    ? nicsLadder(packets)
    : endsLadder(packets, lane < packets.lanes.length ? lane : 0);
}
