/** What lies at a point of the picture. */
import { type Graph } from '../model/graph';
import { edgeCurves, pointOn } from './edge-curve';
import { type GraphLayout } from './graph-layout';

export type Found =
  { readonly kind: 'node'; readonly index: number } | { readonly kind: 'edge'; readonly index: number };

const SAMPLES = 14;

/** @param reach how far from a line still counts; all in the picture's own units */
export function findAt(
  { graph, layout }: { readonly graph: Graph; readonly layout: GraphLayout },
  [px, py]: readonly [number, number],
  reach: number
): Found | undefined {
  const { x, y, card } = layout;
  for (let node = x.length - 1; node >= 0; node--) {
    if (Math.abs(px - x[node]) <= card.width / 2 + reach / 3 && Math.abs(py - y[node]) <= card.height / 2 + reach / 3) {
      return { kind: 'node', index: node };
    }
  }
  let best: Found | undefined;
  let bestDistance = reach;
  graph.edges.forEach((_edge, index) => {
    for (const curve of edgeCurves(layout, graph.edges, index)) {
      const [left, right] = [Math.min(curve[0], curve[2], curve[6]), Math.max(curve[0], curve[4], curve[6])];
      const [top, bottom] = [Math.min(curve[1], curve[3], curve[7]), Math.max(curve[1], curve[3], curve[7])];
      if (px < left - reach || px > right + reach || py < top - reach || py > bottom + reach) {
        continue;
      }
      let [fromX, fromY] = pointOn(curve, 0);
      for (let i = 1; i <= SAMPLES; i++) {
        const [toX, toY] = pointOn(curve, i / SAMPLES);
        const distance = distanceTo(px - fromX, py - fromY, toX - fromX, toY - fromY);
        if (distance < bestDistance) {
          best = { kind: 'edge', index };
          bestDistance = distance;
        }
        [fromX, fromY] = [toX, toY];
      }
    }
  });
  return best;
}

/** From a point to the piece of line from 0 to (dx, dy). */
function distanceTo(px: number, py: number, dx: number, dy: number): number {
  const along = Math.max(0, Math.min(1, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - along * dx, py - along * dy);
}
