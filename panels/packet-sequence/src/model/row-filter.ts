/** Which rows are shown. */
import { isFromFar, type Ladder } from './ladder';
import { notableFlags } from './packet-text';
import { NO_TAG } from './packets';
import { indicesWhere } from './sorted-order';

export interface RowFilter {
  readonly side: 'both' | 'near' | 'far';
  /** TCP flag bits of which a row has one at least; 0 for any. */
  readonly flags: number;
  /** `notable`: rows with TCP analysis flags; `payload`: rows with payload; `l7`: first packets of requests and responses. */
  readonly show: 'all' | 'payload' | 'notable' | 'l7';
}

export const ALL_ROWS: RowFilter = { side: 'both', flags: 0, show: 'all' };

export const isFiltering = ({ side, flags, show }: RowFilter): boolean =>
  side !== 'both' || flags !== 0 || show !== 'all';

/** The rows in order; undefined where all are shown. */
export function filterRows(ladder: Ladder, filter: RowFilter): Uint32Array | undefined {
  if (!isFiltering(filter)) {
    return undefined;
  }
  const { packets, rows } = ladder;
  return indicesWhere(rows.length, (row) => {
    const packet = rows.packet[row];
    const ofSide = filter.side === 'both' || (filter.side === 'far') === isFromFar(ladder, row);
    return ofSide && (filter.flags === 0 || (packets.flags[packet] & filter.flags) !== 0) && isShown(packet, row);
  });

  function isShown(packet: number, row: number): boolean {
    switch (filter.show) {
      case 'all':
        return true;
      case 'payload':
        return packets.len[packet] > 0;
      case 'notable':
        return notableFlags(rows.ana[row]) !== 0;
      case 'l7':
        return packets.tag[packet] !== NO_TAG;
    }
  }
}
