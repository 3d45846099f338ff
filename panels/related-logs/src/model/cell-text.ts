import { bytesText, countText, durationText } from '@bpfnet/flow-model/quantity-text';
import { type Column, TIME } from './columns';
import { type CellValue, type LogRow } from './related-logs';

const SOURCES: Readonly<Record<string, string>> = {
  bpf_net_l7_log: 'request',
  bpf_net_l4_log: 'chunk',
};

/** As a person reads it; '' where the record has no such field. */
export function cellText(row: LogRow, { name, kind }: Column, timeText: (row: LogRow) => string): string {
  const value = cellValueOf(row, name);
  if (name === TIME) {
    return timeText(row);
  }
  if (value === null) {
    return '';
  }
  if (typeof value !== 'number') {
    return name === 'source' ? (SOURCES[String(value)] ?? String(value)) : String(value).replace(/_/g, wordGap(name));
  }
  switch (kind) {
    case 'ms':
      return durationText(value);
    case 'bytes':
      return bytesText(value);
    case 'count':
      return countText(value);
    default:
      return String(value);
  }
}

/** Values of ours are words; everything else stands as it came. */
const wordGap = (name: string) => (['outcome', 'conn_state', 'end_reason'].includes(name) ? ' ' : '_');

export function cellValueOf(row: LogRow, name: string): CellValue {
  if (name === TIME) {
    return row.time;
  }
  return name === 'source' ? row.source : (row.values.get(name) ?? null);
}
