/** The strokes, marks and labels of one row; positions in px, `y` from the top of the row's line. */
import { bytesText } from '@bpfnet/flow-model/quantity-text';
import { type ArrowLook, arrowLook, LOST, NOT_SEEN_FURTHER, PASSED_UNSEEN, type Tone } from '../model/arrow-look';
import { transmissionPath, type Loss } from '../model/transmission-path';
import { isFromFar, type Ladder, type NicsLadder } from '../model/ladder';
import { arrowLabels, type LabelContent } from '../model/packet-text';
import { type LadderColumns, LABEL_OVERHANG_PX } from './columns';
import { type RowShape } from './zoom';

export type MeasureText = (text: string) => number;

export interface Stroke {
  readonly x1: number;
  readonly y1: number;
  /** The end with the head. */
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
  readonly label: Label | undefined;
  /** Uncertainty of the time at which the arrow meets a lane. */
  readonly bars: readonly ErrorBar[];
}

/** Upright, around the arrow's end at a lane. */
export interface ErrorBar {
  readonly x: number;
  readonly y: number;
  readonly halfPx: number;
}

interface ArrowsInput {
  readonly columns: LadderColumns;
  readonly shape: RowShape;
  readonly labels: LabelContent;
  readonly measure: MeasureText;
}

const STUB_PX = 18;

export function layoutArrows(ladder: Ladder, row: number, input: ArrowsInput): RowArrows {
  return ladder.mode === 'ends' ? endsArrows(ladder, row, input) : nicsArrows(ladder, row, input);
}

function lookOf(ladder: Ladder, row: number): ArrowLook {
  const packet = ladder.rows.packet[row];
  return arrowLook(ladder.rows.ana[row], ladder.packets.flags[packet], ladder.packets.len[packet]);
}

function endsArrows(ladder: Ladder, row: number, input: ArrowsInput): RowArrows {
  const { laneXs } = input.columns;
  const { startY, slantPx } = input.shape;
  const [left, right] = laneXs;
  const [x1, x2] = isFromFar(ladder, row) ? [right, left] : [left, right];
  const look = lookOf(ladder, row);
  return {
    strokes: [{ x1, y1: startY, x2, y2: startY + slantPx, look }],
    label: placeLabel(ladder, row, { ...input, tone: look.tone, from: left, to: right }),
    bars: [],
  };
}

function nicsArrows(ladder: NicsLadder, row: number, input: ArrowsInput): RowArrows {
  const { laneXs } = input.columns;
  const { startY, slantPx } = input.shape;
  const look = lookOf(ladder, row);
  const { lanes, loss } = transmissionPath(ladder, row);
  const leftwards = isFromFar(ladder, row);
  const origin = laneXs[leftwards ? laneXs.length - 1 : 0];
  const length = Math.max(1, laneXs[laneXs.length - 1] - laneXs[0]);
  const yAt = (x: number): number => startY + (slantPx * Math.abs(x - origin)) / length;
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
  if (loss) {
    const middle =
      loss.before === undefined
        ? laneXs[loss.after] + (leftwards ? -STUB_PX : STUB_PX)
        : (laneXs[loss.after] + laneXs[loss.before]) / 2;
    // If only a part was lost, the arrow goes on and the loss is marked on its way.
    const from = loss.bytes === loss.ofBytes ? laneXs[loss.after] : middle - (leftwards ? -1 : 1);
    strokes.push(stroke(from, middle, loss.certain ? LOST : NOT_SEEN_FURTHER));
  } else if (lanes[lanes.length - 1] !== (leftwards ? 0 : laneXs.length - 1)) {
    // It arrived, and no NIC from here on captured it.
    const last = laneXs[lanes[lanes.length - 1]];
    strokes.push(stroke(last, last + (leftwards ? -STUB_PX : STUB_PX), PASSED_UNSEEN));
  } else if (strokes.length === 0) {
    strokes.push(stroke(first + (leftwards ? STUB_PX : -STUB_PX), first, look));
  }
  const xs = strokes.flatMap(({ x1, x2 }) => [x1, x2]);
  return {
    strokes,
    label: placeLabel(ladder, row, {
      ...input,
      suffix: loss && lossText(loss),
      tone: loss?.certain ? 'danger' : look.tone,
      from: Math.min(...xs),
      to: Math.max(...xs),
    }),
    bars: lanes
      .filter((lane) => ladder.uncertaintyNs[lane] > 0 && isFirstOfHost(ladder, lane))
      .map((lane) => ({ x: laneXs[lane], y: yAt(laneXs[lane]), halfPx: BAR_HALF_PX })),
  };
}

/** Other lanes of a host share its clock, and its uncertainty. */
const isFirstOfHost = ({ lanes }: NicsLadder, lane: number): boolean => lanes[lane - 1]?.host !== lanes[lane].host;

/** Row height is no measure of time: the bar says that there is uncertainty, the card how much. */
const BAR_HALF_PX = 5;

interface LabelInput extends ArrowsInput {
  readonly tone: Tone;
  readonly suffix?: string;
  /** What the arrow spans. */
  readonly from: number;
  readonly to: number;
}

/** The longest form that fits between the outer lanes that can be seen, over the arrow's middle as far as that room allows. */
function placeLabel(ladder: Ladder, row: number, input: LabelInput): Label | undefined {
  const { tone, suffix, from, to, measure } = input;
  const { laneXs, labelsRight: right } = input.columns;
  const { labelY } = input.shape;
  if (labelY === undefined) {
    return undefined;
  }
  const plain = arrowLabels(ladder.packets, ladder.rows.packet[row], ladder.rows.ana[row], input.labels);
  const forms = suffix === undefined ? plain : plain.map((form) => [form, suffix].filter((t) => t !== '').join(' · '));
  const left = laneXs[0] - LABEL_OVERHANG_PX;
  const text = forms.find((form) => measure(form) <= right - left) ?? forms[forms.length - 1];
  if (text === '') {
    return undefined;
  }
  const half = measure(text) / 2;
  return { text, x: Math.max(left + half, Math.min(right - half, (from + Math.min(to, right)) / 2)), y: labelY, tone };
}

function lossText(loss: Loss): string {
  const bytes = loss.bytes < loss.ofBytes ? `${bytesText(loss.bytes)} of ${bytesText(loss.ofBytes)} ` : '';
  return `${bytes}${!loss.certain ? 'not seen downstream' : loss.before === undefined ? 'lost downstream' : 'lost'}`;
}
