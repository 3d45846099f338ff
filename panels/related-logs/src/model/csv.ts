/** Rows as CSV (RFC 4180), as raw values; the time in ns since the epoch. */
import { cellValueOf } from './cell-text';
import { type Column, TIME } from './columns';
import { type LogRow } from './related-logs';

export function csvOf(rows: readonly LogRow[], columns: readonly Column[]): string {
  const head = columns.map(({ name }) => (name === TIME ? 'time_ns' : name));
  const lines = rows.map((row) =>
    columns.map(({ name }) => (name === TIME ? row.tsNs || String(row.time * 1e6) : cellValueOf(row, name)))
  );
  return [head, ...lines].map((cells) => cells.map(quoted).join(',')).join('\r\n') + '\r\n';
}

/** Spreadsheets run what begins like a formula; what came off the wire must not. */
const FORMULA = /^[=+\-@\t\r]/;

function quoted(value: string | number | boolean | null): string {
  if (typeof value !== 'string') {
    return String(value ?? '');
  }
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
