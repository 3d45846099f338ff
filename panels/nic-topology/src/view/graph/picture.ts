/** What is drawn, on what, and from where. */
import { type GrafanaTheme2 } from '@grafana/data';
import { type GraphLayout, NODE_HEIGHT, NODE_WIDTH } from '../../layout/graph/graph-layout';
import { type EdgeColours } from '../../model/graph/edge-colours';
import { type Graph } from '../../model/graph/graph';

/** Screen = picture × k + (x, y). */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Picture {
  readonly graph: Graph;
  readonly layout: GraphLayout;
  readonly colours: EdgeColours;
  readonly theme: GrafanaTheme2;
}

export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  /** px */
  readonly width: number;
  readonly height: number;
}

export interface Part {
  readonly sheet: Sheet;
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
}

export function isInView(x: number, y: number, { x: dx, y: dy, k }: View, { width, height }: Sheet): boolean {
  const [sx, sy] = [x * k + dx, y * k + dy];
  return (
    sx > (-NODE_WIDTH * k) / 2 &&
    sx < width + (NODE_WIDTH * k) / 2 &&
    sy > (-NODE_HEIGHT * k) / 2 &&
    sy < height + (NODE_HEIGHT * k) / 2
  );
}

export interface ScreenBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function boxOf(layout: GraphLayout, { x, y, k }: View, node: number): ScreenBox {
  const [width, height] = [Math.max(4, NODE_WIDTH * k), Math.max(3, NODE_HEIGHT * k)];
  return { x: layout.x[node] * k + x - width / 2, y: layout.y[node] * k + y - height / 2, width, height };
}
