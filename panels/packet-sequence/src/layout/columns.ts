/** Where the columns of the chart are. */
import { FIELD_KEYS, type FieldKey, type StripKind, type TimeMode, type ViewMode } from '../options';

/** Below this the chart drops delta times and the gutter of tags. */
const COMPACT_BELOW_PX = 560;
const MIN_LANE_DISTANCE_PX = 92;
const MIN_LANE_DISTANCE_COMPACT_PX = 70;
/** Room beside the outer lanes, for stubs of arrows from or to where nothing was captured. */
const LANE_INSET_PX = 22;
/** A label may reach beyond the outer lanes by this much. */
export const LABEL_OVERHANG_PX = 14;
/** List and ladder are side by side from this width on. */
const BOTH_FROM_PX = 900;
const STRIP_PX = 104;
/** Curves give way before the ladder becomes narrower than this. */
const ENDS_PX = 180;

export const isCompact = (widthPx: number): boolean => widthPx < COMPACT_BELOW_PX;

interface FieldColumn {
  readonly key: FieldKey;
  readonly x: number;
  readonly width: number;
}

interface StripColumn {
  readonly kind: StripKind;
  readonly x: number;
  readonly width: number;
}

export interface LadderColumns {
  readonly compact: boolean;
  readonly view: ViewMode;
  readonly timeX: number;
  readonly timeWidth: number;
  /** 0 where delta times are not shown. */
  readonly deltaX: number;
  readonly deltaWidth: number;
  /** The message list's; empty where there is none. */
  readonly fields: readonly FieldColumn[];
  /** Empty where there is no ladder. */
  readonly laneXs: readonly number[];
  readonly tagX: number;
  /** 0 where tags are on the arrows. */
  readonly tagWidth: number;
  readonly strips: readonly StripColumn[];
  /** Right end of the lanes, as far as they are visible without horizontal scrolling: labels stay left of it. */
  readonly labelsRight: number;
  /** What can be seen without scrolling sideways. */
  readonly widthPx: number;
  /** At least that; more where the lanes need it. */
  readonly contentWidth: number;
}

interface ColumnsInput {
  readonly widthPx: number;
  readonly lanes: number;
  readonly time: TimeMode;
  readonly hasTags: boolean;
  readonly view?: ViewMode;
  readonly strips?: readonly StripKind[];
  /** Of the message list; all where undefined. */
  readonly fields?: readonly FieldKey[];
}

const FIELD_PX: Readonly<Record<FieldKey, number>> = {
  number: 58,
  from: 62,
  flags: 88,
  seq: 96,
  ack: 96,
  len: 58,
  win: 70,
  analysis: 150,
};
/** If a list has no room for tags, they are reached by horizontal scrolling. */
const TAG_COMPACT_PX = 100;
/** On a phone without horizontal scrolling. */
const FIELD_COMPACT_PX: Readonly<Partial<Record<FieldKey, number>>> = { from: 54, flags: 80, seq: 86, len: 54 };
const LIST_COMPACT: readonly FieldKey[] = ['from', 'flags', 'seq', 'len'];
const BESIDE_LADDER: readonly FieldKey[] = ['flags', 'seq', 'ack', 'len', 'win'];

export function layoutColumns(input: ColumnsInput): LadderColumns {
  const { widthPx, lanes, time, hasTags } = input;
  const compact = isCompact(widthPx);
  const view = input.view === 'both' && widthPx < BOTH_FROM_PX ? 'ladder' : (input.view ?? 'ladder');
  const timeX = compact ? 4 : 12;
  const timeWidth = time === 'absolute' ? 118 : 92;
  const deltaX = timeX + timeWidth;
  const deltaWidth = compact ? 0 : 84;
  const wanted = input.fields ?? FIELD_KEYS;
  const fields = layoutFields(
    keysOf(view, compact).filter((key) => wanted.includes(key)),
    deltaX + deltaWidth,
    compact ? FIELD_COMPACT_PX : {}
  );
  const fieldsEnd = fields.reduce((end, { x, width }) => Math.max(end, x + width), deltaX + deltaWidth);
  const tagWidth = hasTags && !compact ? Math.min(lanes > 6 ? 130 : 200, Math.max(120, widthPx * 0.18)) : 0;
  const lanesPx = view === 'list' ? 0 : LANE_INSET_PX * 2 + Math.max(ENDS_PX, (lanes - 1) * MIN_LANE_DISTANCE_PX);
  const stripsFit = Math.max(0, Math.floor((widthPx - fieldsEnd - lanesPx - tagWidth) / STRIP_PX));
  const stripKinds = compact ? [] : (input.strips ?? []).slice(0, stripsFit);
  const stripsWidth = stripKinds.length * STRIP_PX;
  const stripsFrom = (x: number) =>
    stripKinds.map((kind, i): StripColumn => ({ kind, x: x + i * STRIP_PX, width: STRIP_PX - 10 }));
  if (view === 'list') {
    const tagX = fieldsEnd + 6;
    const end = tagX + (compact && hasTags ? TAG_COMPACT_PX : tagWidth) + 6;
    return {
      ...{ widthPx, compact, view, timeX, timeWidth, deltaX, deltaWidth, fields, tagX, tagWidth },
      laneXs: [],
      labelsRight: widthPx,
      strips: stripsFrom(end),
      contentWidth: Math.max(widthPx, end + stripsWidth),
    };
  }
  const left = fieldsEnd + LANE_INSET_PX;
  const gaps = Math.max(1, lanes - 1);
  const rest = LANE_INSET_PX + tagWidth + stripsWidth + 6;
  const distance = Math.max(
    compact ? MIN_LANE_DISTANCE_COMPACT_PX : MIN_LANE_DISTANCE_PX,
    (widthPx - left - rest) / gaps
  );
  const right = left + distance * gaps;
  return {
    ...{ widthPx, compact, view, timeX, timeWidth, deltaX, deltaWidth, fields, tagWidth },
    laneXs: Array.from({ length: lanes }, (_v, lane) => Math.round(left + distance * lane)),
    tagX: right + LANE_INSET_PX,
    strips: stripsFrom(right + LANE_INSET_PX + tagWidth + 4),
    labelsRight: Math.min(right + LABEL_OVERHANG_PX, widthPx - 6),
    contentWidth: Math.max(widthPx, Math.round(right + rest)),
  };
}

function keysOf(view: ViewMode, compact: boolean): readonly FieldKey[] {
  switch (view) {
    case 'ladder':
      return [];
    case 'both':
      return BESIDE_LADDER;
    case 'list':
      return compact ? LIST_COMPACT : FIELD_KEYS;
  }
}

function layoutFields(
  keys: readonly FieldKey[],
  from: number,
  widths: Readonly<Partial<Record<FieldKey, number>>>
): readonly FieldColumn[] {
  let x = from;
  return keys.map((key) => {
    const width = widths[key] ?? FIELD_PX[key];
    x += width;
    return { key, x: x - width, width };
  });
}
