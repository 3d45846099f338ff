/** The path of one request: NICs, and the hops between them. Both are standard node-graph frames as well. */
import { FIELD_WORDS } from '../field-words';
import { BOOLEAN, type Columns, MS_OR_NULL, type RowOf, TEXT, WHOLE, WHOLE_OR_NULL } from '../frame-columns';
import { type Outcome, OUTCOMES, TUNNELS } from '../words';
import { type FrameKind } from './frame-kind';

/** Ids of the nodes that stand for what no NIC of ours saw. */
export const OUTSIDE_CLIENT = 'outside:client';
export const OUTSIDE_SERVER = 'outside:server';

export const HOP_NODE_COLUMNS = {
  id: { ...TEXT, required: true, about: `flow ID; \`${OUTSIDE_CLIENT}\` or \`${OUTSIDE_SERVER}\` outside of the NICs` },
  title: { ...TEXT, title: 'NIC', about: 'name to show' },
  subtitle: { ...TEXT, title: 'Host', about: 'second line: the host' },
  mainstat: { ...TEXT, title: 'Latency', about: 'latency at this NIC, with unit' },
  secondarystat: { ...TEXT, title: 'Outcome', about: 'status or outcome, and retransmissions' },
  order: { ...WHOLE, required: true, title: 'Position on the path', about: '0, 1, … from client to server' },
  observed: {
    ...BOOLEAN,
    required: true,
    title: 'Observed',
    about: 'false for what no NIC saw: only the address is known then',
  },
  host: { ...TEXT, title: 'Host', about: 'host of the NIC' },
  nicName: { ...TEXT, required: true, title: 'NIC', about: 'name of the interface' },
  virtual: {
    type: 'boolean?',
    title: 'Virtual',
    about: 'a veth, bridge, tunnel, …; null where the capture does not say',
  },
  podName: { ...TEXT, title: FIELD_WORDS.k8s_pod_name.title, about: 'pod that owns the NIC' },
  k8sNamespace: { ...TEXT, title: FIELD_WORDS.k8s_namespace.title, about: 'its Kubernetes namespace' },
  containerName: { ...TEXT, title: FIELD_WORDS.k8s_container_name.title, about: 'container that owns the NIC' },
  direction: {
    ...TEXT,
    of: ['unknown', 'outgoing', 'incoming'],
    title: 'Direction',
    about: "whether the client or the server is on the NIC's own side",
  },
  clientAddress: { ...TEXT, title: 'Client', about: 'IP address as this NIC saw it, so that NAT shows' },
  clientPort: { ...WHOLE, title: 'Client port', about: 'likewise' },
  serverAddress: { ...TEXT, title: 'Server', about: 'likewise' },
  serverPort: { ...WHOLE, title: 'Server port', about: 'likewise' },
  l4Proto: { ...TEXT, title: 'Transport', about: '`tcp` or `udp`' },
  l7Proto: { ...TEXT, title: 'Protocol', about: 'application protocol' },
  tunnel: { ...TEXT, of: ['', ...TUNNELS], title: 'Tunnel', about: 'innermost encapsulation at this NIC' },
  vniId: { ...WHOLE_OR_NULL, title: 'VNI', about: 'its network identifier' },
  latencyMs: {
    ...MS_OR_NULL,
    title: 'Latency',
    about: 'first request byte to last response byte at this NIC; null where no response was seen',
  },
  outcome: {
    ...TEXT,
    of: ['', ...OUTCOMES],
    title: 'Outcome',
    about: "how the exchange ended here; '' where the NIC did not see the request",
  },
  retransmissions: { ...WHOLE, title: 'Retransmissions', about: 'during the exchange, both directions' },
  requestTsNs: {
    ...TEXT,
    title: 'Request seen at (ns)',
    about: "when the request's first byte passed: ns since the epoch on the host's own clock, decimal",
  },
  requestId: { ...TEXT, title: 'Request ID', about: 'request ID of the exchange' },
} as const satisfies Columns;
export type HopNodeRow = RowOf<typeof HOP_NODE_COLUMNS>;

export const HOP_EDGE_COLUMNS = {
  id: { ...TEXT, about: 'unique among hops' },
  source: { ...TEXT, required: true, title: 'From', about: '`id` of the node nearer to the client' },
  target: { ...TEXT, required: true, title: 'To', about: '`id` of the next node towards the server' },
  mainstat: { ...TEXT, title: 'Time', about: 'time of the hop, with unit' },
  secondarystat: { ...TEXT, title: 'Details', about: 'estimates and address translation' },
  sameClock: {
    ...BOOLEAN,
    title: 'Same clock',
    about: 'both NICs are on one host, so each direction has an exact time',
  },
  toServerMs: {
    ...MS_OR_NULL,
    title: 'To server',
    about: "the request's first byte from source to target; null where clocks differ or one end did not see it",
  },
  toClientMs: { ...MS_OR_NULL, title: 'To client', about: "likewise the response's last byte from target to source" },
  roundTripMs: {
    ...MS_OR_NULL,
    title: 'Round trip',
    about: 'latency at source minus latency at target, which needs no common clock; null where one saw no response',
  },
  toServerEstimateMs: {
    ...MS_OR_NULL,
    title: 'To server, estimated',
    about: 'between hosts whose clocks were compared; null elsewhere',
  },
  toClientEstimateMs: { ...MS_OR_NULL, title: 'To client, estimated', about: 'likewise' },
  estimateIfSymmetricMs: {
    ...MS_OR_NULL,
    title: '± if symmetric',
    about: 'error of both estimates where both directions take the same time',
  },
  estimateAtMostMs: { ...MS_OR_NULL, title: '± at most', about: 'error of both estimates in any case' },
  sentSegments: {
    ...WHOLE_OR_NULL,
    title: 'Packets sent',
    about: 'packets of the connection that were sent over this hop, both directions; null where packets were not read',
  },
  lostSegments: { ...WHOLE_OR_NULL, title: 'Packets lost', about: 'of these, lost on it' },
  requestSegmentsLost: {
    ...WHOLE_OR_NULL,
    title: 'Request segments lost',
    about: 'of these, segments of this request',
  },
  requestRetransmittedAfterMs: {
    ...MS_OR_NULL,
    title: 'Request retransmitted after',
    about: 'the longest wait of such a segment for its retransmission; null where there was none',
  },
  responseSegmentsLost: {
    ...WHOLE_OR_NULL,
    title: 'Response segments lost',
    about: 'of the lost, segments of the response',
  },
  responseRetransmittedAfterMs: { ...MS_OR_NULL, title: 'Response retransmitted after', about: 'likewise' },
  nat: { ...TEXT, title: 'NAT', about: 'addresses or ports that change on this hop' },
  lost: {
    ...TEXT,
    of: ['', 'request', 'response'],
    title: 'Lost here',
    about: 'the request was seen at source and never at target, or the response the other way',
  },
} as const satisfies Columns;
export type HopEdgeRow = RowOf<typeof HOP_EDGE_COLUMNS>;

/** `frame.meta.custom` of a `HopNodes` frame. */
export interface HopsMeta {
  readonly kind: typeof FrameKind.HopNodes;
  readonly requestId: string;
  /** `GET /api/orders → 200`. */
  readonly summary: string;
  readonly outcome: Outcome;
  /** The longest latency, which is that of the NIC nearest to the client; ms. */
  readonly latencyMs: number;
  /** Caveats, in whole sentences: clocks not compared, capture drops, limits reached. */
  readonly notes: readonly string[];
}
