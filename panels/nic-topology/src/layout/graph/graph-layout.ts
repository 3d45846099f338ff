/**
 * Places the nodes of a layered graph, client on the left. Layers with more nodes than fit the panel's shape stand in several columns,
 * neighbours side by side, so that a wide fan does not become one endless column. Pure: the same graph, shape and earlier
 * places give the same picture.
 */
import { type Graph } from '../../model/graph/graph';
import { placedApart } from './apart';
import { adjacency, layersOf } from './layers';
import { orderLayers } from './order-layers';

export const NODE_WIDTH = 150;
export const NODE_HEIGHT = 44;
const ROW = 60;
const COLUMN_GAP = 20;
const LAYER_GAP = 86;
const ALIGNMENTS = 6;

export interface GraphLayout {
  /** Centres of nodes. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
}

export interface GraphLayoutInput {
  readonly graph: Graph;
  /** Width by height of the panel. */
  readonly aspect: number;
  /** Heights of an earlier layout by node id. */
  readonly before?: ReadonlyMap<string, number>;
}

export function layoutGraph({ graph, aspect, before = new Map() }: GraphLayoutInput): GraphLayout {
  const { nodes, edges } = graph;
  const layers = layersOf(
    nodes.length,
    edges,
    nodes.map(({ order }) => order)
  );
  const begin = Float64Array.from(nodes, ({ id }, i) => before.get(id) ?? i * ROW);
  const ordered = orderLayers(layers, edges, begin).filter((layer) => layer.length > 0);
  const rows = bestRows(
    ordered.map((layer) => layer.length),
    aspect
  );

  const x = new Float64Array(nodes.length);
  const y = new Float64Array(nodes.length);
  const columnsOf = ordered.map((layer) => Math.ceil(layer.length / rows));
  let left = 0;
  ordered.forEach((layer, i) => {
    const columns = columnsOf[i];
    const gap = ROW / columns;
    layer.forEach((node, place) => {
      x[node] = left + NODE_WIDTH / 2 + (place % columns) * (NODE_WIDTH + COLUMN_GAP);
      y[node] = (place - (layer.length - 1) / 2) * gap;
    });
    left += columns * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP + LAYER_GAP;
  });
  align(ordered, columnsOf, { graph, y });

  let top = Infinity;
  let bottom = -Infinity;
  y.forEach((one) => {
    top = Math.min(top, one);
    bottom = Math.max(bottom, one);
  });
  y.forEach((one, node) => (y[node] = one - top + NODE_HEIGHT / 2));
  return { x, y, width: left - LAYER_GAP, height: bottom - top + NODE_HEIGHT };
}

/** Rows a column may have so that the whole picture is as large as can be in the panel. */
function bestRows(lengths: readonly number[], aspect: number): number {
  const longest = Math.max(...lengths);
  let best = longest;
  let bestScale = 0;
  for (let rows = longest; rows >= 1; rows = rows > 24 ? Math.floor(rows * 0.9) : rows - 1) {
    const columns = lengths.reduce((sum, length) => sum + Math.ceil(length / rows), 0);
    const width = columns * (NODE_WIDTH + COLUMN_GAP) + lengths.length * (LAYER_GAP - COLUMN_GAP);
    const scale = Math.min(aspect / width, 1 / (rows * ROW));
    // Fewer columns read better: more must be worth it.
    if (scale > bestScale * 1.05) {
      best = rows;
      bestScale = scale;
    }
  }
  return best;
}

/** Moves nodes towards their neighbours, order kept. */
function align(
  ordered: ReadonlyArray<readonly number[]>,
  columnsOf: readonly number[],
  { graph, y }: { readonly graph: Graph; readonly y: Float64Array }
): void {
  const out = adjacency(y.length, graph.edges, 'source', 'target');
  const into = adjacency(y.length, graph.edges, 'target', 'source');
  const height = Math.max(...ordered.map((layer, i) => (layer.length * ROW) / columnsOf[i]));
  for (let pass = 0; pass < ALIGNMENTS; pass++) {
    const places = [...ordered.keys()];
    for (const i of pass % 2 === 0 ? places : places.reverse()) {
      const layer = ordered[i];
      const wishes = layer.map((node) => {
        const others = [...into[node], ...out[node]];
        const mean = others.length === 0 ? y[node] : others.reduce((sum, other) => sum + y[other], 0) / others.length;
        return Math.max(-height / 2, Math.min(height / 2, mean));
      });
      const placed = placedApart(wishes, ROW / columnsOf[i]);
      layer.forEach((node, place) => (y[node] = placed[place]));
    }
  }
}
