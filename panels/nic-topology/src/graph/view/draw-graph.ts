/**
 * Draws a graph on a canvas at a scale: cards with words where there is room for words, plates of colour where there is not, and names of what
 * matters most where they do not cover one another. Only what lies in view is drawn.
 */
import { hostBoxes } from '../layout/host-boxes';
import { drawEdges } from './draw-edges';
import { drawFrames } from './draw-frames';
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
    drawFrames(picture, view, sheet);
  }
  drawPart(picture, view, { sheet, nodes: [...nodes.keys()], edges: [...edges.keys()] });
}

/** Some nodes and edges, over what is there. */
export function drawPart(picture: Picture, view: View, { sheet, nodes, edges }: Part): void {
  const { layout } = picture;
  const seenNodes = nodes.filter((node) => isInView(layout, node, view, sheet));
  const places = new FreePlaces();
  drawEdges(picture, view, { sheet, nodes, edges });
  if (view.k >= CARDS_FROM) {
    const isFramed = hostBoxes(picture.graph, layout).length > 0;
    seenNodes.forEach((node) => drawCard(picture, view, { sheet, node, isFramed }));
    seenNodes.forEach((node) => places.take(boxOf(layout, view, node)));
  } else {
    seenNodes.forEach((node) => drawPlate(picture, view, { sheet, node }));
    drawNames(picture, view, { sheet, nodes: seenNodes, places });
  }
  if (view.k >= EDGE_LABELS_FROM) {
    drawEdgeLabels(picture, view, { sheet, edges, places });
  }
}
