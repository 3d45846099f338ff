import { type AckedSegments, NO_ROW } from './acked-segments';
import { isFromFar, type Ladder } from './ladder';

/** Where delta times count from: the previous packet, the previous one of the same sender, the first one, the segment that the packet acknowledges. */
export type DeltaMode = 'previous' | 'direction' | 'start' | 'acknowledged';

/** Delta time of every row, ns; NaN where there is no packet to count from. */
export function timeDeltas(ladder: Ladder, mode: DeltaMode, acked: () => AckedSegments): Float64Array {
  const { tNs, length } = ladder.rows;
  const deltas = new Float64Array(length).fill(NaN);
  const ackedRow = mode === 'acknowledged' ? acked().ackedRow : undefined;
  const last: [number, number] = [NaN, NaN];
  for (let row = 0; row < length; row++) {
    const side = isFromFar(ladder, row) ? 1 : 0;
    switch (mode) {
      case 'start':
        deltas[row] = tNs[row] - tNs[0];
        break;
      case 'direction':
        deltas[row] = tNs[row] - last[side];
        break;
      case 'acknowledged':
        deltas[row] = ackedRow && ackedRow[row] !== NO_ROW ? tNs[row] - tNs[ackedRow[row]] : NaN;
        break;
      case 'previous':
        deltas[row] = row === 0 ? NaN : tNs[row] - tNs[row - 1];
    }
    last[side] = tNs[row];
  }
  return deltas;
}
