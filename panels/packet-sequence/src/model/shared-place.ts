/** Rows of the ladder as places that other panels can be pointed to, and back. */
import { type SharedPoint } from '../../../shared/use-shared-cursor';
import { type Ladder } from './ladder';
import { NO_TAG, type PacketTable } from './packets';
import { firstAbove } from './sorted-order';

const NS_PER_MS = BigInt(1_000_000);
/** Milliseconds since the epoch as a number are that far off. */
const MS_AS_NUMBER_OFF_NS = 500;

export function pointOfRow({ packets, rows }: Ladder, row: number): SharedPoint {
  const packet = rows.packet[row];
  const tag = packets.tag[packet];
  return {
    timeMs: Number(nsSinceEpoch(packets, rows.tNs[row]) / BigInt(1000)) / 1000,
    tsNs: String(nsSinceEpoch(packets, packets.tNs[packet])),
    innerTraceId: packets.lanes[packets.lane[packet]].id,
    requestId: tag === NO_TAG ? '' : packets.tags[tag].requestId,
  };
}

/** The last row at or before a place, in the order of its NIC if that NIC is a lane; -1 if there is no row. */
export function rowOfPoint(ladder: Ladder, point: SharedPoint): number {
  const { packets, rows } = ladder;
  if (rows.length === 0) {
    return -1;
  }
  const lane = point.tsNs === '' ? -1 : packets.lanes.findIndex(({ id }) => id === point.innerTraceId);
  if (lane === -1) {
    return lastRow(ladder, sinceBase(packets, point.timeMs) + MS_AS_NUMBER_OFF_NS);
  }
  const tNs = Number(BigInt(point.tsNs) - packets.baseNs);
  if (ladder.mode === 'nics') {
    return seenLast(ladder, lane, tNs + ladder.shiftNs[lane]);
  }
  const shiftNs = (of: number) => packets.lanes[of].clock?.shiftNs ?? 0;
  return lastRow(ladder, tNs + shiftNs(lane) - shiftNs(ladder.lane));
}

const lastRow = ({ rows }: Ladder, tNs: number): number => Math.max(0, firstAbove(rows.tNs, tNs) - 1);

/** Rows are in the order of their first observations, not of those at this lane. */
function seenLast({ rows, lanes, observations }: Extract<Ladder, { mode: 'nics' }>, lane: number, tNs: number): number {
  let last = 0;
  let lastNs = -Infinity;
  for (let row = 0; row < rows.length; row++) {
    const seenNs = observations.tNs[row * lanes.length + lane];
    if (seenNs <= tNs && seenNs > lastNs) {
      last = row;
      lastNs = seenNs;
    }
  }
  return last;
}

const nsSinceEpoch = ({ baseNs }: PacketTable, tNs: number): bigint => baseNs + BigInt(Math.round(tNs));

const sinceBase = ({ baseNs }: PacketTable, ms: number): number =>
  (ms - Number(baseNs / NS_PER_MS)) * 1e6 - Number(baseNs % NS_PER_MS);
