import { type EndsLadder } from './ladder';
import { type PacketTable } from './packets';

/** Every packet that one NIC saw of the connection. */
export function endsLadder(packets: PacketTable, lane: number): EndsLadder {
  let count = 0;
  for (let i = 0; i < packets.length; i++) {
    count += packets.lane[i] === lane ? 1 : 0;
  }
  const packet = new Uint32Array(count);
  for (let i = 0, row = 0; i < packets.length; i++) {
    if (packets.lane[i] === lane) {
      packet[row++] = i;
    }
  }
  packet.sort((a, b) => packets.tNs[a] - packets.tNs[b]);
  return {
    mode: 'ends',
    packets,
    lane,
    rows: {
      length: count,
      packet,
      tNs: Float64Array.from(packet, (p) => packets.tNs[p]),
      ana: Uint32Array.from(packet, (p) => packets.ana[p]),
    },
    notes: [],
  };
}
