/** Which fields of a record the table shows, in which order and how wide. */
import { type FieldKind, fieldWords } from '@bpfnet/flow-model/field-words';

type CellKind = FieldKind | 'time';

export interface Column {
  readonly name: string;
  readonly title: string;
  readonly kind: CellKind;
  readonly widthPx: number;
}

/** As it is stored. */
export interface ColumnChoice {
  readonly name: string;
  readonly widthPx?: number;
}

export const TIME = 'time';
export const MIN_WIDTH_PX = 48;
export const MAX_WIDTH_PX = 800;

const WIDTHS: Readonly<Record<CellKind, number>> = {
  text: 110,
  milliseconds: 92,
  count: 78,
  bytes: 86,
  number: 72,
  boolean: 72,
  list: 110,
  time: 122,
  id: 150,
};

/** With a width where that of the kind does not fit. */
const KNOWN: ReadonlyArray<readonly [name: string, widthPx?: number]> = [
  [TIME],
  ['source', 72],
  ['host', 74],
  ['nic_name', 90],
  ['k8s_namespace'],
  ['k8s_pod_name', 100],
  ['k8s_container_name'],
  ['l7_proto', 76],
  ['l7_op', 84],
  ['l7_resource', 124],
  ['l7_status', 64],
  ['outcome', 100],
  ['conn_state', 100],
  ['end_reason', 110],
  ['latency_ms'],
  ['cost_req_sent', 116],
  ['cost_resp_wait', 108],
  ['cost_cnt_dl', 124],
  ['duration_ms'],
  ['tcp_rtt'],
  ['tcp_3whs_cost'],
  ['client_ip', 100],
  ['client_port', 88],
  ['server_ip', 100],
  ['server_port', 90],
  ['tx_retrans', 144],
  ['rx_retrans', 168],
  ['tx_packets', 100],
  ['rx_packets', 124],
  ['tx_bytes', 100],
  ['rx_bytes', 124],
  ['direction', 84],
  ['tunnel', 70],
  ['vni_id', 60],
  ['chunk_id', 64],
  ['request_id'],
  ['l7_traceid', 180],
  ['inner_traceid', 240],
  ['nic_traceid', 180],
  ['trace_id', 240],
];

const KNOWN_COLUMNS = new Map(KNOWN.map(([name, widthPx]): [string, Column] => [name, column(name, widthPx)]));

function column(name: string, widthPx?: number): Column {
  const { title, kind } = wordsOf(name);
  return { name, title, kind, widthPx: widthPx ?? WIDTHS[kind] };
}

/** A field that is not known is a text under its own name. */
function wordsOf(name: string): Pick<Column, 'title' | 'kind'> {
  switch (name) {
    case TIME:
      return { title: 'Time', kind: 'time' };
    case 'source':
      return { title: 'Record', kind: 'text' };
    default:
      return fieldWords(name) ?? { title: name, kind: 'text' };
  }
}

/** What the table begins with: requests, and what lies below them. What differs between NICs stands where it is seen without scrolling. */
const DEFAULTS = {
  requests: [
    TIME,
    'host',
    'nic_name',
    'k8s_pod_name',
    'l7_resource',
    'latency_ms',
    'tx_retrans',
    'rx_retrans',
    'client_ip',
    'client_port',
    'server_ip',
    'server_port',
    'l7_op',
    'l7_status',
  ],
  connections: [
    TIME,
    'host',
    'nic_name',
    'k8s_pod_name',
    'conn_state',
    'end_reason',
    'duration_ms',
    'tcp_rtt',
    'client_ip',
    'client_port',
    'server_ip',
    'server_port',
    'tx_packets',
    'rx_packets',
    'tx_retrans',
    'rx_retrans',
  ],
  mixed: [
    TIME,
    'source',
    'host',
    'nic_name',
    'l7_op',
    'l7_resource',
    'l7_status',
    'latency_ms',
    'conn_state',
    'duration_ms',
    'tcp_rtt',
    'tx_packets',
    'rx_packets',
    'tx_retrans',
    'rx_retrans',
  ],
} as const;

export type ColumnSet = keyof typeof DEFAULTS;

export function defaultColumns(set: ColumnSet): readonly Column[] {
  return DEFAULTS[set].map(columnOf);
}

export function columnOf(name: string): Column {
  return KNOWN_COLUMNS.get(name) ?? column(name);
}

/** What was chosen, else what the panel begins with; what cannot be read is passed over. */
export function shownColumns(chosen: readonly ColumnChoice[], set: ColumnSet): readonly Column[] {
  return chosen.length === 0 ? defaultColumns(set) : chosen.map(withWidth);
}

function withWidth({ name, widthPx }: ColumnChoice): Column {
  const column = columnOf(name);
  return widthPx === undefined ? column : { ...column, widthPx: clampWidth(widthPx) };
}

function clampWidth(px: number): number {
  return Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, Math.round(px)));
}

/** Known fields first in their usual order, others by name. */
export function offeredColumns(fields: Iterable<string>): readonly Column[] {
  const all = new Set(fields);
  const known = KNOWN.map(([name]) => name).filter((name) => name === TIME || name === 'source' || all.has(name));
  const others = [...all].filter((name) => !KNOWN_COLUMNS.has(name)).sort();
  return [...known, ...others].map(columnOf);
}

export const toggled = (shown: readonly Column[], name: string): readonly Column[] =>
  shown.some((column) => column.name === name)
    ? shown.filter((column) => column.name !== name)
    : [...shown, columnOf(name)];

/** @param by places; negative towards the front */
export function moved(shown: readonly Column[], name: string, by: number): readonly Column[] {
  const from = shown.findIndex((column) => column.name === name);
  const to = from + by;
  if (from < 0 || to < 0 || to >= shown.length) {
    return shown;
  }
  const rest = shown.filter((_column, i) => i !== from);
  return [...rest.slice(0, to), shown[from], ...rest.slice(to)];
}

export const resized = (shown: readonly Column[], name: string, widthPx: number): readonly Column[] =>
  shown.map((column) => (column.name === name ? { ...column, widthPx: clampWidth(widthPx) } : column));

export const choiceOf = (columns: readonly Column[]): readonly ColumnChoice[] =>
  columns.map(({ name, widthPx }) => ({ name, widthPx }));
