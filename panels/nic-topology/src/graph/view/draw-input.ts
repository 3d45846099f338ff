/** What drawing a graph takes: the picture, the view of it, and the sheet to draw on. */
import { type GrafanaTheme2 } from '@grafana/data';
import { type GraphLayout } from '../layout/graph-layout';
import { type EdgeColours } from '../model/edge-colours';
import { type Graph } from '../model/graph';

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

export function isInView({ x, y, card }: GraphLayout, node: number, view: View, { width, height }: Sheet): boolean {
  const [sx, sy] = [x[node] * view.k + view.x, y[node] * view.k + view.y];
  const [halfWidth, halfHeight] = [(card.width * view.k) / 2, (card.height * view.k) / 2];
  return sx > -halfWidth && sx < width + halfWidth && sy > -halfHeight && sy < height + halfHeight;
}

/** px of the sheet */
export interface ScreenBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function boxOf(layout: GraphLayout, { x, y, k }: View, node: number): ScreenBox {
  const [width, height] = [Math.max(4, layout.card.width * k), Math.max(3, layout.card.height * k)];
  return { x: layout.x[node] * k + x - width / 2, y: layout.y[node] * k + y - height / 2, width, height };
}
