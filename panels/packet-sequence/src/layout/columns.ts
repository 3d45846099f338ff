/** Where the columns of the chart stand. */
import { type TimeMode } from '../options';

/** Below this the chart drops TD and the gutter of tags. */
const COMPACT_BELOW_PX = 560;
const MIN_LANE_DISTANCE_PX = 92;
const MIN_LANE_DISTANCE_COMPACT_PX = 70;
/** Room beside the outer lanes, for stubs of arrows that come from where nobody looked. */
const LANE_INSET_PX = 22;
/** A label may stand out over the outer lanes by this much. */
export const LABEL_OVERHANG_PX = 14;

export const isCompact = (widthPx: number): boolean => widthPx < COMPACT_BELOW_PX;

export interface Columns {
  readonly compact: boolean;
  readonly timeX: number;
  readonly timeWidth: number;
  /** 0 where TD is not shown. */
  readonly deltaX: number;
  readonly deltaWidth: number;
  readonly laneXs: readonly number[];
  readonly tagX: number;
  /** 0 where tags stand on the arrows. */
  readonly tagWidth: number;
  /** Where the lanes, or what can be seen of them without scrolling sideways, end: labels keep to the left of it. */
  readonly labelsRight: number;
  /** At least the width asked for; more where the lanes need it. */
  readonly contentWidth: number;
}

export interface ColumnsInput {
  readonly widthPx: number;
  readonly lanes: number;
  readonly time: TimeMode;
  readonly hasTags: boolean;
}

export function layoutColumns({ widthPx, lanes, time, hasTags }: ColumnsInput): Columns {
  const compact = isCompact(widthPx);
  const timeX = compact ? 4 : 12;
  const timeWidth = time === 'absolute' ? 118 : 92;
  const deltaX = timeX + timeWidth;
  const deltaWidth = compact ? 0 : 78;
  const tagWidth = hasTags && !compact ? Math.min(lanes > 6 ? 130 : 200, Math.max(120, widthPx * 0.18)) : 0;
  const left = deltaX + deltaWidth + LANE_INSET_PX;
  const gaps = Math.max(1, lanes - 1);
  const rest = LANE_INSET_PX + tagWidth + 6;
  const distance = Math.max(
    compact ? MIN_LANE_DISTANCE_COMPACT_PX : MIN_LANE_DISTANCE_PX,
    (widthPx - left - rest) / gaps
  );
  const right = left + distance * gaps;
  return {
    compact,
    timeX,
    timeWidth,
    deltaX,
    deltaWidth,
    laneXs: Array.from({ length: lanes }, (_v, lane) => Math.round(left + distance * lane)),
    tagX: right + LANE_INSET_PX,
    tagWidth,
    labelsRight: Math.min(right + LABEL_OVERHANG_PX, widthPx - 6),
    contentWidth: Math.max(widthPx, Math.round(right + rest)),
  };
}
