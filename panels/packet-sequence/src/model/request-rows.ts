import { isFromFar, type Ladder } from './ladder';
import { NO_TAG } from './packets';

export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** From the row of a request's first byte to the last row of its response, or of the request if there is none; undefined without any row. */
export function requestRows(ladder: Ladder, requestId: string): RowRange | undefined {
  const { packets, rows } = ladder;
  let range: RowRange | undefined;
  for (let row = 0; row < rows.length && requestId !== ''; row++) {
    const tag = packets.tag[rows.packet[row]];
    if (tag !== NO_TAG && packets.tags[tag].requestId === requestId) {
      range = { from: range?.from ?? row, to: row };
    }
  }
  return range && { ...range, to: lastOfMessage(ladder, range.to) };
}

/** A message lasts until the next one of its side begins. */
function lastOfMessage(ladder: Ladder, first: number): number {
  const { packets, rows } = ladder;
  const begin = rows.packet[first];
  if (!packets.lanes[packets.lane[begin]].tcp) {
    return first;
  }
  const side = isFromFar(ladder, first);
  let last = first;
  for (let row = first + 1; row < rows.length; row++) {
    const packet = rows.packet[row];
    if (isFromFar(ladder, row) !== side) {
      continue;
    }
    if (packets.tag[packet] !== NO_TAG) {
      break;
    }
    last = packets.len[packet] > 0 && packets.seqRel[packet] >= packets.seqRel[begin] ? row : last;
  }
  return last;
}
