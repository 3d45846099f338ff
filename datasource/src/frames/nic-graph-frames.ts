/** The NIC graph as frames of ours, which are also Grafana's node-graph frames. */
import { type DataFrame } from '@grafana/data';
import { FrameKind, type NicGraphEdgeRow, type NicGraphNodeRow } from '@bpfnet/flow-model';
import { type NicGraph } from '../correlate/tables/nic-graph';
import { type Columns, columnsFrame, MILLISECONDS, NUMBER, SHARE, TEXT, WHOLE, YES_NO } from './columns-frame';
import { warnings } from './frame-parts';

const PER_SECOND = { unit: 'reqps' };

const NODE_COLUMNS: Columns<NicGraphNodeRow> = {
  id: TEXT(),
  title: TEXT('NIC'),
  subtitle: TEXT('Host'),
  mainstat: TEXT('Rate'),
  secondarystat: TEXT('Failed'),
  arc__ok: NUMBER('Not failed', { ...SHARE, color: { mode: 'fixed', fixedColor: 'green' } }),
  arc__failed: NUMBER('Failed', { ...SHARE, color: { mode: 'fixed', fixedColor: 'red' } }),
  observed: YES_NO('Observed'),
  host: TEXT('Host'),
  nicName: TEXT('NIC'),
  podName: TEXT('Pod'),
  requests: NUMBER('Requests', WHOLE),
  requestsPerSecond: NUMBER('Requests a second', PER_SECOND),
  failed: NUMBER('Failed requests', WHOLE),
  p50Ms: NUMBER('Latency p50', MILLISECONDS),
  p95Ms: NUMBER('Latency p95', MILLISECONDS),
};

const EDGE_COLUMNS: Columns<NicGraphEdgeRow> = {
  id: TEXT(),
  source: TEXT('From'),
  target: TEXT('To'),
  mainstat: TEXT('Hop time, there and back'),
  secondarystat: TEXT('Traffic'),
  requests: NUMBER('Requests', WHOLE),
  requestsPerSecond: NUMBER('Requests a second', PER_SECOND),
  failed: NUMBER('Failed requests', WHOLE),
  p50Ms: NUMBER('Hop time p50', MILLISECONDS),
  p95Ms: NUMBER('Hop time p95', MILLISECONDS),
  lost: NUMBER('Lost here', WHOLE),
};

export interface NicGraphFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
  readonly logql?: string;
}

export function nicGraphFrames(graph: NicGraph, { refId, notes, logql }: NicGraphFrameOptions): DataFrame[] {
  const meta = {
    preferredVisualisationType: 'nodeGraph',
    preferredVisualisationPluginId: 'bpfnet-nictopology-panel',
    executedQueryString: logql,
  } as const;
  return [
    columnsFrame(graph.nodes, NODE_COLUMNS, {
      name: FrameKind.NicGraphNodes,
      refId,
      meta: { ...meta, notices: warnings(notes), custom: { kind: FrameKind.NicGraphNodes, requests: graph.requests } },
    }),
    columnsFrame(graph.edges, EDGE_COLUMNS, {
      name: FrameKind.NicGraphEdges,
      refId,
      meta: { ...meta, custom: { kind: FrameKind.NicGraphEdges } },
    }),
  ];
}
