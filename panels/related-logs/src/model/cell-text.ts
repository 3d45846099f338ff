/** Fields of a record as a person reads them in the table, and as values in CSV. */
import { bytesText, countText, durationText } from '@bpfnet/flow-model/quantity-text';
import { csvText } from '../../../shared/csv';
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
    case 'milliseconds':
      return durationText(value);
    case 'bytes':
      return bytesText(value);
    case 'count':
      return countText(value);
    default:
      return String(value);
  }
}

/** Our own values are words; everything else is kept as it came. */
const wordGap = (name: string) => (['outcome', 'conn_state', 'end_reason'].includes(name) ? ' ' : '_');

export function cellValueOf(row: LogRow, name: string): CellValue {
  if (name === TIME) {
    return row.time;
  }
  return name === 'source' ? row.source : (row.values.get(name) ?? null);
}

/** Raw values; the time in ns since the epoch. */
export function recordsCsv(rows: readonly LogRow[], columns: readonly Column[]): string {
  return csvText([
    columns.map(({ name }) => (name === TIME ? 'time_ns' : name)),
    ...rows.map((row) =>
      columns.map(({ name }) => (name === TIME ? row.tsNs || String(row.time * 1e6) : cellValueOf(row, name)))
    ),
  ]);
}
