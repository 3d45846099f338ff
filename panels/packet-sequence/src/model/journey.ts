/** Where a transmission was seen on its way, and where it died. */
import { isFromFar, type NicsLadder } from './ladder';
import { type Lane } from './lane';
import { rangeSpan } from './transmissions';

export interface Journey {
  /** Lanes in the order of travel that saw it; never empty. */
  readonly lanes: readonly number[];
  readonly loss?: Loss;
}

export interface Loss {
  /** Lanes that it was lost between, in the order of travel. */
  readonly after: number;
  readonly before: number;
  /** Sequence space that did not arrive, and of how much; both 0 for what takes none. */
  readonly bytes: number;
  readonly ofBytes: number;
  /** False where the capture at `before` may have missed it: it lost packets, was not fetched whole or did not run then. */
  readonly certain: boolean;
}

export function journeyOf(ladder: NicsLadder, row: number): Journey {
  const count = ladder.lanes.length;
  const base = row * count;
  const path = ladder.lanes.map((_lane, lane) => lane);
  if (isFromFar(ladder, row)) {
    path.reverse();
  }
  const lanes = path.filter((lane) => ladder.sightings.parts[base + lane] > 0);
  const last = lanes[lanes.length - 1];
  const next = path[path.indexOf(last) + 1];
  const span = rangeSpan(ladder.packets, ladder.rows.packet[row]);
  const partial = lanes.find((lane) => ladder.sightings.covered[base + lane] < span);
  if (partial !== undefined && partial !== lanes[0]) {
    const bytes = span - ladder.sightings.covered[base + partial];
    const after = lanes[lanes.indexOf(partial) - 1];
    return { lanes, loss: { after, before: partial, bytes, ofBytes: span, certain: isWhole(ladder.lanes[partial]) } };
  }
  if (next !== undefined) {
    const certain = isWhole(ladder.lanes[next]) && ranAt(ladder, row, next);
    return { lanes, loss: { after: last, before: next, bytes: span, ofBytes: span, certain } };
  }
  return { lanes };
}

/** All that passed the NIC is here. */
function isWhole({ captureDrops, fetched, recorded }: Lane): boolean {
  return captureDrops === 0 && fetched === recorded;
}

/** The NIC saw packets of the connection before and after. */
function ranAt(ladder: NicsLadder, row: number, lane: number): boolean {
  const { fromNs, toNs } = ladder.periods[lane];
  const t = ladder.rows.tNs[row];
  return t >= fromNs && t <= toNs;
}
