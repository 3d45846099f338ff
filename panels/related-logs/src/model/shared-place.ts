/** Records as places that other panels can be pointed to, and back. */
import { type SharedPoint } from '../../../shared/use-shared-cursor';
import { type LogRow, numberAt, textAt } from './related-logs';

export function pointOfRecord(row: LogRow): SharedPoint {
  return {
    timeMs: row.time,
    tsNs: row.tsNs,
    innerTraceId: textAt(row, 'inner_traceid'),
    requestId: textAt(row, 'request_id'),
  };
}

/**
 * The record that a place belongs to: of the same NIC where there are records of it, of the same request where the place has one; of these the one that
 * was going on then and began last, else the nearest in time.
 */
export function recordOfPoint(rows: readonly LogRow[], point: SharedPoint): LogRow | undefined {
  const ofNic = rows.filter((row) => point.innerTraceId !== '' && textAt(row, 'inner_traceid') === point.innerTraceId);
  const here = ofNic.length > 0 ? ofNic : rows;
  const ofRequest = here.filter((row) => point.requestId !== '' && textAt(row, 'request_id') === point.requestId);
  // A NIC's own clock does not apply to records of other NICs.
  const atMs = ofNic.length > 0 && point.tsNs !== '' ? Number(point.tsNs) / 1e6 : point.timeMs;
  return nearest(ofRequest.length > 0 ? ofRequest : here, atMs);
}

function nearest(rows: readonly LogRow[], atMs: number): LogRow | undefined {
  let best: LogRow | undefined;
  let bestOff = Infinity;
  let bestBegin = -Infinity;
  for (const row of rows) {
    const begin = beginMs(row);
    const off = Math.max(0, begin - atMs, atMs - begin - lastedMs(row));
    if (off < bestOff || (off === bestOff && begin > bestBegin)) {
      [best, bestOff, bestBegin] = [row, off, begin];
    }
  }
  return best;
}

const beginMs = ({ tsNs, time }: LogRow): number => (tsNs === '' ? time : Number(tsNs) / 1e6);

const lastedMs = (row: LogRow): number => numberAt(row, 'latency_ms') ?? numberAt(row, 'duration_ms') ?? 0;
