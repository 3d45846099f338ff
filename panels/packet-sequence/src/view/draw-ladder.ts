/** Draws the visible lines; knows a canvas and nothing of packets. */
import { type Head, type Tone } from '../model/arrow-look';
import { type Label, type RowArrows, type Stroke } from '../layout/arrows';
import { LINE_HEIGHT_PX } from '../layout/lines';

export interface Palette {
  readonly tones: Readonly<Record<Tone, string>>;
  /** For labels: tones that are text read well on the panel. */
  readonly text: Readonly<Record<Tone, string>>;
  readonly background: string;
  readonly laneLine: string;
  readonly selected: string;
  readonly request: string;
  readonly match: string;
  readonly font: string;
}

export type Shade = 'none' | 'request' | 'match' | 'selected';

export type DrawnLine =
  | {
      readonly kind: 'row';
      readonly yPx: number;
      readonly arrows: RowArrows;
      readonly shade: Shade;
      readonly labelled: boolean;
    }
  | { readonly kind: 'silence'; readonly yPx: number; readonly text: string };

export interface Scene {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly laneXs: readonly number[];
  readonly labelsRight: number;
  readonly lines: readonly DrawnLine[];
  /** Bottom of the last line, where the lanes end. */
  readonly endPx: number;
}

export function drawLadder(ctx: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  ctx.clearRect(0, 0, scene.widthPx, scene.heightPx);
  ctx.font = palette.font;
  ctx.textAlign = 'center';
  for (const line of scene.lines) {
    if (line.kind === 'row' && line.shade !== 'none') {
      ctx.fillStyle = palette[line.shade];
      ctx.fillRect(0, line.yPx, scene.widthPx, LINE_HEIGHT_PX);
    }
  }
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.laneLine;
  for (const x of scene.laneXs) {
    strokeLine(ctx, x + 0.5, 0, x + 0.5, Math.min(scene.heightPx, scene.endPx));
  }
  for (const line of scene.lines) {
    if (line.kind === 'silence') {
      drawSilence(ctx, line.text, line.yPx, scene, palette);
      continue;
    }
    line.arrows.strokes.forEach((stroke) => drawStroke(ctx, stroke, line.yPx, palette));
    if (line.labelled) {
      drawLabel(ctx, line.arrows.label, line.yPx, palette);
    }
  }
}

function drawSilence(ctx: CanvasRenderingContext2D, text: string, yPx: number, scene: Scene, palette: Palette): void {
  const y = Math.round(yPx + LINE_HEIGHT_PX / 2) + 0.5;
  const left = scene.laneXs[0];
  const right = scene.laneXs[scene.laneXs.length - 1];
  ctx.fillStyle = palette.background;
  scene.laneXs.forEach((x) => ctx.fillRect(x - 1, yPx + 6, 3, LINE_HEIGHT_PX - 12));
  ctx.strokeStyle = palette.laneLine;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 4]);
  strokeLine(ctx, left - 14, y, right + 14, y);
  ctx.setLineDash([]);
  drawLabel(
    ctx,
    { text, x: (left + Math.min(right, scene.labelsRight)) / 2, y: LINE_HEIGHT_PX / 2 + 4, tone: 'muted' },
    yPx,
    palette
  );
}

function drawStroke(ctx: CanvasRenderingContext2D, stroke: Stroke, yPx: number, palette: Palette): void {
  const { x1, x2, look } = stroke;
  const y1 = yPx + stroke.y1;
  const y2 = yPx + stroke.y2;
  ctx.strokeStyle = palette.tones[look.tone];
  ctx.fillStyle = palette.tones[look.tone];
  ctx.lineWidth = look.widthPx;
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const tip = HEAD_LENGTH[look.head];
  ctx.setLineDash([...look.dash]);
  strokeLine(ctx, x1, y1, x2 - Math.cos(angle) * tip, y2 - Math.sin(angle) * tip);
  ctx.setLineDash([]);
  ctx.save();
  ctx.translate(x2, y2);
  ctx.rotate(angle);
  HEADS[look.head](ctx);
  ctx.restore();
}

/** How far before its end the line stops, so that it does not show through the head. */
const HEAD_LENGTH: Readonly<Record<Head, number>> = { filled: 6, open: 1, double: 12, bar: 9, cross: 0 };

/** Each draws around the origin, pointing to the right. */
const HEADS: Readonly<Record<Head, (ctx: CanvasRenderingContext2D) => void>> = {
  filled: (ctx) => triangle(ctx, 0),
  open: (ctx) => {
    ctx.lineWidth = 1.6;
    path(ctx, [-8, -4.5], [0, 0], [-8, 4.5]);
    ctx.stroke();
  },
  double: (ctx) => {
    triangle(ctx, 0);
    triangle(ctx, -7);
  },
  bar: (ctx) => {
    triangle(ctx, -3);
    ctx.lineWidth = 2.4;
    path(ctx, [-1.5, -6], [-1.5, 6]);
    ctx.stroke();
  },
  cross: (ctx) => {
    ctx.lineWidth = 2.2;
    path(ctx, [-5, -5], [5, 5]);
    ctx.stroke();
    path(ctx, [-5, 5], [5, -5]);
    ctx.stroke();
  },
};

function triangle(ctx: CanvasRenderingContext2D, tip: number): void {
  path(ctx, [tip, 0], [tip - 8, -4], [tip - 8, 4]);
  ctx.fill();
}

function path(ctx: CanvasRenderingContext2D, ...points: ReadonlyArray<readonly [number, number]>): void {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
}

function strokeLine(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  path(ctx, [x1, y1], [x2, y2]);
  ctx.stroke();
}

function drawLabel(ctx: CanvasRenderingContext2D, label: Label, yPx: number, palette: Palette): void {
  const half = ctx.measureText(label.text).width / 2 + 4;
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = palette.background;
  ctx.fillRect(label.x - half, yPx + label.y - 11, half * 2, 14);
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.text[label.tone];
  ctx.fillText(label.text, label.x, yPx + label.y);
}
