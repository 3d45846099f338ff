/** What is drawn of a ladder in a window of lines: for the screen and for pictures that are saved. */
import { bytesText, durationNsText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { layoutArrows, type MeasureText } from '../layout/arrows';
import { type LadderColumns } from '../layout/columns';
import { type Fold, foldAt, type Lines, type LineWindow } from '../layout/lines';
import { type Strip, stripScale } from '../layout/strips';
import { type RowShape } from '../layout/zoom';
import { burstFacts } from '../model/bursts';
import { type CaptureMark, isChunkSeam } from '../model/capture-marks';
import { type Ladder } from '../model/ladder';
import { type SeqMode } from '../model/packet-text';
import { NO_TAG } from '../model/packets';
import { type RowRange } from '../model/request-rows';
import { firstAbove } from '../model/sorted-order';
import { type DrawnBand, type DrawnLine, type Scene, type Shade } from './draw-ladder';

export interface SceneInput {
  readonly ladder: Ladder;
  readonly lines: Lines;
  readonly window: LineWindow;
  readonly columns: LadderColumns;
  readonly shape: RowShape;
  readonly strips: readonly Strip[];
  readonly captureMarks: readonly CaptureMark[];
  /** From its first to its last packet. */
  readonly request: RowRange | undefined;
  readonly seq: SeqMode;
  readonly topPx: number;
  readonly heightPx: number;
  readonly shadeOf: (row: number) => Shade;
}

export function buildScene(input: SceneInput, measure: MeasureText): Scene {
  const { ladder, lines, columns, shape, topPx, heightPx } = input;
  const { lineHeightPx } = shape;
  const yOf = (line: number): number => line * lineHeightPx - topPx;
  const drawn: DrawnLine[] = [];
  const rows: Array<{ row: number; yPx: number }> = [];
  for (let line = input.window.first; line < input.window.end; line++) {
    const yPx = yOf(line);
    const fold = foldAt(lines, line);
    if (fold) {
      const shade = fold.kind === 'burst' ? input.shadeOf(fold.from) : 'none';
      drawn.push({ kind: 'fold', fold: fold.kind, yPx, shade, text: foldText(ladder, fold) });
      rows.push({ row: fold.to, yPx: yPx + lineHeightPx / 2 });
      continue;
    }
    const row = lines.content[line];
    rows.push({ row, yPx: yPx + lineHeightPx / 2 });
    drawn.push(drawnRow(input, row, yPx, measure));
  }
  return {
    widthPx: columns.contentWidth,
    heightPx,
    laneXs: columns.laneXs,
    labelsRight: columns.labelsRight,
    shape,
    lines: drawn,
    bands: input.captureMarks.flatMap((mark) => bandOf(input, mark, yOf)),
    brackets: bracketOf(input, yOf),
    strips: columns.strips.flatMap(({ kind, x, width }) => {
      const strip = input.strips.find((each) => each.kind === kind);
      const scale = strip && stripScale(strip, width);
      return strip && scale
        ? [{ x, widthPx: width, heightPx, series: strip.series, toPx: (value: number) => scale(value), rows }]
        : [];
    }),
    endPx: yOf(lines.length),
  };
}

function drawnRow(input: SceneInput, row: number, yPx: number, measure: MeasureText): DrawnLine {
  const { ladder, columns, shape } = input;
  const tagged = ladder.packets.tag[ladder.rows.packet[row]] !== NO_TAG;
  const labels = { seq: input.seq, wordsOnly: columns.view === 'both' };
  return {
    kind: 'row',
    yPx,
    shade: input.shadeOf(row),
    arrows: columns.laneXs.length === 0 ? undefined : layoutArrows(ladder, row, { columns, shape, labels, measure }),
    labelled: !(columns.compact && tagged),
    seam: isChunkSeam(ladder, row),
  };
}

export function foldText(ladder: Ladder, fold: Fold): string {
  if (fold.kind === 'silence') {
    return `${durationNsText(ladder.rows.tNs[fold.to] - ladder.rows.tNs[fold.from])} idle`;
  }
  const { segments, bytes, acks, lastsNs } = burstFacts(ladder, fold);
  const ackText = acks === 0 ? '' : `, ${pluralText(acks, 'ACK')}`;
  return `${pluralText(segments, 'segment')}, ${bytesText(bytes)}${ackText} in ${durationNsText(lastsNs)}`;
}

const BAND_PX = 12;

function bandOf({ ladder, lines, columns, shape }: SceneInput, mark: CaptureMark, yOf: (line: number) => number) {
  const { tNs } = ladder.rows;
  const [first, last] = [firstAbove(tNs, mark.fromNs - 1), firstAbove(tNs, mark.toNs) - 1];
  if (last < first || columns.laneXs.length === 0) {
    return [];
  }
  const yPx = yOf(lines.ofRow[first]);
  const heightPx = yOf(lines.ofRow[last]) + shape.lineHeightPx - yPx;
  const ends = ladder.mode === 'ends';
  const x = ends ? columns.laneXs[0] : columns.laneXs[mark.lane] - BAND_PX / 2;
  const widthPx = ends ? columns.laneXs[1] - columns.laneXs[0] : BAND_PX;
  return [clipped({ x, widthPx, yPx, heightPx })];
}

/** Far more than a screen: keeps the strokes of a long band from taking long. */
const BEYOND_PX = 4000;

function clipped(band: DrawnBand): DrawnBand {
  const top = Math.max(-BEYOND_PX + ((band.yPx + BEYOND_PX) % 8), band.yPx);
  return { ...band, yPx: top, heightPx: Math.max(0, Math.min(BEYOND_PX * 2, band.yPx + band.heightPx) - top) };
}

function bracketOf({ request, lines, columns, shape, heightPx }: SceneInput, yOf: (line: number) => number) {
  const lane = columns.laneXs[columns.laneXs.length - 1];
  if (!request || lane === undefined || request.to <= request.from) {
    return [];
  }
  const fromPx = yOf(lines.ofRow[request.from]) + shape.lineHeightPx / 2;
  const toPx = yOf(lines.ofRow[request.to]) + shape.lineHeightPx / 2;
  if (toPx < 0 || fromPx > heightPx) {
    return [];
  }
  return [
    {
      x: lane + 17.5,
      fromPx: Math.max(-1, fromPx),
      toPx: Math.min(heightPx + 1, toPx),
      startsHere: fromPx >= 0,
      endsHere: toPx <= heightPx,
    },
  ];
}
