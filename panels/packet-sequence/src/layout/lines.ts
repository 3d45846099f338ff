/** Rows and the folded silences between them as lines of one height, so that a line is found by division. */

export const LINE_HEIGHT_PX = 34;

export interface Lines {
  readonly length: number;
  /** The row on a line; -1 - row for the silence before that row. */
  readonly content: Int32Array;
  /** The line that a row is on. */
  readonly ofRow: Uint32Array;
}

export function layoutLines(tNs: Float64Array, silenceNs: number): Lines {
  const folds = silenceNs > 0 ? tNs.reduce((n, t, i) => n + (i > 0 && t - tNs[i - 1] >= silenceNs ? 1 : 0), 0) : 0;
  const content = new Int32Array(tNs.length + folds);
  const ofRow = new Uint32Array(tNs.length);
  let line = 0;
  for (let row = 0; row < tNs.length; row++) {
    if (silenceNs > 0 && row > 0 && tNs[row] - tNs[row - 1] >= silenceNs) {
      content[line++] = -1 - row;
    }
    ofRow[row] = line;
    content[line++] = row;
  }
  return { length: line, content, ofRow };
}

export interface Window {
  readonly first: number;
  /** One after the last. */
  readonly end: number;
}

/** Lines that a viewport shows, and a few around it. */
export function visibleLines(lines: Lines, scrollTopPx: number, heightPx: number): Window {
  const margin = 3;
  const first = Math.floor(scrollTopPx / LINE_HEIGHT_PX) - margin;
  const end = Math.ceil((scrollTopPx + heightPx) / LINE_HEIGHT_PX) + margin;
  return { first: clamp(first, 0, lines.length), end: clamp(end, 0, lines.length) };
}

/** Lines that fit a viewport whole; at least one. */
export function linesPerPage(heightPx: number): number {
  return Math.max(1, Math.floor(heightPx / LINE_HEIGHT_PX));
}

export function rowAt(lines: Lines, yPx: number): number | undefined {
  const content = lines.content[Math.floor(yPx / LINE_HEIGHT_PX)];
  return content === undefined || content < 0 ? undefined : content;
}

const clamp = (n: number, low: number, high: number): number => Math.max(low, Math.min(high, n));
