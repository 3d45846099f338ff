import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { type PacketTable } from './packets';

/** Sequence space that a packet takes: none for datagrams, which have no sequence numbers. */
export function rangeSpan(table: PacketTable, packet: number): number {
  return table.lanes[table.lane[packet]].tcp ? segmentSpan(table.flags[packet], table.len[packet]) : 0;
}
