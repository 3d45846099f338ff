/** An edge as cubic curves between the sides of two nodes that face one another. */
import { type Ends } from './layers';
import { type GraphLayout } from './graph-layout';

/** x and y of: begin, first handle, second handle, end. */
type Curve = readonly [number, number, number, number, number, number, number, number];

/** How far an edge that turns reaches into the room beside the bands. */
const ROUND = 0.88;

/** One curve; to the next band three: out and down, along between the bands, and in. */
export function edgeCurves(layout: GraphLayout, edges: readonly Ends[], index: number): readonly Curve[] {
  const { source, target } = edges[index];
  const gutter = layout.gutters.get(index);
  return gutter === undefined
    ? [plainCurve(layout, source, target)]
    : wrappedCurves(layout, { source, target }, gutter);
}

function wrappedCurves({ x, y, card }: GraphLayout, { source, target }: Ends, gutter: number): readonly Curve[] {
  const [x1, x2] = [x[source] + card.width / 2, x[target] - card.width / 2];
  const [right, left] = [x1 + ROUND * card.side, x2 - ROUND * card.side];
  return [
    [x1, y[source], right, y[source], right, gutter, x1, gutter],
    [x1, gutter, x1, gutter, x2, gutter, x2, gutter],
    [x2, gutter, left, gutter, left, y[target], x2, y[target]],
  ];
}

/** Where an edge's figures stand: in the middle of its longest part. */
export function middleOf(curves: readonly Curve[]): readonly [number, number] {
  return pointOn(curves[Math.floor(curves.length / 2)], 0.5);
}

function plainCurve({ x, y, card }: GraphLayout, source: number, target: number): Curve {
  const half = card.width / 2;
  const [x1, y1, x2, y2] = [x[source] + half, y[source], x[target] - half, y[target]];
  if (x2 - x1 >= 8) {
    const reach = (x2 - x1) / 2;
    return [x1, y1, x1 + reach, y1, x2 - reach, y2, x2, y2];
  }
  if (Math.abs(x[target] - x[source]) < card.width) {
    // In one column: around the right side.
    const right = Math.max(x[source], x[target]) + half;
    return [x1, y1, right + ROUND * card.side, y1, right + ROUND * card.side, y2, x[target] + half, y2];
  }
  // Back towards the client: out of the left side into the right.
  const [fromX, toX] = [x[source] - half, x[target] + half];
  const reach = (fromX - toX) / 2;
  return [fromX, y1, fromX - reach, y1, toX + reach, y2, toX, y2];
}

/** @param t 0 … 1 along the curve */
export function pointOn(curve: Curve, t: number): readonly [number, number] {
  const s = 1 - t;
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [
    a * curve[0] + b * curve[2] + c * curve[4] + d * curve[6],
    a * curve[1] + b * curve[3] + c * curve[5] + d * curve[7],
  ];
}
