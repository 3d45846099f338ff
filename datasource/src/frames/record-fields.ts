/**
 * Which fields list frames have: names of the record, with title and unit for people. Order is that of the columns.
 */
import { type FieldConfig, FieldType, MappingType, type ValueMapping } from '@grafana/data';
import { type L4Record, type L7Record } from '@bpfnet/flow-model';

export interface RecordField<R> {
  readonly name: keyof R & string;
  readonly type: FieldType;
  readonly config: FieldConfig;
}

const TEXT = FieldType.string;
const NUMBER = FieldType.number;

const OUTCOMES: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: {
      ok: { text: 'ok', color: 'green', index: 0 },
      client_error: { text: 'client error', color: 'orange', index: 1 },
      server_error: { text: 'server error', color: 'red', index: 2 },
      unanswered: { text: 'unanswered', color: 'dark-red', index: 3 },
      reset: { text: 'reset', color: 'dark-red', index: 4 },
      parse_error: { text: 'parse error', color: 'purple', index: 5 },
      gap: { text: 'gap', color: 'purple', index: 6 },
    },
  },
];

function text<R>(name: keyof R & string, displayName: string, config: FieldConfig = {}): RecordField<R> {
  return { name, type: TEXT, config: { displayName, ...config } };
}

function number<R>(name: keyof R & string, displayName: string, config: FieldConfig = {}): RecordField<R> {
  return { name, type: NUMBER, config: { displayName, ...config } };
}

const MS: FieldConfig = { unit: 'ms' };
const BYTES: FieldConfig = { unit: 'decbytes' };
const PORT: FieldConfig = { unit: 'none', decimals: 0 };

type Connection = Pick<L7Record, keyof L7Record & keyof L4Record>;

const WHERE: ReadonlyArray<RecordField<Connection>> = [
  text('host', 'Host'),
  text('nic_name', 'NIC'),
  text('k8s_namespace', 'Namespace'),
  text('k8s_pod_name', 'Pod'),
  text('client_ip', 'Client'),
  number('client_port', 'Client port', PORT),
  text('server_ip', 'Server'),
  number('server_port', 'Server port', PORT),
];

const CONNECTION: ReadonlyArray<RecordField<Connection>> = [
  text('direction', 'Direction'),
  text('src_ip', 'Local'),
  number('src_port', 'Local port', PORT),
  text('dst_ip', 'Remote'),
  number('dst_port', 'Remote port', PORT),
  text('l4_proto', 'Transport'),
  text('src_k8s_pod_name', 'Local pod'),
  text('dst_k8s_pod_name', 'Remote pod'),
  text('dst_k8s_service_name', 'Remote service'),
  text('tunnel', 'Tunnel'),
  number('vni_id', 'VNI', PORT),
  text('vlan_id', 'VLAN'),
  number('capture_drops', 'Lost by the capture'),
];

const TRAFFIC: ReadonlyArray<RecordField<Connection>> = [
  number('tx_packets', 'Packets sent'),
  number('rx_packets', 'Packets received'),
  number('tx_bytes', 'Payload sent', BYTES),
  number('rx_bytes', 'Payload received', BYTES),
  number('tx_retrans', 'Retransmissions sent'),
  number('rx_retrans', 'Retransmissions received'),
];

const CONNECTION_IDS: ReadonlyArray<RecordField<Connection>> = [
  text('nic_traceid', 'Connection id (every NIC)'),
  text('inner_traceid', 'Connection id (this NIC)'),
  text('community_id', 'Community ID'),
];

export const L7_FIELDS: ReadonlyArray<RecordField<L7Record>> = [
  ...WHERE,
  text('l7_proto', 'Protocol'),
  text('l7_op', 'Operation'),
  text('l7_resource', 'Resource'),
  text('l7_status', 'Status'),
  text('outcome', 'Outcome', { mappings: OUTCOMES }),
  number('latency_ms', 'Latency', MS),
  number('cost_req_sent', 'Request sent', MS),
  number('cost_resp_wait', 'Waiting', MS),
  number('cost_cnt_dl', 'Response received', MS),
  ...TRAFFIC,
  ...CONNECTION,
  text('trace_id', 'Trace'),
  text('request_id', 'Request id'),
  text('l7_traceid', 'Request id (seq)'),
  ...CONNECTION_IDS,
];

export const L4_FIELDS: ReadonlyArray<RecordField<L4Record>> = [
  ...WHERE,
  text('l7_proto', 'Protocol'),
  text('conn_state', 'State'),
  text('end_reason', 'Ended by'),
  number('duration_ms', 'Duration', MS),
  ...TRAFFIC,
  number('tcp_rtt', 'RTT', MS),
  number('tcp_rtt_min', 'RTT min', MS),
  number('tcp_rtt_max', 'RTT max', MS),
  number('tcp_3whs_cost', 'Handshake', MS),
  number('tcp_syn_retrans', 'SYN retransmissions'),
  number('tx_out_of_order', 'Out of order sent'),
  number('rx_out_of_order', 'Out of order received'),
  number('tx_zero_window', 'Zero window sent'),
  number('rx_zero_window', 'Zero window received'),
  ...CONNECTION,
  number('chunk_id', 'Chunk', PORT),
  ...CONNECTION_IDS,
];
