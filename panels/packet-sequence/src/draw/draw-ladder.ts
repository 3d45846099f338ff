/** Draws the visible lines; knows something to draw on and nothing of packets. */
import { type ErrorBar, type Label, type RowArrows } from '../layout/arrows';
import { type RowShape } from '../layout/zoom';
import { type Tone } from '../model/arrow-look';
import { drawStrip, type DrawnStrip } from './draw-strip';
import { drawStroke, strokeLine } from './draw-stroke';
import { type DrawingContext, type Palette } from './drawing';

export type Shade = 'none' | 'request' | 'match' | 'synced' | 'selected';

/** All positions in px from the top of what is drawn. */
export type DrawnLine =
  | {
      readonly kind: 'row';
      readonly yPx: number;
      readonly shade: Shade;
      readonly arrows: RowArrows | undefined;
      readonly labelled: boolean;
      /** The first of a chunk of records. */
      readonly seam: boolean;
    }
  | {
      readonly kind: 'fold';
      readonly fold: 'silence' | 'burst';
      readonly yPx: number;
      readonly shade: Shade;
      readonly text: string;
    };

export interface DrawnBand {
  readonly x: number;
  readonly widthPx: number;
  readonly yPx: number;
  readonly heightPx: number;
}

interface DrawnBracket {
  readonly x: number;
  readonly fromPx: number;
  readonly toPx: number;
  readonly startsHere: boolean;
  readonly endsHere: boolean;
}

export interface Scene {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly laneXs: readonly number[];
  readonly labelsRight: number;
  readonly shape: RowShape;
  readonly lines: readonly DrawnLine[];
  readonly strips: readonly DrawnStrip[];
  readonly bands: readonly DrawnBand[];
  readonly brackets: readonly DrawnBracket[];
  /** Bottom of the last line, where the lanes end. */
  readonly endPx: number;
}

export function drawLadder(ctx: DrawingContext, scene: Scene, palette: Palette): void {
  ctx.clearRect(0, 0, scene.widthPx, scene.heightPx);
  ctx.font = palette.font;
  ctx.textAlign = 'center';
  const { lineHeightPx } = scene.shape;
  for (const line of scene.lines) {
    if (line.shade !== 'none') {
      ctx.fillStyle = palette[line.shade];
      ctx.fillRect(0, line.yPx, scene.widthPx, lineHeightPx);
    }
  }
  scene.bands.forEach((band) => drawBand(ctx, band, palette));
  ctx.lineWidth = 1;
  ctx.strokeStyle = palette.laneLine;
  for (const x of scene.laneXs) {
    strokeLine(ctx, x + 0.5, 0, x + 0.5, Math.min(scene.heightPx, scene.endPx));
  }
  scene.brackets.forEach((bracket) => drawBracket(ctx, bracket, palette));
  for (const line of scene.lines) {
    drawLine(ctx, line, scene, palette);
  }
  scene.strips.forEach((strip) => drawStrip(ctx, strip, palette));
}

function drawLine(ctx: DrawingContext, line: DrawnLine, scene: Scene, palette: Palette): void {
  if (line.kind === 'fold') {
    drawFold(ctx, line, scene, palette);
    return;
  }
  if (line.seam) {
    drawSeam(ctx, line.yPx, scene, palette);
  }
  if (line.arrows) {
    const { strokes, bars, label } = line.arrows;
    strokes.forEach((stroke) => drawStroke(ctx, stroke, { yPx: line.yPx, headScale: scene.shape.headScale }, palette));
    bars.forEach((bar) => drawBar(ctx, bar, line.yPx, palette));
    if (label && line.labelled) {
      drawLabel(ctx, label, line.yPx, palette);
    }
  }
}

function drawFold(
  ctx: DrawingContext,
  line: Extract<DrawnLine, { readonly kind: 'fold' }>,
  scene: Scene,
  palette: Palette
): void {
  const { lineHeightPx } = scene.shape;
  const y = Math.round(line.yPx + lineHeightPx / 2) + 0.5;
  const left = scene.laneXs[0] ?? 12;
  const right = scene.laneXs[scene.laneXs.length - 1] ?? scene.widthPx - 12;
  ctx.fillStyle = palette.background;
  scene.laneXs.forEach((x) => ctx.fillRect(x - 1, line.yPx + lineHeightPx * 0.2, 3, lineHeightPx * 0.6));
  const tone: Tone = line.fold === 'silence' ? 'muted' : 'payload';
  ctx.strokeStyle = line.fold === 'silence' ? palette.laneLine : palette.tones.payload;
  ctx.lineWidth = 1;
  ctx.setLineDash(line.fold === 'silence' ? [2, 4] : []);
  // Idle time is one dotted line, a burst is a pair of lines.
  const offsets = line.fold === 'silence' ? [0] : [-3, 3];
  offsets.forEach((dy) => strokeLine(ctx, left - 14, y + dy, right + 14, y + dy));
  ctx.setLineDash([]);
  if (scene.shape.labelY !== undefined) {
    const x = (left + Math.min(right, scene.labelsRight)) / 2;
    drawLabel(ctx, { text: line.text, x, y: lineHeightPx / 2 + 4, tone }, line.yPx, palette);
  }
}

/** Here a chunk of records ends: a notch in each lane. */
function drawSeam(ctx: DrawingContext, yPx: number, scene: Scene, palette: Palette): void {
  ctx.strokeStyle = palette.text.muted;
  ctx.lineWidth = 1;
  for (const x of scene.laneXs) {
    strokeLine(ctx, x - 7, yPx + 0.5, x + 7, yPx + 0.5);
    strokeLine(ctx, x - 7, yPx + 3.5, x + 7, yPx + 3.5);
  }
}

function drawBar(ctx: DrawingContext, { x, y, halfPx }: ErrorBar, yPx: number, palette: Palette): void {
  ctx.strokeStyle = palette.text.muted;
  ctx.lineWidth = 1;
  strokeLine(ctx, x + 0.5, yPx + y - halfPx, x + 0.5, yPx + y + halfPx);
  [-halfPx, halfPx].forEach((dy) => strokeLine(ctx, x - 3, yPx + y + dy, x + 4, yPx + y + dy));
}

/** Slanting strokes: capture drops must not look like idle time. */
function drawBand(ctx: DrawingContext, { x, widthPx, yPx, heightPx }: DrawnBand, palette: Palette): void {
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = palette.captureLoss;
  ctx.fillRect(x, yPx, widthPx, heightPx);
  ctx.globalAlpha = 0.7;
  ctx.strokeStyle = palette.captureLoss;
  ctx.lineWidth = 1.2;
  for (let y = yPx; y < yPx + heightPx; y += 8) {
    strokeLine(ctx, x, Math.min(yPx + heightPx, y + 8), x + widthPx, y);
  }
  ctx.globalAlpha = 1;
}

/** From a request's first packet to its last; open if it continues beyond what is drawn. */
function drawBracket(ctx: DrawingContext, { x, fromPx, toPx, startsHere, endsHere }: DrawnBracket, palette: Palette) {
  ctx.strokeStyle = palette.bracket;
  ctx.lineWidth = 1.5;
  strokeLine(ctx, x, fromPx, x, toPx);
  if (startsHere) {
    strokeLine(ctx, x - 6, fromPx, x, fromPx);
  }
  if (endsHere) {
    strokeLine(ctx, x - 6, toPx, x, toPx);
  }
}

function drawLabel(ctx: DrawingContext, label: Label, yPx: number, palette: Palette): void {
  const half = ctx.measureText(label.text).width / 2 + 4;
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = palette.background;
  ctx.fillRect(label.x - half, yPx + label.y - 11, half * 2, 14);
  ctx.globalAlpha = 1;
  ctx.fillStyle = palette.text[label.tone];
  ctx.fillText(label.text, label.x, yPx + label.y);
}
