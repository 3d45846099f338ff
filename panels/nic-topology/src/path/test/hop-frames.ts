/** Hop frames as the datasource would put them out, from the few fields that a test is about. */
import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { FrameKind, type HopEdgeRow, type HopNodeRow, type HopsMeta } from '@bpfnet/flow-model/frames';

const NODE: HopNodeRow = {
  id: '',
  title: '',
  subtitle: '',
  mainstat: '',
  secondarystat: '',
  order: 0,
  observed: true,
  host: 'node-a',
  nicName: 'eth0',
  virtual: true,
  podName: '',
  k8sNamespace: '',
  containerName: '',
  direction: 'outgoing',
  clientAddress: '10.1.1.4',
  clientPort: 41230,
  serverAddress: '10.2.1.7',
  serverPort: 8080,
  l4Proto: 'tcp',
  l7Proto: 'http',
  tunnel: '',
  vniId: null,
  latencyMs: null,
  outcome: 'ok',
  retransmissions: 0,
  requestTsNs: '1764000000000000000',
  requestId: 'r1',
};

const EDGE: HopEdgeRow = {
  id: '',
  source: '',
  target: '',
  mainstat: '',
  secondarystat: '',
  sameClock: true,
  toServerMs: null,
  toClientMs: null,
  roundTripMs: null,
  toServerEstimateMs: null,
  toClientEstimateMs: null,
  estimateIfSymmetricMs: null,
  estimateAtMostMs: null,
  nat: '',
  lost: '',
  sentSegments: null,
  lostSegments: null,
  requestSegmentsLost: null,
  requestRetransmittedAfterMs: null,
  responseSegmentsLost: null,
  responseRetransmittedAfterMs: null,
};

/** What lies outside of the path, towards the client or the server. */
export function outside(end: 'client' | 'server'): Partial<HopNodeRow> {
  const unseen = end === 'client' ? { serverAddress: '', serverPort: 0 } : { clientAddress: '', clientPort: 0 };
  const nothing = { host: '', nicName: '', l4Proto: '', l7Proto: '', outcome: '' } as const;
  return { id: `outside:${end}`, observed: false, ...nothing, ...unseen };
}

export function hopFrames(
  nodes: ReadonlyArray<Partial<HopNodeRow>>,
  edges: ReadonlyArray<Partial<HopEdgeRow>>,
  meta: Partial<HopsMeta> = {}
): DataFrame[] {
  const nodeRows = nodes.map((node, i) => ({ ...NODE, id: `n${i}`, order: i, ...node }));
  const edgeRows = edges.map((edge, i) => ({
    ...EDGE,
    id: `e${i}`,
    source: nodeRows[i].id,
    target: nodeRows[i + 1].id,
    ...edge,
  }));
  const custom: HopsMeta = {
    kind: FrameKind.HopNodes,
    requestId: 'r1',
    summary: 'GET /api/orders → 200',
    outcome: 'ok',
    latencyMs: 412.6,
    notes: [],
    ...meta,
  };
  return [frameOf(FrameKind.HopNodes, NODE, nodeRows, custom), frameOf(FrameKind.HopEdges, EDGE, edgeRows, {})];
}

function frameOf<T extends object>(name: string, like: T, rows: readonly T[], custom: object): DataFrame {
  return createDataFrame({
    name,
    meta: { custom: { kind: name, ...custom } },
    fields: Object.keys(like).map((key) => ({
      name: key,
      type: FieldType.other,
      values: rows.map((row) => row[key as keyof T]),
    })),
  });
}

/** Two hosts, VXLAN, address translation, a slow hop between the hosts. */
export function sixNics(): DataFrame[] {
  const vxlan = { virtual: false, tunnel: 'vxlan', vniId: 42 } as const;
  const service = { serverAddress: '10.96.0.8', serverPort: 80 };
  const same = { toServerMs: 0.1, toClientMs: 0.1, roundTripMs: 0.2 };
  return hopFrames(
    [
      { podName: 'cart-7f9c', k8sNamespace: 'shop', containerName: 'cart', latencyMs: 412.6, ...service },
      { nicName: 'veth3a1', latencyMs: 412.4, ...service },
      { latencyMs: 412.2, ...vxlan },
      { host: 'node-b', latencyMs: 203.3, retransmissions: 1, ...vxlan },
      { host: 'node-b', nicName: 'veth9c4', latencyMs: 203.1 },
      { host: 'node-b', podName: 'orders-5d8b', k8sNamespace: 'shop', containerName: 'orders', latencyMs: 202.9 },
    ],
    [
      same,
      { ...same, nat: 'server 10.96.0.8:80 → 10.2.1.7:8080' },
      { sameClock: false, roundTripMs: 208.9 },
      same,
      same,
    ],
    { notes: ['The clocks of node-a and node-b were not compared.'] }
  );
}
