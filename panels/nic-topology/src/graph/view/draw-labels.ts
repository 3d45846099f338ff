/** Names beside nodes and figures beside edges, where they do not cover one another. */
import { type GrafanaTheme2 } from '@grafana/data';
import { edgeCurves, middleOf } from '../layout/edge-curve';
import { edgeLines } from '../model/graph-text';
import { titleOf } from './draw-nodes';
import { type FreePlaces } from './free-places';
import { boxOf, type Picture, type ScreenBox, type Sheet, type View } from './draw-input';

/** One name per so much of the sheet, px²; more would hide the picture. */
const PX2_PER_NAME = 14_000;
/** Clear of one another, px. */
const GAP_X = 8;
const GAP_Y = 4;

interface NamesPart {
  readonly sheet: Sheet;
  readonly nodes: readonly number[];
  readonly places: FreePlaces;
}

/** What fails most first, then what carries most. */
export function drawNames({ graph, layout, theme }: Picture, view: View, { sheet, nodes, places }: NamesPart): void {
  const { context } = sheet;
  const weight = (node: number) => (graph.nodes[node].failed ?? 0) * 1e6 + (graph.nodes[node].requests ?? 0);
  const ranked = [...nodes].sort((a, b) => weight(b) - weight(a) || a - b);
  context.font = `500 11px ${theme.typography.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  let left = Math.ceil((sheet.width * sheet.height) / PX2_PER_NAME);
  for (const node of ranked) {
    if (left === 0) {
      break;
    }
    const text = titleOf(graph.nodes[node]);
    const box = boxOf(layout, view, node);
    const width = context.measureText(text).width + 8;
    const name = { x: box.x + box.width / 2 - width / 2, y: box.y - 16, width, height: 15 };
    if (!places.take({ ...name, width: width + GAP_X, height: name.height + GAP_Y })) {
      continue;
    }
    left--;
    label(context, theme, { text, box: name });
  }
}

interface EdgeLabelsPart {
  readonly sheet: Sheet;
  readonly edges: readonly number[];
  readonly places: FreePlaces;
}

export function drawEdgeLabels(
  { graph, layout, theme }: Picture,
  view: View,
  { sheet, edges, places }: EdgeLabelsPart
): void {
  const { context } = sheet;
  context.font = `400 11px ${theme.typography.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const index of edges) {
    const edge = graph.edges[index];
    const curves = edgeCurves(layout, graph.edges, index);
    const [px, py] = middleOf(curves);
    const middle = curves[Math.floor(curves.length / 2)];
    // Above a level line; beside one that climbs, text would touch it on any side.
    const above = Math.abs(middle[7] - middle[1]) * view.k < LEVEL_PX ? ABOVE_PX : 0;
    // Where there is no room for all of it, what went wrong comes first.
    edgeLines(edge).some((text) => {
      const width = context.measureText(text).width + 8;
      const box = { x: px * view.k + view.x - width / 2, y: py * view.k + view.y - 8 - above, width, height: 16 };
      const inView = box.x + width > 0 && box.x < sheet.width && box.y > -16 && box.y < sheet.height;
      if (!inView || !places.take(box)) {
        return false;
      }
      label(context, theme, { text, box, colour: (edge.lost ?? 0) > 0 ? theme.colors.error.text : undefined });
      return true;
    });
  }
}

const LEVEL_PX = 3;
const ABOVE_PX = 10;

interface Label {
  readonly text: string;
  readonly box: ScreenBox;
  readonly colour?: string;
}

function label(context: CanvasRenderingContext2D, theme: GrafanaTheme2, { text, box, colour }: Label): void {
  context.globalAlpha = 0.86;
  context.fillStyle = theme.colors.background.primary;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.globalAlpha = 1;
  context.fillStyle = colour ?? theme.colors.text.primary;
  context.fillText(text, box.x + 4, box.y + box.height / 2);
}
