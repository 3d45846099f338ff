/**
 * THE CONTRACT: what the collector writes and everything else reads. Types, validators, JSON schema and the
 * generated page docs/generated/record-schema.md come from here; words.ts has the values of enumerated fields, field-words.ts has a title
 * and a kind for each field.
 *
 * A field that has no value is absent, never null. The description of each field names its unit. Readers accept
 * fields that they do not know (`looseObject`), so that an older reader survives a newer writer.
 */
import * as z from 'zod';
import { CONN_STATES, DIRECTIONS, END_REASONS, L4_PROTOCOLS, OUTCOMES, TRACE_SOURCES, TUNNELS } from './words';

/** Raised when a field changes its meaning; a new field alone does not raise it. */
export const SCHEMA_VERSION = 1;

const count = (text: string) => z.number().int().nonnegative().describe(text);
const milliseconds = (text: string) => z.number().nonnegative().describe(`${text}, ms`);
const text = (description: string) => z.string().describe(description);
const port = (description: string) => z.number().int().min(0).max(65535).describe(description);
const seq = (description: string) =>
  z.number().int().min(0).max(0xffffffff).describe(`${description}; absolute, modulo 2^32`);
/** Nanoseconds since the Unix epoch do not fit a JSON number. */
const nanoseconds = (description: string) =>
  z
    .string()
    .regex(/^\d{1,19}$/)
    .describe(`${description}, nanoseconds since the Unix epoch, decimal`);

type OptionalText = z.ZodOptional<z.ZodString>;

const workload = <S extends 'src' | 'dst'>(side: S) =>
  ({
    [`${side}_k8s_namespace`]: text(`Kubernetes namespace of ${side}`).optional(),
    [`${side}_k8s_pod_name`]: text(`pod of ${side}`).optional(),
    [`${side}_k8s_service_name`]: text(`service that ${side}'s address belongs to`).optional(),
    [`${side}_k8s_deployment_name`]: text(`deployment of ${side}'s pod`).optional(),
  }) as Record<`${S}_k8s_${'namespace' | 'pod_name' | 'service_name' | 'deployment_name'}`, OptionalText>;

/** On every L4 and L7 line: which NIC, which connection, whose. */
const CONNECTION_FIELDS = {
  v: z.number().int().describe('schema version'),
  host: text('host that captured it'),
  nic_name: text('interface that saw it'),
  nic_mac: text('hardware address of the NIC, aa:bb:cc:dd:ee:ff').optional(),
  nic_index: count('kernel interface index of the NIC').optional(),
  netns: text('network namespace that the NIC is in').optional(),
  virtual_nic: z.boolean().describe('veth, bridge, tunnel, tap and the like').optional(),
  host_network: z.boolean().describe("the NIC is in the host's own network namespace").optional(),

  src_ip: text("address of the NIC's own side"),
  src_port: port("port of the NIC's own side"),
  dst_ip: text('address of the other side'),
  dst_port: port('port of the other side'),
  direction: z
    .enum(DIRECTIONS)
    .describe(
      'outgoing: the client is src; incoming: the client is dst; unknown: a reader shows src as Local, dst as Remote'
    ),
  client_ip: text('address of the side that opened the connection; absent where unknown').optional(),
  client_port: port('port of that side').optional(),
  server_ip: text('address of the side that was connected to; absent where unknown').optional(),
  server_port: port('port of that side').optional(),
  l4_proto: z.enum(L4_PROTOCOLS).describe('transport protocol'),
  l7_proto: text('application protocol (http, dns, …); absent where not recognised').optional(),

  vlan_id: text('VLAN ids, outermost first, joined by "."').optional(),
  vni_id: count('innermost network identifier: VNI of VXLAN or Geneve, key of GRE').optional(),
  tunnel: z.enum(TUNNELS).describe('innermost encapsulation that the packets came in').optional(),

  k8s_namespace: text("Kubernetes namespace of the NIC's owner").optional(),
  k8s_pod_name: text("pod that owns the NIC's network namespace").optional(),
  k8s_container_name: text("container of the NIC's owner").optional(),
  container_id: text("container id of the NIC's owner").optional(),
  ...workload('src'),
  ...workload('dst'),

  capture_drops: count('packets that the kernel dropped on this capture while the record was open').optional(),

  inner_traceid: text('one connection at one NIC; joins its L4 chunks, packets and L7 spans; 32 hex digits'),
  nic_traceid: text(
    'one TCP connection at every NIC: <SYN seq>_<SYN-ACK seq>, _0 where no SYN-ACK was seen; absent where no SYN was'
  ).optional(),
  community_id: text('the five-tuple as Community ID version 1'),
} as const;

const perDirection = <D extends 'tx' | 'rx'>(d: D, who: string) =>
  ({
    [`${d}_packets`]: count(`packets ${who}`),
    [`${d}_bytes`]: count(`TCP or UDP payload ${who}, as on the wire, bytes`),
  }) as Record<`${D}_${'packets' | 'bytes'}`, z.ZodNumber>;

const tcpPerDirection = <D extends 'tx' | 'rx'>(d: D, who: string) =>
  ({
    [`${d}_seq_min`]: seq(`first sequence number ${who}`).optional(),
    [`${d}_seq_max`]: seq(`sequence number after the last byte ${who}`).optional(),
    [`${d}_retrans`]: count(`retransmitted segments ${who}, all kinds`).optional(),
    [`${d}_fast_retrans`]: count(`of these, fast retransmissions`).optional(),
    [`${d}_out_of_order`]: count(`out-of-order segments ${who}`).optional(),
    [`${d}_dup_ack`]: count(`duplicate ACKs ${who}`).optional(),
    [`${d}_zero_window`]: count(`segments that announce a zero window ${who}`).optional(),
    [`${d}_unseen_segments`]: count(`gaps: segments ${who} that the capture did not see`).optional(),
    [`${d}_rst`]: count(`RST segments ${who}`).optional(),
  }) as Record<
    | `${D}_${'seq_min' | 'seq_max' | 'retrans' | 'fast_retrans' | 'out_of_order' | 'dup_ack' | 'zero_window'}`
    | `${D}_${'unseen_segments' | 'rst'}`,
    z.ZodOptional<z.ZodNumber>
  >;

const TX = 'sent by src';
const RX = 'sent by dst';

/** One chunk of one flow at one NIC: counters, timings, verdict bits. */
export const l4RecordSchema = z.looseObject({
  ...CONNECTION_FIELDS,
  chunk_id: count('1, 2, … within the connection at this NIC'),
  duration_ms: milliseconds('first to last packet of the chunk'),
  ...perDirection('tx', TX),
  ...perDirection('rx', RX),
  ...tcpPerDirection('tx', TX),
  ...tcpPerDirection('rx', RX),
  tcp_syn_retrans: count('SYN and SYN-ACK retransmissions').optional(),
  tcp_rtt: milliseconds('round trip time, mean of the samples of this chunk').optional(),
  tcp_rtt_min: milliseconds('round trip time, smallest sample of this chunk').optional(),
  tcp_rtt_max: milliseconds('round trip time, largest sample of this chunk').optional(),
  tcp_3whs_cost: milliseconds('handshake: first SYN to the ACK of the SYN-ACK').optional(),
  tcp_4whs_cost: milliseconds('close: first FIN to the ACK of the last FIN').optional(),
  chunk_syn: z.boolean().describe('the handshake began in this chunk').optional(),
  chunk_fin: z.boolean().describe('the connection ended in this chunk').optional(),
  conn_state: z.enum(CONN_STATES).describe('state of the connection at the end of the chunk'),
  one_sided: z
    .boolean()
    .describe('the capture holds the packets of one side only, whose ACKs show that the other one spoke')
    .optional(),
  end_reason: z.enum(END_REASONS).describe('why the flow ended; absent while it goes on').optional(),
  truncated_packets: count('packets of which the capture holds fewer bytes than the wire did').optional(),
});

const column = (description: string) => z.string().describe(`${description}; packed, see packet-columns`);

/** The packets of one chunk, as columns. Only packet-columns.ts knows how they are packed. */
const l4PacketsRecordSchema = z.looseObject({
  v: z.number().int().describe('schema version'),
  host: text('host that captured it'),
  nic_name: text('interface that saw it'),
  inner_traceid: text('joins the chunk with its L4 record'),
  chunk_id: count('the L4 record with the same number'),
  packets: count('length of every column'),
  time_pos: nanoseconds('time of the first packet'),
  tx_seq_pos: seq('what `seq` of src and `ack` of dst count from'),
  rx_seq_pos: seq('what `seq` of dst and `ack` of src count from'),
  dir: column('0 sent by src, 1 sent by dst'),
  ts: column('ns since the previous packet'),
  flags: column('TCP flag byte'),
  seq: column("relative to the sender's position"),
  ack: column("relative to the other side's position"),
  len: column('payload bytes'),
  win: column('receive window, scaled, bytes'),
  ana: column('analysis bits'),
});

/** On every L7 line, whatever the protocol. */
const EXCHANGE_FIELDS = {
  ...CONNECTION_FIELDS,
  request_id: text('one request at every NIC it crosses, answered or not'),
  l7_traceid: text('<req_seq>_<resp_seq>, resp 0 where unanswered').optional(),
  trace_id: text("the application's trace, as its header says").optional(),
  parent_id: text("the application's span that sent the request").optional(),
  trace_source: z.enum(TRACE_SOURCES).describe('header that named the trace').optional(),
  req_seq: seq("the request's first byte").optional(),
  resp_seq: seq("the response's first byte").optional(),
  tx_seq: seq('req_seq or resp_seq, whichever src sent').optional(),
  rx_seq: seq('req_seq or resp_seq, whichever dst sent').optional(),
  latency_ms: milliseconds('first request byte to last response byte; unanswered: to the end of waiting'),
  cost_req_sent: milliseconds('first to last request byte').optional(),
  cost_resp_wait: milliseconds('last request byte to first response byte').optional(),
  cost_cnt_dl: milliseconds('first to last response byte').optional(),
  tx_packets: count('packets of this exchange sent by src'),
  rx_packets: count('packets of this exchange sent by dst'),
  tx_bytes: count('payload of this exchange sent by src, bytes'),
  rx_bytes: count('payload of this exchange sent by dst, bytes'),
  tx_retrans: count('retransmissions by src during this exchange').optional(),
  rx_retrans: count('retransmissions by dst during this exchange').optional(),
  pkt_chunk_range: z
    .tuple([z.number().int(), z.number().int()])
    .describe('first and last chunk_id that hold its packets'),
  outcome: z.enum(OUTCOMES).describe('how the exchange ended'),
  l7_op: text('what was asked for: GET, A, RETR, …'),
  l7_resource: text('of what: path, name, argument; without query string').optional(),
  l7_status: text('what was answered: 200, NXDOMAIN, 226, …').optional(),
} as const;

/** What protocols add, each under its own prefix; their parsers set them under these names. */
const PROTOCOL_FIELDS = {
  http_method: text('HTTP request method').optional(),
  http_path: text('HTTP path without query string').optional(),
  http_host: text('HTTP Host or :authority').optional(),
  http_status_code: z.number().int().describe('HTTP status code').optional(),
  http_version: text('1.0, 1.1, 2').optional(),
  http_content_type: text("the response's media type, without parameters").optional(),
  http_stream_id: count('HTTP/2 stream').optional(),
  http_reset_code: text(
    'why an HTTP/2 stream was reset: CANCEL, …; GOAWAY where the server never looked at it'
  ).optional(),
  grpc_status: count('gRPC status code').optional(),
  dns_id: count('DNS message id').optional(),
  dns_class: text('class asked for, where it is not IN').optional(),
  dns_questions: count(
    'questions in the message, where there are several; op and resource are those of the first'
  ).optional(),
  dns_flags: text(
    "flags of the answer (unanswered: of the question): aa tc rd ra ad cd; qu is mDNS' wish for a unicast answer"
  ).optional(),
  dns_answers: count('answers in the response; in a zone transfer, of all its messages').optional(),
  dns_addresses: text('addresses in the answers, the first eight, with commas between').optional(),
  ftp_argument: text('FTP argument').optional(),
  ftp_data_inner_traceid: text("inner_traceid of the transfer's data connection at the same NIC").optional(),
  ftp_data_bytes: count('bytes that the data connection carried, each counted once').optional(),
  ftp_data_ms: milliseconds('first to last byte on the data connection').optional(),
  mysql_command: text('MySQL command: COM_QUERY, COM_STMT_EXECUTE, …').optional(),
  mysql_error_code: count('MySQL error code').optional(),
  mysql_rows: count('rows that the server returned or changed').optional(),
  postgresql_rows: count('rows that the server returned or changed').optional(),
  tls_sni: text('server name asked for').optional(),
  tls_alpn: text('application protocol agreed on; from version 1.3 on nobody else sees it').optional(),
  tls_alpn_offered: text('application protocols that the client offered, joined by ","').optional(),
  tls_version: text('TLS version agreed on: 1.3, 1.2, …').optional(),
  tls_cipher: text('cipher suite agreed on, by its IANA name, else 0x…').optional(),
  tls_hello_retries: count('HelloRetryRequests: the server wanted another ClientHello').optional(),
} as const;

/** One request with its response at one NIC: an exchange. */
export const l7RecordSchema = z.looseObject({ ...EXCHANGE_FIELDS, ...PROTOCOL_FIELDS });

export type L4Record = z.infer<typeof l4RecordSchema>;
/** The names that a schema knows; `looseObject` alone would allow any. */
export type KnownField<R> = keyof { [Name in keyof R as string extends Name ? never : Name]: R[Name] } & string;
export type L4Field = KnownField<L4Record>;
export type L7Field = KnownField<L7Record>;

export type L4PacketsRecord = z.infer<typeof l4PacketsRecordSchema>;
export type L7Record = z.infer<typeof l7RecordSchema>;
export type ProtocolField = keyof typeof PROTOCOL_FIELDS;

/** A record with the label that names its kind. */
export type FlowRecord =
  | { readonly source: 'bpf_net_l4_log'; readonly record: L4Record }
  | { readonly source: 'bpf_net_l4_packets'; readonly record: L4PacketsRecord }
  | { readonly source: 'bpf_net_l7_log'; readonly record: L7Record };

export const recordSchemas = {
  bpf_net_l4_log: l4RecordSchema,
  bpf_net_l4_packets: l4PacketsRecordSchema,
  bpf_net_l7_log: l7RecordSchema,
} as const;
