/** Related records as the datasource puts them out, from the few fields that a test is about. */
import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { FrameKind, type RelatedDimension } from '@bpfnet/flow-model/frames';

export interface RecordScript {
  readonly source?: 'bpf_net_l7_log' | 'bpf_net_l4_log';
  readonly tsNs?: string;
  readonly [field: string]: unknown;
}

export const span = (fields: RecordScript): RecordScript => ({
  source: 'bpf_net_l7_log',
  tsNs: '1764000000000000000',
  host: 'node-a',
  nic_name: 'eth0',
  request_id: 'r1',
  inner_traceid: 'n0',
  l7_op: 'GET',
  l7_resource: '/api/orders',
  l7_status: '200',
  outcome: 'ok',
  client_ip: '10.1.1.4',
  client_port: 41230,
  server_ip: '10.96.0.8',
  server_port: 80,
  tx_retrans: 0,
  rx_retrans: 0,
  ...fields,
});

/** One request over four NICs: translated at the second, slow between the second and the third, retransmitted at the first two. */
export const FOUR_NICS: readonly RecordScript[] = [
  span({ inner_traceid: 'n0', k8s_pod_name: 'cart-1', latency_ms: 412.6, tx_retrans: 1, tsNs: '1764000000000001000' }),
  span({ inner_traceid: 'n1', nic_name: 'veth1', latency_ms: 412.4, tx_retrans: 1, tsNs: '1764000000000002000' }),
  span({
    inner_traceid: 'n2',
    host: 'node-b',
    latency_ms: 203.2,
    server_ip: '10.2.1.7',
    server_port: 8080,
    tsNs: '1764000000000003000',
  }),
  span({
    inner_traceid: 'n3',
    host: 'node-b',
    nic_name: 'veth9',
    latency_ms: 203,
    server_ip: '10.2.1.7',
    server_port: 8080,
    tsNs: '1764000000000004000',
  }),
];

export function relatedFrame(
  dimension: RelatedDimension,
  records: readonly RecordScript[],
  path: readonly string[] = []
): DataFrame {
  const lines = records.map(({ source = 'bpf_net_l7_log', tsNs = '1764000000000000000', ...record }) => ({
    source,
    tsNs,
    body: JSON.stringify(record),
  }));
  return createDataFrame({
    name: `${FrameKind.RelatedLogs} ${dimension}`,
    meta: { custom: { kind: FrameKind.RelatedLogs, dimension, count: records.length, path } },
    fields: [
      { name: 'timestamp', type: FieldType.time, values: lines.map(({ tsNs }) => Number(tsNs) / 1e6) },
      { name: 'body', type: FieldType.string, values: lines.map(({ body }) => body) },
      { name: 'id', type: FieldType.string, values: lines.map((_line, i) => `id${i}`) },
      { name: 'labels', type: FieldType.other, values: lines.map(({ source }) => ({ source })) },
      { name: 'tsNs', type: FieldType.string, values: lines.map(({ tsNs }) => tsNs) },
    ],
  });
}

export function threeDimensions(): DataFrame[] {
  const chunk = { source: 'bpf_net_l4_log', inner_traceid: 'n0', host: 'node-a', conn_state: 'half_closed' } as const;
  return [
    relatedFrame('connection', [FOUR_NICS[0], chunk]),
    relatedFrame('request', FOUR_NICS),
    relatedFrame('transport', [chunk, { ...chunk, inner_traceid: 'n2', host: 'node-b' }, { ...chunk, chunk_id: 2 }]),
  ];
}
