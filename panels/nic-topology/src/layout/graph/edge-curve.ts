/** An edge as a cubic curve between the sides of two nodes that face one another. */
import { NODE_WIDTH } from './graph-layout';

/** x and y of: begin, first handle, second handle, end. */
export type Curve = readonly [number, number, number, number, number, number, number, number];

interface Places {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

const ROUND_PX = 46;

export function edgeCurve({ x, y }: Places, source: number, target: number): Curve {
  const half = NODE_WIDTH / 2;
  const [x1, y1, x2, y2] = [x[source] + half, y[source], x[target] - half, y[target]];
  if (x2 - x1 >= 8) {
    const reach = (x2 - x1) / 2;
    return [x1, y1, x1 + reach, y1, x2 - reach, y2, x2, y2];
  }
  if (Math.abs(x[target] - x[source]) < NODE_WIDTH) {
    // In one column: around the right side.
    const right = Math.max(x[source], x[target]) + half;
    return [x1, y1, right + ROUND_PX, y1, right + ROUND_PX, y2, x[target] + half, y2];
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
