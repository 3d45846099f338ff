/** Which fields of a record the list frames have, in the order of their columns. Titles and units are the contract's. */
import { type FieldConfig, FieldType, MappingType, type ValueMapping } from '@grafana/data';
import {
  FIELD_WORDS,
  type FieldKind,
  KIND_UNITS,
  type L4Field,
  type L7Field,
  type Outcome,
  OUTCOMES,
} from '@bpfnet/flow-model';

export interface RecordField<Name extends string = string> {
  readonly name: Name;
  readonly type: FieldType;
  readonly config: FieldConfig;
}

const OUTCOME_COLORS: Readonly<Record<Outcome, string>> = {
  ok: 'green',
  client_error: 'orange',
  server_error: 'red',
  unanswered: 'dark-red',
  reset: 'dark-red',
  parse_error: 'purple',
  gap: 'purple',
};

const OUTCOME_MAPPINGS: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      OUTCOMES.map((outcome, index) => [
        outcome,
        { text: outcome.replace('_', ' '), color: OUTCOME_COLORS[outcome], index },
      ])
    ),
  },
];

const TYPES: Readonly<Record<FieldKind, FieldType>> = {
  text: FieldType.string,
  id: FieldType.string,
  number: FieldType.number,
  count: FieldType.number,
  bytes: FieldType.number,
  milliseconds: FieldType.number,
  boolean: FieldType.boolean,
  list: FieldType.other,
};

function recordField<Name extends L4Field | L7Field>(name: Name): RecordField<Name> {
  const { title, kind } = FIELD_WORDS[name];
  return {
    name,
    type: TYPES[kind],
    config: {
      displayName: title,
      unit: KIND_UNITS[kind],
      ...(kind === 'number' && { decimals: 0 }),
      ...(name === 'outcome' && { mappings: OUTCOME_MAPPINGS }),
    },
  };
}

const WHERE = [
  'host',
  'nic_name',
  'k8s_namespace',
  'k8s_pod_name',
  'client_ip',
  'client_port',
  'server_ip',
  'server_port',
  'l7_proto',
] as const;

const CONNECTION = [
  'direction',
  'src_ip',
  'src_port',
  'dst_ip',
  'dst_port',
  'l4_proto',
  'src_k8s_pod_name',
  'dst_k8s_pod_name',
  'dst_k8s_service_name',
  'tunnel',
  'vni_id',
  'vlan_id',
  'capture_drops',
] as const;

const TRAFFIC = ['tx_packets', 'rx_packets', 'tx_bytes', 'rx_bytes', 'tx_retrans', 'rx_retrans'] as const;

const CONNECTION_IDS = ['nic_traceid', 'inner_traceid', 'community_id'] as const;

export const L7_FIELDS = (
  [
    ...WHERE,
    'l7_op',
    'l7_resource',
    'l7_status',
    'outcome',
    'latency_ms',
    'cost_req_sent',
    'cost_resp_wait',
    'cost_cnt_dl',
    ...TRAFFIC,
    ...CONNECTION,
    'trace_id',
    'request_id',
    'l7_traceid',
    ...CONNECTION_IDS,
  ] as const
).map(recordField<L7Field>);

export const L4_FIELDS = (
  [
    ...WHERE,
    'conn_state',
    'end_reason',
    'duration_ms',
    ...TRAFFIC,
    'tcp_rtt',
    'tcp_rtt_min',
    'tcp_rtt_max',
    'tcp_3whs_cost',
    'tcp_syn_retrans',
    'tx_out_of_order',
    'rx_out_of_order',
    'tx_zero_window',
    'rx_zero_window',
    ...CONNECTION,
    'chunk_id',
    ...CONNECTION_IDS,
  ] as const
).map(recordField<L4Field>);
