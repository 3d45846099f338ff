/** Nodes and edges frames as a graph: the datasource's own, and whatever else Grafana's node graph draws. */
import { type DataFrame, type Field, formattedValueToString } from '@grafana/data';
import { FrameKind } from '@bpfnet/flow-model/frames';
import { failed, type Result } from '../../../../shared/data-problem';
import { isRecord, noticeOf } from '../../../../shared/frame-fields';
import { type Graph, type GraphEdge, type GraphNode } from './graph';

/** Of Grafana's node graph: nodes have an id, edges two ends; which frame is which is told by fields alone. */
export function readGraph(series: readonly DataFrame[]): Result<Graph> {
  const edgeFrame = series.find((frame) => hasFields(frame, ['source', 'target']));
  const nodeFrame = series.find((frame) => frame !== edgeFrame && isNodes(frame, edgeFrame !== undefined));
  if (edgeFrame === undefined && nodeFrame === undefined) {
    const got = series.map((frame) => frame.name ?? frame.refId ?? 'unnamed');
    return failed(got.length === 0 ? { kind: 'no-frames' } : { kind: 'wrong-frame', wanted: 'nodes and edges', got });
  }
  const rows = [...nodesOf(nodeFrame), ...endsWithoutNode(nodeFrame, edgeFrame)];
  if (rows.length === 0) {
    return failed({ kind: 'no-rows', what: 'requests', because: nodeFrame && noticeOf(nodeFrame) });
  }
  // Order of rows changes from refresh to refresh; that of names does not, and what is of one host stays together.
  const nodes = rows
    .map((node) => ({ node, key: sortKey(node) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ node }) => node);
  const isOurs = kindOf(nodeFrame) === FrameKind.NicGraphNodes;
  return {
    ok: true,
    value: {
      nodes,
      edges: edgesOf(edgeFrame, new Map(nodes.map(({ id }, i) => [id, i]))),
      hasLayers: isOurs || nodes.some(({ order }) => order !== null),
      hasPlaces: nodes.some(({ host }) => host !== ''),
      notes: [nodeFrame, edgeFrame].flatMap((frame) => frame?.meta?.notices?.map(({ text }) => text) ?? []),
    },
  };
}

/** Log lines have an id as well: alone, nodes must say that they are some. */
function isNodes(frame: DataFrame, hasEdges: boolean): boolean {
  const says = kindOf(frame) === FrameKind.NicGraphNodes || frame.meta?.preferredVisualisationType === 'nodeGraph';
  return hasFields(frame, ['id']) && (hasEdges || says);
}

const sortKey = ({ host, k8sNamespace, podName, nicName, id }: GraphNode) =>
  [host, k8sNamespace, podName, nicName, id].join('\u0000');

function kindOf(frame: DataFrame | undefined): unknown {
  const custom: unknown = frame?.meta?.custom;
  return isRecord(custom) ? custom.kind : undefined;
}

/** Grafana takes `mainstat` and `mainStat` alike. */
function hasFields(frame: DataFrame, names: readonly string[]): boolean {
  return names.every((name) => frame.fields.some((field) => field.name.toLowerCase() === name));
}

interface Columns {
  readonly text: (name: string, row: number) => string;
  readonly number: (name: string, row: number) => number | null;
  readonly truth: (name: string, row: number) => boolean | null;
  /** With unit, as the field is configured. */
  readonly shown: (name: string, row: number) => string;
}

function columnsOf(frame: DataFrame): Columns {
  const byName = new Map(frame.fields.map((field): [string, Field] => [field.name.toLowerCase(), field]));
  const value = (name: string, row: number): unknown => byName.get(name.toLowerCase())?.values[row];
  const text = (name: string, row: number) => {
    const one = value(name, row);
    return typeof one === 'string' ? one : typeof one === 'number' ? String(one) : '';
  };
  return {
    text,
    number: (name, row) => {
      const one = value(name, row);
      return typeof one === 'number' && Number.isFinite(one) ? one : null;
    },
    truth: (name, row) => {
      const one = value(name, row);
      return typeof one === 'boolean' ? one : null;
    },
    shown: (name, row) => {
      const field = byName.get(name.toLowerCase());
      const one = value(name, row);
      return typeof one === 'number' && field?.display !== undefined
        ? formattedValueToString(field.display(one))
        : text(name, row);
    },
  };
}

const statsOf = ({ shown }: Columns, row: number) =>
  [shown('mainstat', row), shown('secondarystat', row)].filter((stat) => stat !== '');

function nodesOf(frame: DataFrame | undefined): GraphNode[] {
  if (frame === undefined) {
    return [];
  }
  const columns = columnsOf(frame);
  const { text, number, truth } = columns;
  const seen = new Set<string>();
  const nodes: GraphNode[] = [];
  for (let row = 0; row < frame.length; row++) {
    const id = text('id', row);
    if (id === '' || seen.has(id)) {
      continue;
    }
    seen.add(id);
    nodes.push({
      id,
      title: text('title', row) || id,
      subtitle: text('subtitle', row),
      host: text('host', row),
      podName: text('podName', row),
      k8sNamespace: text('k8sNamespace', row),
      nicName: text('nicName', row),
      observed: truth('observed', row) ?? true,
      order: number('order', row),
      requests: number('requests', row),
      perSecond: number('requestsPerSecond', row),
      failed: number('failed', row),
      p95Ms: number('p95Ms', row),
      retransmissions: number('retransmissions', row),
      stats: statsOf(columns, row),
      members: [id],
      group: '',
      folded: 'no',
      colour: text('color', row),
    });
  }
  return nodes;
}

const NOTHING_KNOWN: Omit<GraphNode, 'id' | 'title' | 'members'> = {
  subtitle: '',
  host: '',
  podName: '',
  k8sNamespace: '',
  nicName: '',
  observed: true,
  order: null,
  requests: null,
  perSecond: null,
  failed: null,
  p95Ms: null,
  retransmissions: null,
  stats: [],
  group: '',
  folded: 'no',
  colour: '',
};

/** Some frames of edges come without their nodes. */
function endsWithoutNode(nodeFrame: DataFrame | undefined, edgeFrame: DataFrame | undefined): GraphNode[] {
  if (edgeFrame === undefined) {
    return [];
  }
  const known = new Set(nodesOf(nodeFrame).map(({ id }) => id));
  const { text } = columnsOf(edgeFrame);
  const ends = Array.from({ length: edgeFrame.length }, (_v, row) => [text('source', row), text('target', row)]).flat();
  return [...new Set(ends)]
    .filter((id) => id !== '' && !known.has(id))
    .map((id) => ({ ...NOTHING_KNOWN, id, title: id, members: [id] }));
}

function edgesOf(frame: DataFrame | undefined, places: ReadonlyMap<string, number>): readonly GraphEdge[] {
  if (frame === undefined) {
    return [];
  }
  const columns = columnsOf(frame);
  const { text, number } = columns;
  const edges: GraphEdge[] = [];
  for (let row = 0; row < frame.length; row++) {
    const [source, target] = [places.get(text('source', row)), places.get(text('target', row))];
    if (source === undefined || target === undefined) {
      continue;
    }
    edges.push({
      id: text('id', row) || `${row}`,
      source,
      target,
      requests: number('requests', row),
      perSecond: number('requestsPerSecond', row),
      failed: number('failed', row),
      p95Ms: number('p95Ms', row),
      retransmissions: number('retransmissions', row),
      lost: number('lost', row),
      stats: statsOf(columns, row),
      parts: 1,
      colour: text('color', row),
    });
  }
  return edges;
}
