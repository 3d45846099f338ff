/** One curve beside the ladder; time runs down. */
import { type StripSeries } from '../layout/strips';
import { strokeLine } from './draw-stroke';
import { type DrawingContext, type Palette } from './drawing';

export interface DrawnStrip {
  readonly x: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly series: readonly StripSeries[];
  readonly toPx: (value: number) => number;
  /** Rows that are drawn, and the middle of each. */
  readonly rows: ReadonlyArray<{ readonly row: number; readonly yPx: number }>;
}

export function drawStrip(ctx: DrawingContext, strip: DrawnStrip, palette: Palette): void {
  ctx.strokeStyle = palette.laneLine;
  ctx.lineWidth = 1;
  strokeLine(ctx, strip.x - 4.5, 0, strip.x - 4.5, strip.heightPx);
  for (const series of strip.series) {
    ctx.strokeStyle = palette.tones[series.tone];
    ctx.fillStyle = palette.tones[series.tone];
    ctx.lineWidth = series.kind === 'ranges' ? 3 : 1.4;
    ctx.setLineDash(series.kind === 'steps' ? [3, 2] : []);
    DRAW[series.kind](ctx, strip, series);
    ctx.setLineDash([]);
  }
}

const DRAW: Readonly<
  Record<StripSeries['kind'], (ctx: DrawingContext, strip: DrawnStrip, series: StripSeries) => void>
> = {
  line: (ctx, strip, series) => drawLine(ctx, strip, series, false),
  steps: (ctx, strip, series) => drawLine(ctx, strip, series, true),
  dots: (ctx, { x, rows, toPx }, { values }) => {
    for (const { row, yPx } of rows) {
      if (!Number.isNaN(values[row])) {
        ctx.fillRect(x + toPx(values[row]) - 2, yPx - 2, 4, 4);
      }
    }
  },
  ranges: (ctx, { x, rows, toPx }, { values, ends }) => {
    for (const { row, yPx } of rows) {
      if (!Number.isNaN(values[row])) {
        const from = x + toPx(values[row]);
        strokeLine(ctx, from, yPx, Math.max(from + 2, x + toPx(ends ? ends[row] : values[row])), yPx);
      }
    }
  },
};

/** Goes on over rows without a value; in steps a value holds until the next one. */
function drawLine(ctx: DrawingContext, { x, rows, toPx }: DrawnStrip, { values }: StripSeries, steps: boolean): void {
  let before: number | undefined;
  ctx.beginPath();
  for (const { row, yPx } of rows) {
    if (Number.isNaN(values[row])) {
      continue;
    }
    const at = x + toPx(values[row]);
    if (before === undefined) {
      ctx.moveTo(at, yPx);
    } else {
      if (steps) {
        ctx.lineTo(before, yPx);
      }
      ctx.lineTo(at, yPx);
    }
    before = at;
  }
  ctx.stroke();
}
