/**
 * The way of a request as two frames, nodes and edges, for our own panel and for Grafana's node graph alike.
 */
import { createDataFrame, type DataFrame, FieldType, type QueryResultMeta } from '@grafana/data';
import { FrameKind, type HopEdgeRow, type HopNodeRow, type HopsMeta } from '@bpfnet/flow-model';
import { type Hops } from '../correlate/hops';
import { field, warnings } from './frame-parts';

type Columns<R> = { readonly [K in keyof Required<R>]: FieldType };

const { string: TEXT, number: NUMBER, boolean: YES_NO } = FieldType;

const NODE_COLUMNS: Columns<HopNodeRow> = {
  id: TEXT,
  title: TEXT,
  subtitle: TEXT,
  mainstat: TEXT,
  secondarystat: TEXT,
  order: NUMBER,
  observed: YES_NO,
  host: TEXT,
  nicName: TEXT,
  virtual: YES_NO,
  podName: TEXT,
  k8sNamespace: TEXT,
  containerName: TEXT,
  direction: TEXT,
  clientAddress: TEXT,
  clientPort: NUMBER,
  serverAddress: TEXT,
  serverPort: NUMBER,
  l4Proto: TEXT,
  l7Proto: TEXT,
  tunnel: TEXT,
  vniId: NUMBER,
  latencyMs: NUMBER,
  outcome: TEXT,
  retransmissions: NUMBER,
  requestTsNs: TEXT,
  requestId: TEXT,
};

const EDGE_COLUMNS: Columns<HopEdgeRow> = {
  id: TEXT,
  source: TEXT,
  target: TEXT,
  mainstat: TEXT,
  secondarystat: TEXT,
  sameClock: YES_NO,
  thereMs: NUMBER,
  backMs: NUMBER,
  thereAndBackMs: NUMBER,
  thereEstimateMs: NUMBER,
  backEstimateMs: NUMBER,
  estimateIfSymmetricMs: NUMBER,
  estimateAtMostMs: NUMBER,
  sentSegments: NUMBER,
  lostSegments: NUMBER,
  nat: TEXT,
  lost: TEXT,
};

const UNITS: Readonly<Record<string, string>> = {
  latencyMs: 'ms',
  thereMs: 'ms',
  backMs: 'ms',
  thereAndBackMs: 'ms',
  thereEstimateMs: 'ms',
  backEstimateMs: 'ms',
  estimateIfSymmetricMs: 'ms',
  estimateAtMostMs: 'ms',
  clientPort: 'none',
  serverPort: 'none',
  vniId: 'none',
};

export interface HopsFrameOptions {
  readonly refId: string;
  readonly requestId: string;
  readonly notes: readonly string[];
}

export function hopsFrames(hops: Hops, { refId, requestId, notes }: HopsFrameOptions): DataFrame[] {
  const meta: HopsMeta = {
    kind: FrameKind.HopNodes,
    requestId,
    summary: hops.summary,
    outcome: hops.outcome,
    latencyMs: hops.latencyMs,
    notes: [...hops.notes, ...notes],
  };
  return [
    frameOf(hops.nodes, NODE_COLUMNS, { name: FrameKind.HopNodes, refId, custom: { ...meta }, notices: notes }),
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
}

function frameOf<R extends object>(rows: readonly R[], columns: Columns<R>, options: FrameOptions): DataFrame {
  const { name, refId, custom, notices = [] } = options;
  const meta: QueryResultMeta = {
    preferredVisualisationType: 'nodeGraph',
    preferredVisualisationPluginId: 'bpfnet-nictopology-panel',
    notices: warnings(notices),
    custom: { ...custom },
  };
  const names = Object.keys(columns) as Array<keyof R & string>;
  return createDataFrame({
    name,
    refId,
    meta,
    fields: names.map((column) =>
      field<unknown>(
        column,
        columns[column],
        rows.map((row) => row[column]),
        UNITS[column] === undefined ? {} : { unit: UNITS[column] }
      )
    ),
  });
}
