/**
 * The path of a request as two frames, nodes and edges, for our own panel and for Grafana's node graph alike.
 */
import { type DataFrame } from '@grafana/data';
import { type Columns, type RowOf } from '@bpfnet/flow-model/frame-columns';
import { FrameKind, HOP_EDGE_COLUMNS, HOP_NODE_COLUMNS, type HopsMeta } from '@bpfnet/flow-model/frames';
import { type Hops } from '../correlate/tables/hops';
import { type LookUpResult } from '../fetch/connection-records';
import { columnsFrame } from './columns-frame';
import { costStats, warnings } from './frame-parts';

interface HopsFrameOptions {
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
    frameOf(hops.nodes, HOP_NODE_COLUMNS, {
      name: FrameKind.HopNodes,
      refId,
      custom: { ...meta },
      notices: notes,
      cost,
    }),
    frameOf(hops.edges, HOP_EDGE_COLUMNS, { name: FrameKind.HopEdges, refId, custom: { kind: FrameKind.HopEdges } }),
  ];
}

/** Nodes and edges without a row, for a request that was not found. */
export function emptyHopsFrames(refId: string, notice: string): DataFrame[] {
  return [
    frameOf([], HOP_NODE_COLUMNS, {
      name: FrameKind.HopNodes,
      refId,
      custom: { kind: FrameKind.HopNodes },
      notices: [notice],
    }),
    frameOf([], HOP_EDGE_COLUMNS, { name: FrameKind.HopEdges, refId, custom: { kind: FrameKind.HopEdges } }),
  ];
}

interface FrameOptions {
  readonly name: FrameKind;
  readonly refId: string;
  readonly custom: Readonly<Record<string, unknown>>;
  readonly notices?: readonly string[];
  readonly cost?: LookUpResult['cost'];
}

function frameOf<T extends Columns>(rows: ReadonlyArray<RowOf<T>>, columns: T, options: FrameOptions): DataFrame {
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
