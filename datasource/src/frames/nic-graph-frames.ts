/** The NIC graph as frames of ours, which are also Grafana's node-graph frames. */
import { type DataFrame } from '@grafana/data';
import { FrameKind, NIC_GRAPH_EDGE_COLUMNS, NIC_GRAPH_NODE_COLUMNS } from '@bpfnet/flow-model/frames';
import { type NicGraph } from '../correlate/tables/nic-graph';
import { columnsFrame } from './columns-frame';
import { warnings } from './frame-parts';

interface NicGraphFrameOptions {
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
    columnsFrame(graph.nodes, NIC_GRAPH_NODE_COLUMNS, {
      name: FrameKind.NicGraphNodes,
      refId,
      meta: { ...meta, notices: warnings(notes), custom: { kind: FrameKind.NicGraphNodes, requests: graph.requests } },
    }),
    columnsFrame(graph.edges, NIC_GRAPH_EDGE_COLUMNS, {
      name: FrameKind.NicGraphEdges,
      refId,
      meta: { ...meta, custom: { kind: FrameKind.NicGraphEdges } },
    }),
  ];
}
