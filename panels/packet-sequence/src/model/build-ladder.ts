import { type EndsLadder, type Ladder, type LadderMode, type LaneMode } from './ladder';
import { nicsLadder } from './nics-ladder';
import { type PacketTable } from './packets';
import { indicesWhere, sortBy } from './sorted-order';

/** One lane per NIC needs at least two NICs, and a frame that says which of their packets belong together. */
export const canShowNics = ({ lanes, ways }: PacketTable): boolean => lanes.length > 1 && ways.count > 0;

export function ladderMode(packets: PacketTable, wanted: LaneMode): LadderMode {
  return canShowNics(packets) && wanted !== 'ends' ? 'nics' : 'ends';
}

/** @param lane whose packets `ends` shows; the first if there is no such lane */
export function buildLadder(packets: PacketTable, wanted: LaneMode, lane: number): Ladder {
  return ladderMode(packets, wanted) === 'nics'
    ? nicsLadder(packets)
    : endsLadder(packets, lane < packets.lanes.length ? lane : 0);
}

const NOT_FOLLOWED =
  'The frame has no field "transmission" that relates packets of different NICs, so one NIC is shown at a time.';

/** Every packet that one NIC saw of the connection. */
function endsLadder(packets: PacketTable, lane: number): EndsLadder {
  const packet = sortBy(
    indicesWhere(packets.length, (i) => packets.lane[i] === lane),
    packets.tNs
  );
  return {
    mode: 'ends',
    packets,
    lane,
    rows: {
      length: packet.length,
      packet,
      tNs: Float64Array.from(packet, (p) => packets.tNs[p]),
      ana: Uint32Array.from(packet, (p) => packets.ana[p]),
    },
    notes: packets.lanes.length > 1 && packets.ways.count === 0 ? [NOT_FOLLOWED] : [],
  };
}
