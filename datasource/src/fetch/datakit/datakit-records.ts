/**
 * Records of DataKit's eBPF plugin (bpf-netlog, by Guance), whose field names ours follow, read as records of ours.
 *
 * What differs there: one line holds a chunk's counters and its packets, as rows whose columns `tcp_series_col_name` names;
 * fields may lie beside the line (as labels), in it, or in its `message`, nested under `tcp` or `http`; numbers and booleans may be
 * texts; sequence numbers are relative to `tx_seq_pos` and `rx_seq_pos`, times to `time_pos`; there is no `request_id`, so
 * `l7_traceid` takes its place. Rows are packed again, so that from here on there is one kind of packets.
 *
 * Known errors of DataKit are corrected where the line shows them: `cost_req_sent` and `cost_cnt_dl` are swapped, and where
 * `rx_retrans` is missing `tx_retrans` holds it.
 */
import { type L4PacketsRecord, type L4Record, l4RecordSchema, type L7Record, l7RecordSchema } from '@bpfnet/flow-model';
import { type LogEntry } from '../../loki/loki-client';
import { arrayOf, booleanOf, type Fields, flatFields, numberOf, numbers, textOf } from './loose-values';
import { packetsOf, rowsOf } from './packet-rows';

/** `v` of a record that DataKit wrote. */
export const DATAKIT_VERSION = 0;

/** Undefined for a line that is not DataKit's. */
export function datakitChunk(entry: LogEntry): L4Record | undefined {
  const fields = flatFields(entry, 'tcp');
  if (fields?.inner_traceid === undefined) {
    return undefined;
  }
  const rows = rowsOf(fields);
  const spanNs = rows.length === 0 ? 0 : rows[rows.length - 1].tNs - rows[0].tNs;
  const ended = booleanOf(fields.chunk_fin) === true;
  const parsed = l4RecordSchema.safeParse({
    ...common(fields, entry),
    ...numbers(fields, CHUNK_NUMBERS),
    ...retransmissions(fields),
    chunk_id: numberOf(fields.chunk_id) ?? 1,
    duration_ms: Math.max(0, spanNs / 1e6),
    tx_packets: numberOf(fields.tx_packets) ?? rows.filter(({ sent }) => sent).length,
    rx_packets: numberOf(fields.rx_packets) ?? rows.filter(({ sent }) => !sent).length,
    tx_bytes: numberOf(fields.tx_bytes) ?? 0,
    rx_bytes: numberOf(fields.rx_bytes) ?? 0,
    chunk_syn: booleanOf(fields.chunk_syn),
    chunk_fin: booleanOf(fields.chunk_fin),
    conn_state: ended ? 'closed' : 'established',
    end_reason: ended ? 'closed' : undefined,
  });
  return parsed.success ? parsed.data : undefined;
}

/** The packets in a chunk's own line; undefined where it has none. */
export function datakitPackets(chunk: L4Record, line: string): L4PacketsRecord | undefined {
  const fields = flatFields({ line, tsNs: 0n, labels: {} }, 'tcp');
  return fields === undefined ? undefined : packetsOf(chunk, fields, rowsOf(fields));
}

/** Undefined for a line that is not DataKit's. */
export function datakitExchange(entry: LogEntry): L7Record | undefined {
  const fields = flatFields(entry, 'http');
  const id = textOf(fields?.l7_traceid ?? fields?.l7_trace_id);
  if (fields === undefined || id === undefined) {
    return undefined;
  }
  const [, requestSeq, responseSeq] = /^(\d{1,10})_(\d{1,10})$/.exec(id) ?? [];
  const status = numberOf(fields.http_status_code ?? fields.status_code);
  const answered = responseSeq !== undefined && responseSeq !== '0' && status !== undefined && status > 0;
  const sent = numberOf(fields.cost_cnt_dl);
  const received = numberOf(fields.cost_req_sent);
  const waited = numberOf(fields.cost_resp_wait);
  const method = textOf(fields.http_method ?? fields.method);
  const path = textOf(fields.http_path ?? fields.path);
  const parsed = l7RecordSchema.safeParse({
    ...common(fields, entry),
    ...numbers(fields, ['tx_seq', 'rx_seq']),
    ...retransmissions(fields),
    request_id: id,
    l7_traceid: id,
    trace_id: textOf(fields.trace_id),
    parent_id: textOf(fields.parent_id),
    req_seq: requestSeq === undefined ? undefined : Number(requestSeq),
    resp_seq: answered ? Number(responseSeq) : undefined,
    latency_ms: numberOf(fields.latency_ms) ?? (sent ?? 0) + (waited ?? 0) + (received ?? 0),
    cost_req_sent: sent,
    cost_resp_wait: waited,
    cost_cnt_dl: received,
    tx_packets: numberOf(fields.tx_packets) ?? 0,
    rx_packets: numberOf(fields.rx_packets) ?? 0,
    tx_bytes: numberOf(fields.tx_bytes) ?? 0,
    rx_bytes: numberOf(fields.rx_bytes) ?? 0,
    pkt_chunk_range: chunkRange(fields.pkt_chunk_range),
    outcome: !answered ? 'unanswered' : status >= 500 ? 'server_error' : status >= 400 ? 'client_error' : 'ok',
    l7_op: method ?? '',
    l7_resource: path,
    l7_status: answered ? String(status) : undefined,
    http_method: method,
    http_path: path,
    http_status_code: answered ? status : undefined,
  });
  return parsed.success ? parsed.data : undefined;
}

const CHUNK_NUMBERS = [
  ...['tx_seq_min', 'tx_seq_max', 'rx_seq_min', 'rx_seq_max', 'tx_rst', 'rx_rst'],
  ...['tcp_syn_retrans', 'tcp_rtt', 'tcp_3whs_cost', 'tcp_4whs_cost'],
];

const COMMON_TEXTS = [
  ...['nic_mac', 'netns', 'l7_proto', 'k8s_namespace', 'k8s_pod_name', 'k8s_container_name'],
  ...['src', 'dst'].flatMap((side) =>
    ['namespace', 'pod_name', 'service_name', 'deployment_name'].map((what) => `${side}_k8s_${what}`)
  ),
  'nic_traceid',
];

function common(fields: Fields, entry: LogEntry): Fields {
  const src = { ip: textOf(fields.src_ip), port: numberOf(fields.src_port) };
  const dst = { ip: textOf(fields.dst_ip), port: numberOf(fields.dst_port) };
  const direction = textOf(fields.direction) ?? 'unknown';
  const [client, server] = direction === 'incoming' ? [dst, src] : [src, dst];
  return {
    v: DATAKIT_VERSION,
    host: textOf(fields.host) ?? entry.labels.host ?? '',
    nic_name: textOf(fields.nic_name) ?? '',
    ...Object.fromEntries(COMMON_TEXTS.map((name) => [name, textOf(fields[name])])),
    virtual_nic: booleanOf(fields.virtual_nic),
    host_network: booleanOf(fields.host_network),
    src_ip: src.ip,
    src_port: src.port,
    dst_ip: dst.ip,
    dst_port: dst.port,
    direction,
    ...(direction === 'unknown'
      ? {}
      : { client_ip: client.ip, client_port: client.port, server_ip: server.ip, server_port: server.port }),
    l4_proto: textOf(fields.l4_proto) ?? 'tcp',
    vni_id: numberOf(fields.vni_id),
    tunnel: booleanOf(fields.vxlan_packet) === true ? 'vxlan' : undefined,
    inner_traceid: textOf(fields.inner_traceid),
    community_id: textOf(fields.community_id) ?? '',
  };
}

function retransmissions(fields: Fields): Fields {
  const [tx, rx] = [numberOf(fields.tx_retrans), numberOf(fields.rx_retrans)];
  return rx === undefined ? { rx_retrans: tx } : { tx_retrans: tx, rx_retrans: rx };
}

function chunkRange(value: unknown): [number, number] {
  const range: unknown = typeof value === 'string' ? arrayOf(value) : value;
  const [first, last] = Array.isArray(range) ? range.map(numberOf) : [];
  return first === undefined ? [1, 1] : [first, last ?? first];
}
