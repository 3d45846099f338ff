/**
 * The way of a request as two frames, nodes and edges, for our own panel and for Grafana's node graph alike.
 */
import { type DataFrame } from '@grafana/data';
import { FrameKind, type HopEdgeRow, type HopNodeRow, type HopsMeta } from '@bpfnet/flow-model';
import { type Hops } from '../correlate/tables/hops';
import { type LookUpResult } from '../fetch/connection-records';
import { type Columns, columnsFrame, MILLISECONDS, NUMBER, TEXT, WHOLE, YES_NO } from './columns-frame';
import { costStats, warnings } from './frame-parts';

const NODE_COLUMNS: Columns<HopNodeRow> = {
  id: TEXT(),
  title: TEXT('NIC'),
  subtitle: TEXT('Host'),
  mainstat: TEXT('Latency'),
  secondarystat: TEXT('Outcome'),
  order: NUMBER('Place on the path', WHOLE),
  observed: YES_NO('Observed'),
  host: TEXT('Host'),
  nicName: TEXT('NIC'),
  virtual: YES_NO('Virtual'),
  podName: TEXT('Pod'),
  k8sNamespace: TEXT('Namespace'),
  containerName: TEXT('Container'),
  direction: TEXT('Direction'),
  clientAddress: TEXT('Client'),
  clientPort: NUMBER('Client port', WHOLE),
  serverAddress: TEXT('Server'),
  serverPort: NUMBER('Server port', WHOLE),
  l4Proto: TEXT('Transport'),
  l7Proto: TEXT('Protocol'),
  tunnel: TEXT('Tunnel'),
  vniId: NUMBER('VNI', WHOLE),
  latencyMs: NUMBER('Latency', MILLISECONDS),
  outcome: TEXT('Outcome'),
  retransmissions: NUMBER('Retransmissions', WHOLE),
  requestTsNs: TEXT('Request seen at (ns)'),
  requestId: TEXT('Request id'),
};

const EDGE_COLUMNS: Columns<HopEdgeRow> = {
  id: TEXT(),
  source: TEXT('From'),
  target: TEXT('To'),
  mainstat: TEXT('Time'),
  secondarystat: TEXT('Details'),
  sameClock: YES_NO('Same clock'),
  thereMs: NUMBER('There', MILLISECONDS),
  backMs: NUMBER('Back', MILLISECONDS),
  thereAndBackMs: NUMBER('There and back', MILLISECONDS),
  thereEstimateMs: NUMBER('There, by compared clocks', MILLISECONDS),
  backEstimateMs: NUMBER('Back, by compared clocks', MILLISECONDS),
  estimateIfSymmetricMs: NUMBER('± if symmetric', MILLISECONDS),
  estimateAtMostMs: NUMBER('± at most', MILLISECONDS),
  sentSegments: NUMBER('Packets sent over it', WHOLE),
  lostSegments: NUMBER('Packets lost on it', WHOLE),
  requestSegmentsLost: NUMBER("Request's segments lost on it", WHOLE),
  requestResentAfterMs: NUMBER('Request sent again after', MILLISECONDS),
  responseSegmentsLost: NUMBER("Response's segments lost on it", WHOLE),
  responseResentAfterMs: NUMBER('Response sent again after', MILLISECONDS),
  nat: TEXT('Translation'),
  lost: TEXT('Lost here'),
};

export interface HopsFrameOptions {
  readonly refId: string;
  readonly requestId: string;
  readonly notes: readonly string[];
  readonly cost?: LookUpResult['cost'];
}

export function hopsFrames(hops: Hops, { refId, requestId, notes, cost }: HopsFrameOptions): DataFrame[] {
  const meta: HopsMeta = {
    kind: FrameKind.HopNodes,
    requestId,
    summary: hops.summary,
    outcome: hops.outcome,
    latencyMs: hops.latencyMs,
    notes: [...hops.notes, ...notes],
  };
  return [
    frameOf(hops.nodes, NODE_COLUMNS, { name: FrameKind.HopNodes, refId, custom: { ...meta }, notices: notes, cost }),
    frameOf(hops.edges, EDGE_COLUMNS, { name: FrameKind.HopEdges, refId, custom: { kind: FrameKind.HopEdges } }),
  ];
}

/** Nodes and edges without a row, for a request that was not found. */
export function emptyHopsFrames(refId: string, notice: string): DataFrame[] {
  return [
    frameOf([], NODE_COLUMNS, {
      name: FrameKind.HopNodes,
      refId,
      custom: { kind: FrameKind.HopNodes },
      notices: [notice],
    }),
    frameOf([], EDGE_COLUMNS, { name: FrameKind.HopEdges, refId, custom: { kind: FrameKind.HopEdges } }),
  ];
}

interface FrameOptions {
  readonly name: FrameKind;
  readonly refId: string;
  readonly custom: Readonly<Record<string, unknown>>;
  readonly notices?: readonly string[];
  readonly cost?: LookUpResult['cost'];
}

function frameOf<R extends object>(rows: readonly R[], columns: Columns<R>, options: FrameOptions): DataFrame {
  const { name, refId, custom, notices = [], cost } = options;
  return columnsFrame(rows, columns, {
    name,
    refId,
    meta: {
      preferredVisualisationType: 'nodeGraph',
      preferredVisualisationPluginId: 'bpfnet-nictopology-panel',
      notices: warnings(notices),
      stats: costStats(cost),
      custom: { ...custom },
    },
  });
}
