/**
 * Places the nodes of a layered graph, client on the left. Layers with more nodes than fit the panel's shape have several columns,
 * neighbours side by side, so that a wide fan does not become one endless column; a long thin graph is broken into bands. Pure: the same graph, shape and earlier
 * places give the same picture.
 */
import { type Graph } from '../model/graph';
import { spreadApart } from './spread-apart';
import { bandOf, bandsOf } from './bands';
import { type CardSize, cardSizeFor } from './card-size';
import { adjacency, layersOf } from './layers';
import { orderLayers } from './order-layers';

const COLUMN_GAP = 20;
/** A node's wish depends on its neighbours' places: few nodes are worth the passes until nothing moves. */
const ALIGNMENTS = 6;
const ALIGNMENTS_OF_FEW = 40;
const FEW = 60;
/** Cards grow by this much at most where the panel is wide enough for longer names. */
const MAX_WIDENING = 1.7;
/** Above bands and below them: room for the title of the first host box. */
const HEAD = 36;
const FOOT = 16;

export interface GraphLayout {
  /** Centres of nodes. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
  readonly card: CardSize;
  /** Of each node, from the top; all 0 where the graph is not broken. */
  readonly bands: Int32Array;
  /** Heights at which edges run from a band to the next: by place of the edge. */
  readonly gutters: ReadonlyMap<number, number>;
}

interface GraphLayoutInput {
  readonly graph: Graph;
  /** Width by height of the panel. */
  readonly aspect: number;
  /** Of the panel, px; where it is unknown, nothing is broken into bands. */
  readonly widthPx?: number;
  /** Heights of an earlier layout by node id. */
  readonly before?: ReadonlyMap<string, number>;
}

export function layoutGraph({ graph, aspect, widthPx, before = new Map() }: GraphLayoutInput): GraphLayout {
  const { nodes, edges } = graph;
  const size = cardSizeFor(nodes.length, widthPx);
  const layers = layersOf(
    nodes.length,
    edges,
    nodes.map(({ order }) => order)
  );
  const begin = Float64Array.from(nodes, ({ id }, i) => before.get(id) ?? i * size.row);
  const ordered = orderLayers(layers, edges, begin).filter((layer) => layer.length > 0);
  const lengths = ordered.map((layer) => layer.length);
  const layerOf = new Int32Array(nodes.length);
  ordered.forEach((layer, i) => layer.forEach((node) => (layerOf[node] = i)));
  const starts =
    widthPx === undefined
      ? [0]
      : bandsOf({
          layerOf,
          lengths,
          edges,
          hosts: nodes.map(({ host }) => host),
          card: size,
          widthPx,
          heightPx: widthPx / aspect,
        });
  const rows = starts.length > 1 ? Math.max(...lengths) : bestRows(lengths, aspect, size);

  const x = new Float64Array(nodes.length);
  const y = new Float64Array(nodes.length);
  const columnsOf = lengths.map((length) => Math.ceil(length / rows));
  const card = starts.length > 1 ? size : widened(size, { columnsOf, rows, aspect });
  let left = 0;
  let width = 0;
  ordered.forEach((layer, i) => {
    const columns = columnsOf[i];
    left = starts.includes(i) ? 0 : left;
    const gap = card.row / columns;
    layer.forEach((node, place) => {
      x[node] = left + card.width / 2 + (place % columns) * (card.width + COLUMN_GAP);
      y[node] = (place - (layer.length - 1) / 2) * gap;
    });
    left += columns * (card.width + COLUMN_GAP) - COLUMN_GAP + card.layerGap;
    width = Math.max(width, left - card.layerGap);
  });
  align(ordered, columnsOf, { graph, y, row: card.row });
  const bands = layerOf.map((layer) => bandOf(starts, layer));
  const stacked = stack({ graph, y, bands, card, count: starts.length });
  return starts.length > 1
    ? withRoom({ x, y, width, card, bands, ...stacked })
    : { x, y, width, card, bands, ...stacked };
}

function withRoom({ x, y, width, height, gutters, card, ...rest }: GraphLayout): GraphLayout {
  return {
    ...rest,
    card,
    x: x.map((one) => one + card.side),
    y: y.map((one) => one + HEAD),
    width: width + 2 * card.side,
    height: height + HEAD + FOOT,
    gutters: new Map([...gutters].map(([edge, at]) => [edge, at + HEAD])),
  };
}

interface Widening {
  readonly columnsOf: readonly number[];
  readonly rows: number;
  readonly aspect: number;
}

/** Where the height bounds the picture, its width is left for names. */
function widened(card: CardSize, { columnsOf, rows, aspect }: Widening): CardSize {
  const columns = columnsOf.reduce((sum, count) => sum + count, 0);
  const width = columns * (card.width + COLUMN_GAP) + columnsOf.length * (card.layerGap - COLUMN_GAP);
  const spare = Math.max(0, rows * card.row * aspect - width) / columns;
  return { ...card, width: Math.round(Math.min(card.width * MAX_WIDENING, card.width + 0.85 * spare)) };
}

interface Stacking {
  readonly graph: Graph;
  readonly y: Float64Array;
  readonly bands: Int32Array;
  readonly card: CardSize;
  readonly count: number;
}

/** Between edges that run beside each other from band to band. */
const EDGE_SPACING = 10;

/** Moves bands below one another; edges to the next band run between them, each at a height of its own. */
function stack({ graph, y, bands, card, count }: Stacking): Pick<GraphLayout, 'height' | 'gutters'> {
  const gutters = new Map<number, number>();
  let top = 0;
  for (let band = 0; band < count; band++) {
    let first = Infinity;
    let last = -Infinity;
    y.forEach((one, node) => {
      if (bands[node] === band) {
        first = Math.min(first, one);
        last = Math.max(last, one);
      }
    });
    y.forEach((one, node) => {
      if (bands[node] === band) {
        y[node] = top + one - first + card.height / 2;
      }
    });
    top += last - first + card.height;
    const leaving = [...graph.edges.keys()].filter(
      (i) => bands[graph.edges[i].source] === band && bands[graph.edges[i].target] === band + 1
    );
    leaving.forEach((edge, i) =>
      gutters.set(edge, top + (card.bandGap - HOST_TITLE_ROOM) / 2 + (i - (leaving.length - 1) / 2) * EDGE_SPACING)
    );
    top += band + 1 < count ? card.bandGap : 0;
  }
  return { height: top, gutters };
}

/** Of the host box below: edges run in the middle between it and the band above. */
const HOST_TITLE_ROOM = 22;

/** Rows a column may have so that the whole picture is as large as can be in the panel. */
function bestRows(lengths: readonly number[], aspect: number, card: CardSize): number {
  const longest = Math.max(...lengths);
  let best = longest;
  let bestScale = 0;
  for (let rows = longest; rows >= 1; rows = rows > 24 ? Math.floor(rows * 0.9) : rows - 1) {
    const columns = lengths.reduce((sum, length) => sum + Math.ceil(length / rows), 0);
    const width = columns * (card.width + COLUMN_GAP) + lengths.length * (card.layerGap - COLUMN_GAP);
    const scale = Math.min(aspect / width, 1 / (rows * card.row));
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
  { graph, y, row }: { readonly graph: Graph; readonly y: Float64Array; readonly row: number }
): void {
  const out = adjacency(y.length, graph.edges, 'source', 'target');
  const into = adjacency(y.length, graph.edges, 'target', 'source');
  const height = Math.max(...ordered.map((layer, i) => (layer.length * row) / columnsOf[i]));
  const passes = y.length <= FEW ? ALIGNMENTS_OF_FEW : ALIGNMENTS;
  for (let pass = 0; pass < passes; pass++) {
    const places = [...ordered.keys()];
    for (const i of pass % 2 === 0 ? places : places.reverse()) {
      const layer = ordered[i];
      const wishes = layer.map((node) => {
        let sum = 0;
        for (const other of into[node]) {
          sum += y[other];
        }
        for (const other of out[node]) {
          sum += y[other];
        }
        const count = into[node].length + out[node].length;
        const mean = count === 0 ? y[node] : sum / count;
        return Math.max(-height / 2, Math.min(height / 2, mean));
      });
      const placed = spreadApart(wishes, row / columnsOf[i]);
      layer.forEach((node, place) => (y[node] = placed[place]));
    }
  }
}
