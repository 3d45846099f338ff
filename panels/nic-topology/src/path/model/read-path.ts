/** Hop frames as the path of one request. */
import { type DataFrame } from '@grafana/data';
import { emptyRow } from '@bpfnet/flow-model/frame-columns';
import { FrameKind, HOP_EDGE_COLUMNS, HOP_NODE_COLUMNS } from '@bpfnet/flow-model/frames';
import { failed, type Result } from '../../../../shared/data-problem';
import { findFrame, isRecord, noticeOf, numberOf, readRows, textOf } from '../../../../shared/frame-fields';
import { safeHref } from '../../../../shared/safe-link';
import { type NicPath, type PathEdge, type PathNode } from './path';

export function readNicPath(series: readonly DataFrame[]): Result<NicPath> {
  const frame = findFrame(series, FrameKind.HopNodes, HOP_NODE_COLUMNS);
  if (!frame.ok) {
    return frame;
  }
  const rows = readRows(frame.value, HOP_NODE_COLUMNS);
  if (!rows.ok) {
    return rows;
  }
  if (rows.value.length === 0) {
    return failed({ kind: 'no-rows', what: 'records of this request', because: noticeOf(frame.value) });
  }
  const nodes = [...rows.value]
    .sort((a, b) => a.order - b.order)
    .map((row): PathNode => ({
      ...row,
      client: { ip: row.clientAddress, port: row.clientPort },
      server: { ip: row.serverAddress, port: row.serverPort },
    }));
  const edges = readEdges(series, nodes);
  if (!edges.ok) {
    return edges;
  }
  const custom: unknown = frame.value.meta?.custom;
  const meta = isRecord(custom) ? custom : {};
  return {
    ok: true,
    value: {
      nodes,
      edges: edges.value,
      summary: textOf(meta, 'summary'),
      outcome: textOf(meta, 'outcome'),
      latencyMs: numberOf(meta, 'latencyMs'),
      notes: Array.isArray(meta.notes) ? meta.notes.filter((note) => typeof note === 'string') : [],
      ...traceOf(frame.value),
    },
  };
}

/** A field may have a link; where it leads is the datasource's word. */
function traceOf(frame: DataFrame): Pick<NicPath, 'traceId' | 'traceHref'> {
  const field = frame.fields.find(({ name }) => name === 'traceId');
  const values: readonly unknown[] = field?.values ?? [];
  const row = values.findIndex((value) => typeof value === 'string' && value !== '');
  if (field === undefined || row < 0) {
    return { traceId: '', traceHref: undefined };
  }
  return { traceId: String(values[row]), traceHref: safeHref(field.getLinks?.({ valueRowIndex: row })[0]?.href ?? '') };
}

const NOTHING_KNOWN: PathEdge = emptyRow(HOP_EDGE_COLUMNS);

/** One edge per pair of neighbours; where the frame has none, one of which nothing is known. */
function readEdges(series: readonly DataFrame[], nodes: readonly PathNode[]): Result<PathEdge[]> {
  if (nodes.length === 1) {
    return { ok: true, value: [] };
  }
  const frame = findFrame(series, FrameKind.HopEdges, HOP_EDGE_COLUMNS);
  if (!frame.ok) {
    return frame;
  }
  const rows = readRows(frame.value, HOP_EDGE_COLUMNS);
  if (!rows.ok) {
    return rows;
  }
  const byEnds = new Map(rows.value.map((row) => [JSON.stringify([row.source, row.target]), row]));
  return {
    ok: true,
    value: nodes.slice(1).map((node, i) => byEnds.get(JSON.stringify([nodes[i].id, node.id])) ?? NOTHING_KNOWN),
  };
}
