/** Arrows: lines and the heads that tell them apart. */
import { type Stroke } from '../layout/arrows';
import { type ArrowHead } from '../model/arrow-look';
import { type DrawingContext, type Palette } from './drawing';

export function drawStroke(
  ctx: DrawingContext,
  stroke: Stroke,
  { yPx, headScale }: { readonly yPx: number; readonly headScale: number },
  palette: Palette
): void {
  const { x1, x2, look } = stroke;
  const y1 = yPx + stroke.y1;
  const y2 = yPx + stroke.y2;
  ctx.strokeStyle = palette.tones[look.tone];
  ctx.fillStyle = palette.tones[look.tone];
  ctx.lineWidth = Math.max(1, look.widthPx * headScale);
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const tip = HEAD_LENGTH[look.head] * headScale;
  ctx.setLineDash([...look.dash]);
  strokeLine(ctx, x1, y1, x2 - Math.cos(angle) * tip, y2 - Math.sin(angle) * tip);
  ctx.setLineDash([]);
  if (look.head === 'filled' && headScale < SMALLEST_HEAD) {
    return;
  }
  ctx.save();
  ctx.translate(x2, y2);
  ctx.rotate(angle);
  ctx.scale(headScale, headScale);
  HEADS[look.head](ctx);
  ctx.restore();
}

/** Below this an ordinary head is a dot; the odd ones are drawn at any size. */
const SMALLEST_HEAD = 0.35;

/** How far before its end the line stops, so that it does not show through the head. */
const HEAD_LENGTH: Readonly<Record<ArrowHead, number>> = { filled: 6, open: 1, double: 12, bar: 9, cross: 0 };

/** Each draws around the origin, pointing to the right. */
const HEADS: Readonly<Record<ArrowHead, (ctx: DrawingContext) => void>> = {
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

function triangle(ctx: DrawingContext, tip: number): void {
  path(ctx, [tip, 0], [tip - 8, -4], [tip - 8, 4]);
  ctx.fill();
}

function path(ctx: DrawingContext, ...points: ReadonlyArray<readonly [number, number]>): void {
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
}

export function strokeLine(ctx: DrawingContext, x1: number, y1: number, x2: number, y2: number): void {
  path(ctx, [x1, y1], [x2, y2]);
  ctx.stroke();
}
