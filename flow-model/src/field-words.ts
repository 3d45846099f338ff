/**
 * How people read the fields of L4 and L7 records: one title and one kind for each, wherever it is shown. A kind says which unit a value
 * has and how it is written. Free of zod, so that a browser bundle can afford it.
 */
import { type L4Field, type L7Field } from './records';

/** `id`: a long text, of which a few characters tell two apart. `number`: a number that is a name (port, VNI, sequence number), without unit. */
export type FieldKind = 'text' | 'id' | 'number' | 'count' | 'bytes' | 'milliseconds' | 'boolean' | 'list';

interface FieldWords {
  readonly title: string;
  readonly kind: FieldKind;
}

/** Units by Grafana's names; kinds that are not here have none. */
export const KIND_UNITS: Readonly<Partial<Record<FieldKind, string>>> = {
  number: 'none',
  bytes: 'decbytes',
  milliseconds: 'ms',
};

const text = (title: string): FieldWords => ({ title, kind: 'text' });
const id = (title: string): FieldWords => ({ title, kind: 'id' });
const number = (title: string): FieldWords => ({ title, kind: 'number' });
const count = (title: string): FieldWords => ({ title, kind: 'count' });
const bytes = (title: string): FieldWords => ({ title, kind: 'bytes' });
const milliseconds = (title: string): FieldWords => ({ title, kind: 'milliseconds' });
const boolean = (title: string): FieldWords => ({ title, kind: 'boolean' });

export const FIELD_WORDS = {
  v: number('Schema version'),
  host: text('Host'),
  nic_name: text('NIC'),
  nic_mac: text('NIC MAC address'),
  nic_index: number('NIC index'),
  netns: text('Network namespace'),
  virtual_nic: boolean('Virtual NIC'),
  host_network: boolean('Host network'),

  src_ip: text('Local'),
  src_port: number('Local port'),
  dst_ip: text('Remote'),
  dst_port: number('Remote port'),
  direction: text('Direction'),
  client_ip: text('Client'),
  client_port: number('Client port'),
  server_ip: text('Server'),
  server_port: number('Server port'),
  l4_proto: text('Transport'),
  l7_proto: text('Protocol'),
  vlan_id: text('VLAN'),
  vni_id: number('VNI'),
  tunnel: text('Tunnel'),

  k8s_namespace: text('Namespace'),
  k8s_pod_name: text('Pod'),
  k8s_container_name: text('Container'),
  container_id: id('Container ID'),
  src_k8s_namespace: text('Local namespace'),
  src_k8s_pod_name: text('Local pod'),
  src_k8s_service_name: text('Local service'),
  src_k8s_deployment_name: text('Local deployment'),
  dst_k8s_namespace: text('Remote namespace'),
  dst_k8s_pod_name: text('Remote pod'),
  dst_k8s_service_name: text('Remote service'),
  dst_k8s_deployment_name: text('Remote deployment'),

  capture_drops: count('Capture drops'),
  inner_traceid: id('Flow ID (this NIC)'),
  nic_traceid: id('Connection ID (all NICs)'),
  community_id: id('Community ID'),

  chunk_id: number('Chunk'),
  duration_ms: milliseconds('Duration'),
  tx_packets: count('Packets sent'),
  rx_packets: count('Packets received'),
  tx_bytes: bytes('Payload sent'),
  rx_bytes: bytes('Payload received'),
  tx_seq_min: number('First sequence number sent'),
  rx_seq_min: number('First sequence number received'),
  tx_seq_max: number('Last sequence number sent'),
  rx_seq_max: number('Last sequence number received'),
  tx_retrans: count('Retransmissions sent'),
  rx_retrans: count('Retransmissions received'),
  tx_fast_retrans: count('Fast retransmissions sent'),
  rx_fast_retrans: count('Fast retransmissions received'),
  tx_out_of_order: count('Out-of-order segments sent'),
  rx_out_of_order: count('Out-of-order segments received'),
  tx_dup_ack: count('Duplicate ACKs sent'),
  rx_dup_ack: count('Duplicate ACKs received'),
  tx_zero_window: count('Zero windows sent'),
  rx_zero_window: count('Zero windows received'),
  tx_unseen_segments: count('Unseen segments sent'),
  rx_unseen_segments: count('Unseen segments received'),
  tx_rst: count('RSTs sent'),
  rx_rst: count('RSTs received'),
  tcp_syn_retrans: count('SYN retransmissions'),
  tcp_rtt: milliseconds('RTT'),
  tcp_rtt_min: milliseconds('RTT min'),
  tcp_rtt_max: milliseconds('RTT max'),
  tcp_3whs_cost: milliseconds('Handshake'),
  tcp_4whs_cost: milliseconds('Close'),
  chunk_syn: boolean('Handshake in this chunk'),
  chunk_fin: boolean('Close in this chunk'),
  conn_state: text('State'),
  one_sided: boolean('One direction captured'),
  end_reason: text('End reason'),
  truncated_packets: count('Truncated packets'),

  request_id: id('Request ID'),
  l7_traceid: id('Request ID (seq)'),
  trace_id: id('Trace ID'),
  parent_id: id('Parent span ID'),
  trace_source: text('Trace header'),
  req_seq: number('Request sequence number'),
  resp_seq: number('Response sequence number'),
  tx_seq: number('Sequence number sent'),
  rx_seq: number('Sequence number received'),
  latency_ms: milliseconds('Latency'),
  cost_req_sent: milliseconds('Request transfer'),
  cost_resp_wait: milliseconds('Response wait'),
  cost_cnt_dl: milliseconds('Response transfer'),
  pkt_chunk_range: { title: 'Chunks', kind: 'list' },
  outcome: text('Outcome'),
  l7_op: text('Operation'),
  l7_resource: text('Resource'),
  l7_status: text('Status'),
  http_method: text('HTTP method'),
  http_path: text('HTTP path'),
  http_host: text('HTTP host'),
  http_status_code: number('HTTP status code'),
  http_version: text('HTTP version'),
  http_content_type: text('Content type'),
  http_stream_id: number('HTTP/2 stream'),
  http_reset_code: text('HTTP/2 reset code'),
  grpc_status: number('gRPC status code'),
  dns_id: number('DNS ID'),
  dns_class: text('DNS class'),
  dns_questions: count('DNS questions'),
  dns_flags: text('DNS flags'),
  dns_answers: count('DNS answers'),
  dns_addresses: text('DNS addresses'),
  ftp_argument: text('FTP argument'),
  ftp_data_inner_traceid: id('FTP data flow ID (this NIC)'),
  ftp_data_bytes: bytes('FTP data'),
  ftp_data_ms: milliseconds('FTP transfer time'),
  mysql_command: text('MySQL command'),
  mysql_error_code: number('MySQL error code'),
  mysql_rows: count('MySQL rows'),
  postgresql_rows: count('PostgreSQL rows'),
  tls_sni: text('TLS server name'),
  tls_alpn: text('ALPN'),
  tls_alpn_offered: text('ALPN offered'),
  tls_version: text('TLS version'),
  tls_cipher: text('TLS cipher suite'),
  tls_hello_retries: count('TLS hello retries'),
} as const satisfies Readonly<Record<L4Field | L7Field, FieldWords>>;

/** Of any name; undefined where it is no field of ours. */
export function fieldWords(name: string): FieldWords | undefined {
  return Object.hasOwn(FIELD_WORDS, name) ? FIELD_WORDS[name as keyof typeof FIELD_WORDS] : undefined;
}
