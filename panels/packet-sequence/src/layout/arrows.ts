/** The strokes, marks and labels of one row; positions in px, `y` from the top of the row's line. */
import { bytesText } from '../../../shared/quantity-text';
import { type ArrowLook, arrowLook, LOST, NOT_SEEN_FURTHER, PASSED_UNSEEN, type Tone } from '../model/arrow-look';
import { journeyOf, type Loss } from '../model/journey';
import { isFromFar, type Ladder, type NicsLadder } from '../model/ladder';
import { arrowLabels } from '../model/packet-text';
import { type Columns, LABEL_OVERHANG_PX } from './columns';

export type MeasureText = (text: string) => number;

export interface Stroke {
  readonly x1: number;
  readonly y1: number;
  /** Here stands the head. */
  readonly x2: number;
  readonly y2: number;
  readonly look: ArrowLook;
}

export interface Label {
  readonly text: string;
  /** Middle of the text, and its baseline. */
  readonly x: number;
  readonly y: number;
  readonly tone: Tone;
}

export interface RowArrows {
  readonly strokes: readonly Stroke[];
  readonly label: Label;
}

const LABEL_Y = 13;
const START_Y = 19;
const SLANT_PX = 8;
const STUB_PX = 18;

export function layoutArrows(ladder: Ladder, row: number, columns: Columns, measure: MeasureText): RowArrows {
  return ladder.mode === 'ends' ? endsArrows(ladder, row, columns, measure) : nicsArrows(ladder, row, columns, measure);
}

function lookOf(ladder: Ladder, row: number): ArrowLook {
  const packet = ladder.rows.packet[row];
  return arrowLook(ladder.rows.ana[row], ladder.packets.flags[packet], ladder.packets.len[packet]);
}

function endsArrows(ladder: Ladder, row: number, { laneXs, labelsRight }: Columns, measure: MeasureText): RowArrows {
  const [left, right] = laneXs;
  const [x1, x2] = isFromFar(ladder, row) ? [right, left] : [left, right];
  const look = lookOf(ladder, row);
  const forms = arrowLabels(ladder.packets, ladder.rows.packet[row], ladder.rows.ana[row]);
  return {
    strokes: [{ x1, y1: START_Y, x2, y2: START_Y + SLANT_PX, look }],
    label: placeLabel({ forms, tone: look.tone, from: left, to: right, laneXs, labelsRight, measure }),
  };
}

function nicsArrows(
  ladder: NicsLadder,
  row: number,
  { laneXs, labelsRight }: Columns,
  measure: MeasureText
): RowArrows {
  const look = lookOf(ladder, row);
  const { lanes, loss } = journeyOf(ladder, row);
  const leftwards = isFromFar(ladder, row);
  const origin = laneXs[leftwards ? laneXs.length - 1 : 0];
  const length = Math.max(1, laneXs[laneXs.length - 1] - laneXs[0]);
  const yAt = (x: number): number => START_Y + (SLANT_PX * Math.abs(x - origin)) / length;
  const stroke = (x1: number, x2: number, strokeLook: ArrowLook): Stroke => ({
    x1,
    y1: yAt(x1),
    x2,
    y2: yAt(x2),
    look: strokeLook,
  });

  const strokes: Stroke[] = [];
  const first = laneXs[lanes[0]];
  if (first !== origin) {
    strokes.push(stroke(first + (leftwards ? STUB_PX : -STUB_PX), first, PASSED_UNSEEN));
  }
  for (let i = 1; i < lanes.length; i++) {
    const passedUnseen = Math.abs(lanes[i] - lanes[i - 1]) > 1;
    const hop = passedUnseen ? { ...look, dash: PASSED_UNSEEN.dash } : look;
    strokes.push(stroke(laneXs[lanes[i - 1]], laneXs[lanes[i]], hop));
  }
  if (loss && loss.bytes === loss.ofBytes) {
    const middle = (laneXs[loss.after] + laneXs[loss.before]) / 2;
    strokes.push(stroke(laneXs[loss.after], middle, loss.certain ? LOST : NOT_SEEN_FURTHER));
  } else if (strokes.length === 0) {
    strokes.push(stroke(first + (leftwards ? STUB_PX : -STUB_PX), first, look));
  }
  const xs = strokes.flatMap(({ x1, x2 }) => [x1, x2]);
  const forms = arrowLabels(ladder.packets, ladder.rows.packet[row], ladder.rows.ana[row]);
  return {
    strokes,
    label: placeLabel({
      forms: loss ? [...forms.map((form) => `${form} · ${lossText(loss)}`)] : forms,
      tone: loss?.certain ? 'danger' : look.tone,
      from: Math.min(...xs),
      to: Math.max(...xs),
      laneXs,
      labelsRight,
      measure,
    }),
  };
}

interface LabelInput {
  readonly forms: readonly string[];
  readonly tone: Tone;
  /** What the arrow spans. */
  readonly from: number;
  readonly to: number;
  readonly laneXs: readonly number[];
  readonly labelsRight: number;
  readonly measure: MeasureText;
}

/** The longest form that fits between the outer lanes that can be seen, over the arrow's middle as far as that room allows. */
function placeLabel({ forms, tone, from, to, laneXs, labelsRight: right, measure }: LabelInput): Label {
  const left = laneXs[0] - LABEL_OVERHANG_PX;
  const text = forms.find((form) => measure(form) <= right - left) ?? forms[forms.length - 1];
  const half = measure(text) / 2;
  return { text, x: Math.max(left + half, Math.min(right - half, (from + Math.min(to, right)) / 2)), y: LABEL_Y, tone };
}

function lossText(loss: Loss): string {
  const bytes = loss.bytes < loss.ofBytes ? `${bytesText(loss.bytes)} of ${bytesText(loss.ofBytes)} ` : '';
  return `${bytes}${loss.certain ? 'lost' : 'not seen further'}`;
}
