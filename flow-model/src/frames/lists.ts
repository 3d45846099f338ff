/** Records as tables and log lines, and events. */
import { type Columns, type RowOf, TEXT, TIME, WHOLE, WHOLE_OR_NULL } from '../frame-columns';
import { type FrameKind } from './frame-kind';

/** What a list has beside the fields of the records that it is of. */
export const LIST_COLUMNS = {
  time: { ...TIME, title: 'Time', about: 'with nanoseconds' },
  nics: { ...WHOLE, title: 'NICs', about: 'NICs that saw the request; only where rows are one per request' },
  flow_shard: { ...WHOLE_OR_NULL, title: 'Shard', about: 'flow shard of the record' },
  tsNs: { ...TEXT, title: 'Time (ns)', about: 'ns since the epoch, decimal' },
} as const satisfies Columns;

/** The data plane form of Grafana's logs. */
export const LOG_COLUMNS = {
  timestamp: { ...TIME, required: true, about: 'with nanoseconds' },
  body: { ...TEXT, required: true, about: 'the record, JSON' },
  severity: { ...TEXT, about: '`info`, `warning` or `error`' },
  id: { ...TEXT, about: 'unique among log lines' },
  labels: { type: 'object', about: '`source`, `host`, `nic_name`, `k8s_pod_name`' },
  tsNs: { ...TEXT, about: 'ns since the epoch, decimal' },
} as const satisfies Columns;
export type LogLineRow = RowOf<typeof LOG_COLUMNS>;

/**
 * What related records have in common with a request: `connection` the connection at the same NIC, `request` the request at every NIC,
 * `transport` the connections that carry it, at every NIC.
 */
export const RELATED_DIMENSIONS = ['connection', 'request', 'transport'] as const;
export type RelatedDimension = (typeof RELATED_DIMENSIONS)[number];

/** `frame.meta.custom` of a `RelatedLogs` frame. */
export interface RelatedMeta {
  readonly kind: typeof FrameKind.RelatedLogs;
  readonly dimension: RelatedDimension;
  readonly count: number;
  /** Flow IDs of the request's connection from client to server; empty where no request says. */
  readonly path?: readonly string[];
}

export const RELATED_COUNT_COLUMNS = {
  dimension: { ...TEXT, of: RELATED_DIMENSIONS, title: 'Dimension', about: 'what they have in common' },
  joinedBy: { ...TEXT, title: 'Joined by', about: 'record field that joins them' },
  value: { ...TEXT, title: 'Value', about: 'its value' },
  source: { ...TEXT, title: 'Record kind', about: '`bpf_net_l4_log` or `bpf_net_l7_log`' },
  count: { ...WHOLE, title: 'Records', about: 'how many there are' },
} as const satisfies Columns;
export type RelatedCountRow = RowOf<typeof RELATED_COUNT_COLUMNS>;

/** The fields of Grafana's annotations, which go by the name that is shown: most have no title. */
export const EVENT_COLUMNS = {
  time: { ...TIME, about: 'beginning' },
  timeEnd: { ...TIME, about: 'end' },
  title: { ...TEXT, about: 'what happened' },
  text: { ...TEXT, about: 'how often and where' },
  tags: { ...TEXT, about: 'kind of event and host, joined by ","' },
  host: { ...TEXT, title: 'Host', about: 'host that captured it' },
  count: { ...WHOLE, title: 'Count', about: 'how many connections, packets or requests' },
} as const satisfies Columns;
export type EventRow = RowOf<typeof EVENT_COLUMNS>;
