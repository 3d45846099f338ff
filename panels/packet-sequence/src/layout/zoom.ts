/** Heights of a line, from an overview to comfortable reading. */
import { LINE_HEIGHT_PX } from './lines';

const STEPS_PX = [3, 5, 8, 12, 18, 24, LINE_HEIGHT_PX, 46] as const;

/** The next height in a direction; the same at the ends. */
export function zoomed(lineHeightPx: number, direction: 1 | -1): number {
  const steps =
    direction === 1 ? STEPS_PX.filter((px) => px > lineHeightPx) : STEPS_PX.filter((px) => px < lineHeightPx);
  return (direction === 1 ? steps[0] : steps[steps.length - 1]) ?? lineHeightPx;
}

/** What fits into a row of a line's height. */
export interface RowShape {
  readonly lineHeightPx: number;
  /** Baseline of the arrow's label; undefined if there is no room for one. */
  readonly labelY: number | undefined;
  /** Where arrows begin, and how far they fall. */
  readonly startY: number;
  readonly slantPx: number;
  /** 1 at full size. */
  readonly headScale: number;
  /** Text beside the arrows is on every nth line. */
  readonly textEvery: number;
}

/** Height of text, which overlaps lines that are lower. */
export const TEXT_PX = 16;

export function rowShape(lineHeightPx: number): RowShape {
  const roomy = lineHeightPx >= 30;
  const labelled = lineHeightPx >= 20;
  return {
    lineHeightPx,
    labelY: labelled ? (roomy ? 13 + (lineHeightPx - LINE_HEIGHT_PX) / 2 : 11) : undefined,
    startY: roomy ? 19 + (lineHeightPx - LINE_HEIGHT_PX) / 2 : labelled ? 15 : lineHeightPx * 0.35,
    slantPx: roomy ? 8 : lineHeightPx * 0.3,
    headScale: roomy ? 1 : Math.max(0.3, Math.min(0.8, lineHeightPx / 26)),
    textEvery: Math.max(1, Math.ceil(TEXT_PX / lineHeightPx)),
  };
}
