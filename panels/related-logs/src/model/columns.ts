/** Which fields of a record stand in the table, in which order and how wide. */
export type CellKind = 'text' | 'ms' | 'count' | 'bytes' | 'port' | 'time' | 'id';

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
  ms: 92,
  count: 78,
  bytes: 86,
  port: 72,
  time: 122,
  id: 150,
};

const KNOWN: ReadonlyArray<readonly [string, string, CellKind, number?]> = [
  [TIME, 'Time', 'time'],
  ['source', 'Record', 'text', 72],
  ['host', 'Host', 'text', 74],
  ['nic_name', 'NIC', 'text', 90],
  ['k8s_namespace', 'Namespace', 'text'],
  ['k8s_pod_name', 'Pod', 'text', 100],
  ['k8s_container_name', 'Container', 'text'],
  ['l7_proto', 'Protocol', 'text', 76],
  ['l7_op', 'Operation', 'text', 84],
  ['l7_resource', 'Resource', 'text', 124],
  ['l7_status', 'Status', 'text', 64],
  ['outcome', 'Outcome', 'text', 100],
  ['conn_state', 'State', 'text', 100],
  ['end_reason', 'Ended by', 'text', 110],
  ['latency_ms', 'Latency', 'ms'],
  ['cost_req_sent', 'Sending', 'ms'],
  ['cost_resp_wait', 'Waiting', 'ms'],
  ['cost_cnt_dl', 'Receiving', 'ms'],
  ['duration_ms', 'Duration', 'ms'],
  ['tcp_rtt', 'RTT', 'ms'],
  ['tcp_3whs_cost', 'Handshake', 'ms'],
  ['client_ip', 'Client', 'text', 100],
  ['client_port', 'Client port', 'port', 88],
  ['server_ip', 'Server', 'text', 100],
  ['server_port', 'Server port', 'port', 90],
  ['tx_retrans', 'Sent again', 'count', 88],
  ['rx_retrans', 'Received again', 'count', 112],
  ['tx_packets', 'Packets sent', 'count', 100],
  ['rx_packets', 'Packets received', 'count', 124],
  ['tx_bytes', 'Payload sent', 'bytes', 100],
  ['rx_bytes', 'Payload received', 'bytes', 124],
  ['direction', 'Direction', 'text', 84],
  ['tunnel', 'Tunnel', 'text', 70],
  ['vni_id', 'VNI', 'port', 60],
  ['chunk_id', 'Chunk', 'port', 64],
  ['request_id', 'Request id', 'id'],
  ['l7_traceid', 'Request id (seq)', 'id', 180],
  ['inner_traceid', 'Connection at NIC', 'id', 240],
  ['nic_traceid', 'Connection', 'id', 180],
  ['trace_id', 'Trace', 'id', 240],
];

const BY_NAME = new Map(
  KNOWN.map(([name, title, kind, widthPx = WIDTHS[kind]]): [string, Column] => [name, { name, title, kind, widthPx }])
);

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

/** A field that is not known is a text under its own name. */
export function columnOf(name: string): Column {
  return BY_NAME.get(name) ?? { name, title: name, kind: 'text', widthPx: WIDTHS.text };
}

/** What was chosen, else what the panel begins with; what cannot be read is passed over. */
export function shownColumns(chosen: readonly ColumnChoice[], set: ColumnSet): readonly Column[] {
  return chosen.length === 0 ? defaultColumns(set) : chosen.map(withWidth);
}

function withWidth({ name, widthPx }: ColumnChoice): Column {
  const column = columnOf(name);
  return widthPx === undefined ? column : { ...column, widthPx: clampWidth(widthPx) };
}

export function clampWidth(px: number): number {
  return Math.min(MAX_WIDTH_PX, Math.max(MIN_WIDTH_PX, Math.round(px)));
}

/** Known fields first in their usual order, others by name. */
export function offeredColumns(fields: Iterable<string>): readonly Column[] {
  const all = new Set(fields);
  const known = KNOWN.map(([name]) => name).filter((name) => name === TIME || name === 'source' || all.has(name));
  const others = [...all].filter((name) => !BY_NAME.has(name)).sort();
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
