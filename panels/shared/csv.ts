/** Rows as CSV (RFC 4180). */
type CsvValue = string | number | boolean | null;

export function csvText(rows: Iterable<readonly CsvValue[]>): string {
  return Array.from(rows, (row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** Spreadsheets run text that begins like a formula, and text may come off the wire. */
const FORMULA = /^[=+\-@\t\r]/;

function csvCell(value: CsvValue): string {
  if (typeof value !== 'string') {
    return String(value ?? '');
  }
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
