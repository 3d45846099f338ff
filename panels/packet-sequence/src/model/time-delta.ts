import { isFromFar, type Ladder } from './ladder';

/** What TD counts from: the packet before, the packet before by the same sender, the first packet. */
export type DeltaMode = 'previous' | 'direction' | 'start';

/** TD of every row, ns; NaN where there is no packet to count from. */
export function timeDeltas(ladder: Ladder, mode: DeltaMode): Float64Array {
  const { tNs, length } = ladder.rows;
  const deltas = new Float64Array(length);
  const last: [number, number] = [NaN, NaN];
  for (let row = 0; row < length; row++) {
    const side = isFromFar(ladder, row) ? 1 : 0;
    deltas[row] = tNs[row] - (mode === 'start' ? tNs[0] : mode === 'direction' ? last[side] : (tNs[row - 1] ?? NaN));
    last[side] = tNs[row];
  }
  return deltas;
}
