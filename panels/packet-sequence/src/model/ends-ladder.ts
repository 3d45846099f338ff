import { type EndsLadder } from './ladder';
import { type PacketTable } from './packets';
import { indicesWhere, sortBy } from './sorted-order';

const NOT_FOLLOWED =
  'Which packets of the NICs are the same is not said (field "transmission"), so one NIC is shown at a time.';

/** Every packet that one NIC saw of the connection. */
export function endsLadder(packets: PacketTable, lane: number): EndsLadder {
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
