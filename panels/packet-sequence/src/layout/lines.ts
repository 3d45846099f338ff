/** Rows and the folds between them as lines of one height, so that a line is found by division. */

/** Without zoom. */
export const LINE_HEIGHT_PX = 34;

/** Silence is between two rows; a burst replaces all rows from the first to the last. */
export interface Fold {
  readonly kind: 'silence' | 'burst';
  readonly from: number;
  readonly to: number;
}

export interface Lines {
  readonly length: number;
  /** The row on a line; -1 - i for the fold i. */
  readonly content: Int32Array;
  readonly folds: readonly Fold[];
  /** The line that a row is on; for a row that is folded or filtered away, the one where it would be. */
  readonly ofRow: Uint32Array;
}

interface LinesInput {
  readonly tNs: Float64Array;
  /** Silence from this on gets a line; 0 for none. */
  readonly silenceNs: number;
  /** Rows that are shown, in order; all where undefined. */
  readonly rows?: Uint32Array;
  /** In order, none overlapping; those whose first row is in `open` are not folded. */
  readonly bursts?: ReadonlyArray<{ readonly from: number; readonly to: number }>;
  readonly open?: ReadonlySet<number>;
}

export function layoutLines({ tNs, silenceNs, rows, bursts = [], open }: LinesInput): Lines {
  const shown = rows?.length ?? tNs.length;
  const content = new Int32Array(shown * 2);
  const ofRow = new Uint32Array(tNs.length);
  const folds: Fold[] = [];
  let line = 0;
  let burst = 0;
  let before = -1;
  for (let i = 0; i < shown; i++) {
    const row = rows ? rows[i] : i;
    if (silenceNs > 0 && before >= 0 && tNs[row] - tNs[before] >= silenceNs) {
      content[line++] = -folds.push({ kind: 'silence', from: before, to: row });
    }
    ofRow.fill(line, before + 1, row + 1);
    while (burst < bursts.length && bursts[burst].to < row) {
      burst++;
    }
    const here = bursts[burst];
    if (!rows && here?.from === row && !open?.has(row)) {
      content[line] = -folds.push({ kind: 'burst', from: here.from, to: here.to });
      ofRow.fill(line, here.from, here.to + 1);
      i = here.to;
    } else {
      content[line] = row;
    }
    line++;
    before = rows ? row : i;
  }
  ofRow.fill(Math.max(0, line - 1), before + 1);
  return { length: line, content: content.slice(0, line), folds, ofRow };
}

export function foldAt({ content, folds }: Lines, line: number): Fold | undefined {
  return content[line] < 0 ? folds[-1 - content[line]] : undefined;
}

export interface LineWindow {
  readonly first: number;
  /** One after the last. */
  readonly end: number;
}

/** Lines that a viewport shows, and a few around it. */
export function visibleLines(lines: Lines, topPx: number, heightPx: number, lineHeightPx: number): LineWindow {
  const margin = 3;
  const first = Math.floor(topPx / lineHeightPx) - margin;
  const end = Math.ceil((topPx + heightPx) / lineHeightPx) + margin;
  return { first: clamp(first, 0, lines.length), end: clamp(end, 0, lines.length) };
}

const clamp = (n: number, low: number, high: number): number => Math.max(low, Math.min(high, n));
