/** What the chart draws: vertical lines and, from top to bottom, rows; each row is one transmission. */
import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { type Lane } from './lane';
import { type PacketTable } from './packets';

/** `ends`: client and server of one connection at one NIC. `nics`: one line for each NIC. */
export type LadderMode = 'ends' | 'nics';

/** `auto`: one lane a NIC where several NICs saw the connection, else client and server. */
export type LaneMode = 'auto' | LadderMode;

interface LadderRows {
  readonly length: number;
  /** Packet that stands for the row: the first observation in the direction of travel. */
  readonly packet: Uint32Array;
  /** When that was, ns since the ladder's `baseNs`, on the clock of the reference host. */
  readonly tNs: Float64Array;
  /** Analysis bits. */
  readonly ana: Uint32Array;
}

interface LadderBase {
  readonly packets: PacketTable;
  readonly rows: LadderRows;
  /** Whole sentences for the reader: clocks moved, packets missing. */
  readonly notes: readonly string[];
}

export interface EndsLadder extends LadderBase {
  readonly mode: 'ends';
  /** Index into `packets.lanes`. */
  readonly lane: number;
}

export interface NicsLadder extends LadderBase {
  readonly mode: 'nics';
  readonly lanes: readonly Lane[];
  /** Row-major, one entry for each row and lane. */
  readonly observations: Observations;
  /** What was added to each lane's times, ns. */
  readonly shiftNs: Float64Array;
  /** How far off each lane's times may be beside the first lane's where both ways take the same time, ns. */
  readonly uncertaintyNs: Float64Array;
}

export type Ladder = EndsLadder | NicsLadder;

export interface Observations {
  /** First time that bytes of the row passed the NIC, ns as `tNs`; NaN where never. */
  readonly tNs: Float64Array;
  /** Sequence space of the row that the NIC saw. */
  readonly covered: Uint32Array;
  /** Captured packets that carried it: more than one where a super-segment was cut on its way. */
  readonly parts: Uint16Array;
}

export const laneCount = (ladder: Ladder): number => (ladder.mode === 'ends' ? 2 : ladder.lanes.length);

/** True where the server (or Remote) sent the row: it travels from right to left. */
export const isFromFar = (ladder: Ladder, row: number): boolean =>
  ladder.packets.fromFar[ladder.rows.packet[row]] === 1;

/** Sequence space that a packet takes: none for datagrams, which have no sequence numbers. */
export const seqSpan = (table: PacketTable, packet: number): number =>
  table.lanes[table.lane[packet]].tcp ? segmentSpan(table.flags[packet], table.len[packet]) : 0;
