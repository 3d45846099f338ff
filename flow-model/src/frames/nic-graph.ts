/** NICs of many requests, and what lies between them. Both are standard node-graph frames as well. */
import { BOOLEAN, type Columns, MS_OR_NULL, type RowOf, SHARE, TEXT, WHOLE } from '../frame-columns';

const PER_SECOND = { type: 'number', unit: 'reqps' } as const;

export const NIC_GRAPH_NODE_COLUMNS = {
  id: { ...TEXT, required: true, about: 'unique among NICs' },
  title: { ...TEXT, title: 'NIC', about: 'name to show' },
  subtitle: { ...TEXT, title: 'Host', about: 'second line: the host' },
  mainstat: { ...TEXT, title: 'Rate', about: 'requests per second, with unit' },
  secondarystat: { ...TEXT, title: 'Failed', about: 'share of failed requests' },
  arc__ok: { ...SHARE, color: 'green', title: 'Not failed', about: 'share of requests, an arc of the node graph' },
  arc__failed: { ...SHARE, color: 'red', title: 'Failed', about: 'likewise' },
  observed: { ...BOOLEAN, title: 'Observed', about: 'false for what no NIC saw' },
  host: { ...TEXT, title: 'Host', about: 'host of the NIC' },
  nicName: { ...TEXT, title: 'NIC', about: 'name of the interface' },
  podName: { ...TEXT, title: 'Pod', about: 'pod that owns the NIC' },
  requests: { ...WHOLE, title: 'Requests', about: 'requests that crossed the NIC, of those read' },
  requestsPerSecond: { ...PER_SECOND, title: 'Requests per second', about: 'of all requests' },
  failed: { ...WHOLE, title: 'Failed requests', about: 'server errors, resets, unanswered' },
  p50Ms: { ...MS_OR_NULL, title: 'Latency p50', about: 'at this NIC; null without a response' },
  p95Ms: { ...MS_OR_NULL, title: 'Latency p95', about: 'likewise' },
} as const satisfies Columns;
export type NicGraphNodeRow = RowOf<typeof NIC_GRAPH_NODE_COLUMNS>;

export const NIC_GRAPH_EDGE_COLUMNS = {
  id: { ...TEXT, about: 'unique among hops' },
  source: { ...TEXT, required: true, title: 'From', about: '`id` of the node nearer to the client' },
  target: { ...TEXT, required: true, title: 'To', about: '`id` of the next node towards the server' },
  mainstat: { ...TEXT, title: 'Round trip', about: 'round trip on this hop, with unit' },
  secondarystat: { ...TEXT, title: 'Traffic', about: 'requests per second and losses' },
  requests: { ...WHOLE, title: 'Requests', about: 'requests that crossed the hop, of those read' },
  requestsPerSecond: { ...PER_SECOND, title: 'Requests per second', about: 'of all requests' },
  failed: { ...WHOLE, title: 'Failed requests', about: 'server errors, resets, unanswered' },
  p50Ms: { ...MS_OR_NULL, title: 'Round trip p50', about: 'on this hop; null where no request has it' },
  p95Ms: { ...MS_OR_NULL, title: 'Round trip p95', about: 'likewise' },
  lost: { ...WHOLE, title: 'Lost here', about: 'requests and responses that the hop lost' },
} as const satisfies Columns;
export type NicGraphEdgeRow = RowOf<typeof NIC_GRAPH_EDGE_COLUMNS>;
