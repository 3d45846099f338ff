/**
 * Draws a graph on a canvas at a scale: cards with text where there is room for text, plates of colour where there is not, and names of what
 * matters most where they do not cover one another. Only what is in view is drawn.
 */
import { HOST_TITLE, hostBoxes } from '../layout/host-boxes';
import { drawEdges } from './draw-edges';
import { drawCard, drawPlate } from './draw-nodes';
import { drawEdgeLabels, drawNames } from './draw-labels';
import { FreePlaces } from './free-places';
import { boxOf, isInView, type Part, type Picture, type Sheet, type View } from './draw-input';

/** From this scale on nodes are cards that hold their names. */
const CARDS_FROM = 0.3;
const EDGE_LABELS_FROM = 0.5;

export function drawGraph(picture: Picture, view: View, sheet: Sheet): void {
  sheet.context.clearRect(0, 0, sheet.width, sheet.height);
  const { nodes, edges } = picture.graph;
  if (view.k >= CARDS_FROM) {
    drawHostBoxes(picture, view, sheet);
  }
  drawPart(picture, view, { sheet, nodes: [...nodes.keys()], edges: [...edges.keys()] });
}

/** Boxes around the NICs of a host, with its name. */
function drawHostBoxes({ graph, layout, theme }: Picture, view: View, { context }: Sheet): void {
  context.lineWidth = 1;
  context.strokeStyle = theme.colors.border.medium;
  context.fillStyle = theme.colors.text.secondary;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = `400 ${Math.max(9, Math.min(13, 12 * view.k))}px ${theme.typography.fontFamily}`;
  for (const { host, left, top, right, bottom } of hostBoxes(graph, layout)) {
    const [x, y] = [left * view.k + view.x, top * view.k + view.y];
    context.setLineDash([4, 3]);
    context.beginPath();
    context.roundRect(x, y, (right - left) * view.k, (bottom - top) * view.k, 6);
    context.stroke();
    context.setLineDash([]);
    context.fillText(host, x + 10 * view.k, y + (HOST_TITLE / 2 + 3) * view.k);
  }
}

/** Some nodes and edges, over what is there. */
export function drawPart(picture: Picture, view: View, { sheet, nodes, edges }: Part): void {
  const { layout } = picture;
  const seenNodes = nodes.filter((node) => isInView(layout, node, view, sheet));
  const places = new FreePlaces();
  drawEdges(picture, view, { sheet, nodes, edges });
  if (view.k >= CARDS_FROM) {
    const isInHostBox = hostBoxes(picture.graph, layout).length > 0;
    seenNodes.forEach((node) => drawCard(picture, view, { sheet, node, isInHostBox }));
    seenNodes.forEach((node) => places.take(boxOf(layout, view, node)));
  } else {
    seenNodes.forEach((node) => drawPlate(picture, view, { sheet, node }));
    drawNames(picture, view, { sheet, nodes: seenNodes, places });
  }
  if (view.k >= EDGE_LABELS_FROM) {
    drawEdgeLabels(picture, view, { sheet, edges, places });
  }
}
