/** Edges as curves, coloured ones on top; those of one look are drawn at once. */
import { edgeCurves } from '../layout/edge-curve';
import { type GraphEdge } from '../model/graph';
import { type Part, type Picture, type View } from './draw-input';

export function drawEdges({ graph, layout, colours, theme }: Picture, view: View, { sheet, edges }: Part): void {
  const { context, width, height } = sheet;
  const { x: dx, y: dy, k } = view;
  const plain = theme.isDark ? 'rgba(204,204,220,0.28)' : 'rgba(36,41,46,0.25)';
  const byLook = new Map<string, { readonly colour: string; readonly weight: number; readonly indexes: number[] }>();
  for (const index of edges) {
    const edge = graph.edges[index];
    const [colour, weight] = [colours.of(edge) ?? plain, lineWidth(edge)];
    const look = `${weight} ${colour}`;
    const same = byLook.get(look);
    if (same === undefined) {
      byLook.set(look, { colour, weight, indexes: [index] });
    } else {
      same.indexes.push(index);
    }
  }
  const looks = [...byLook.values()];
  looks.sort((a, b) => Number(a.colour !== plain) - Number(b.colour !== plain));
  const scaled = Math.max(0.45, Math.min(1, k * 1.6));
  for (const { colour, weight, indexes } of looks) {
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineWidth = weight * scaled;
    context.beginPath();
    for (const index of indexes) {
      edgeCurves(layout, graph.edges, index).forEach((c, piece, { length }) => {
        const [left, right] = [Math.min(c[0], c[2], c[6]) * k + dx, Math.max(c[0], c[4], c[6]) * k + dx];
        const [top, bottom] = [Math.min(c[1], c[3], c[7]) * k + dy, Math.max(c[1], c[3], c[7]) * k + dy];
        if (right < 0 || left > width || bottom < 0 || top > height) {
          return;
        }
        context.moveTo(c[0] * k + dx, c[1] * k + dy);
        if (k < 0.12) {
          context.lineTo(c[6] * k + dx, c[7] * k + dy);
          return;
        }
        context.bezierCurveTo(c[2] * k + dx, c[3] * k + dy, c[4] * k + dx, c[5] * k + dy, c[6] * k + dx, c[7] * k + dy);
        if (k >= 0.35 && piece === length - 1) {
          arrowHead(context, [c[6] * k + dx, c[7] * k + dy], Math.sign(c[6] - c[4]) || 1);
        }
      });
    }
    context.stroke();
  }
}

/** Two strokes, part of the path that is open. */
function arrowHead(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], sign: number): void {
  context.moveTo(x - 6 * sign, y - 4);
  context.lineTo(x, y);
  context.lineTo(x - 6 * sign, y + 4);
}

/** By rate, in few steps so that edges of one look are drawn at once. */
function lineWidth({ perSecond }: GraphEdge): number {
  return perSecond === null ? 1.4 : 1 + 0.75 * Math.min(4, Math.round(Math.log10(1 + perSecond) * 2));
}
