import { type Ladder } from './ladder';

export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** From the row of a request's first byte to the last row tagged with it; undefined where no row is. */
export function requestRows({ packets, rows }: Ladder, requestId: string): RowRange | undefined {
  let range: RowRange | undefined;
  for (let row = 0; row < rows.length && requestId !== ''; row++) {
    const tag = packets.tag[rows.packet[row]];
    if (tag >= 0 && packets.tags[tag].requestId === requestId) {
      range = { from: range?.from ?? row, to: row };
    }
  }
  return range;
}
