import { type Ladder } from '../model/ladder';

/** Names a row across refreshes of the data. */
export interface RowKey {
  readonly lane: string;
  readonly ns: bigint;
  readonly seq: number;
}

export function rowKey({ packets, rows }: Ladder, row: number): RowKey {
  const packet = rows.packet[row];
  return {
    lane: packets.lanes[packets.lane[packet]].id,
    ns: packets.baseNs + BigInt(Math.round(packets.tNs[packet])),
    seq: packets.seq[packet],
  };
}

/** The row so named; -1 where there is none. */
export function rowOfKey({ packets, rows }: Ladder, key: RowKey): number {
  const lane = packets.lanes.findIndex(({ id }) => id === key.lane);
  const tNs = Number(key.ns - packets.baseNs);
  return rows.packet.findIndex(
    (packet) => packets.seq[packet] === key.seq && packets.lane[packet] === lane && packets.tNs[packet] === tNs
  );
}
