/**
 * Fields that have columns of their own in addition to the line, so that a metric query reads them without the text.
 *
 * A line is *flat* when it is exactly what JSON.stringify makes of an object whose names are label names, without a
 * backslash, whose values are strings, numbers, booleans, null or arrays of numbers, and whose fields listed here have
 * the type listed here. An entry is flat when its line is and it has no structured metadata, which might hide a field. For
 * a flat entry, and only then:
 *   - a column holds the field's value, NULL where the field is absent;
 *   - `| json` yields the value's text as JSON.stringify writes it (strings without their quotes);
 *   - DuckDB's JSON functions print every other field as it is in the line.
 * The collector's lines are flat unless a text in them needs an escape; all other lines go through the parsers of this
 * store.
 */
type FieldType = 'number' | 'string';

/** The fields that dashboards, alert rules and lists query. Each column makes a push more expensive, so this is not every field. */
export const FIELD_COLUMNS = {
  nic_name: 'string',
  netns: 'string',
  l7_proto: 'string',
  k8s_namespace: 'string',
  outcome: 'string',
  l7_op: 'string',
  l7_status: 'string',
  conn_state: 'string',
  end_reason: 'string',
  latency_ms: 'number',
  cost_resp_wait: 'number',
  tcp_rtt: 'number',
  tcp_syn_retrans: 'number',
  tx_packets: 'number',
  rx_packets: 'number',
  tx_bytes: 'number',
  rx_bytes: 'number',
  tx_retrans: 'number',
  rx_retrans: 'number',
  tx_seq_min: 'number',
  tx_seq_max: 'number',
  rx_seq_min: 'number',
  rx_seq_max: 'number',
  capture_drops: 'number',
} as const satisfies Readonly<Record<string, FieldType>>;

export const FIELD_NAMES: readonly string[] = Object.keys(FIELD_COLUMNS);
const FIELD_TYPES: readonly FieldType[] = Object.values(FIELD_COLUMNS);

export function isFieldColumn(name: string): boolean {
  return Object.hasOwn(FIELD_COLUMNS, name);
}

export function isNumberColumn(name: string): boolean {
  return isFieldColumn(name) && FIELD_COLUMNS[name as keyof typeof FIELD_COLUMNS] === 'number';
}

/** The column's name in SQL; apart from the columns of the store's own. */
export function columnOf(field: string): string {
  return `f_${field}`;
}

type FieldValue = string | number | null;

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The values of `FIELD_NAMES` in a flat line, or undefined for any other line. */
export function readFields(line: string): readonly FieldValue[] | undefined {
  if (line.charCodeAt(0) !== 0x7b || line.includes('\\') || line.includes('\ufffd')) {
    return undefined;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  // Also false for a duplicate name, for spaces, and for numbers that do not survive as a double.
  if (JSON.stringify(parsed) !== line) {
    return undefined;
  }
  const record = parsed as Readonly<Record<string, unknown>>;
  for (const name in record) {
    if (!LABEL_NAME.test(name) || !isFlatValue(record[name])) {
      return undefined;
    }
  }
  const values: FieldValue[] = [];
  for (let at = 0; at < FIELD_NAMES.length; at++) {
    const value = record[FIELD_NAMES[at]];
    if (value !== undefined && typeof value !== FIELD_TYPES[at]) {
      return undefined;
    }
    values.push((value ?? null) as FieldValue);
  }
  return values;
}

function isFlatValue(value: unknown): boolean {
  if (typeof value === 'number') {
    return isPlainNumber(value);
  }
  return Array.isArray(value)
    ? value.every((item) => typeof item === 'number' && isPlainNumber(item))
    : value === null || typeof value !== 'object';
}

/** Not so small or large that DuckDB or JavaScript might print it with an exponent. */
function isPlainNumber(value: number): boolean {
  const size = Math.abs(value);
  return size < 1e15 && (size >= 1e-3 || size === 0);
}
