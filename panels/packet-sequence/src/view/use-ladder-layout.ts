import { useMemo } from 'react';
import { layoutColumns, type LadderColumns } from '../layout/columns';
import { LINE_HEIGHT_PX } from '../layout/lines';
import { type RowShape, rowShape } from '../layout/zoom';
import { laneCount } from '../model/ladder';
import { type PacketSequenceOptions } from '../options';
import { HEADS_HEIGHT_PX } from './LaneHeads';
import { type LadderModel } from './use-ladder-model';
import { type ToolbarState } from './use-toolbar-state';
import { useViewport, type Viewport } from './use-viewport';

const SCROLLBAR_PX = 14;
/** Toolbar and summary, until the height of the grid is measured. */
const ABOVE_GRID_PX = 150;

interface Input {
  readonly model: LadderModel;
  readonly state: ToolbarState;
  readonly columns: PacketSequenceOptions['columns'];
  readonly lineHeight: number;
  readonly width: number;
  readonly height: number;
}

export interface LadderLayout {
  readonly columns: LadderColumns;
  readonly shape: RowShape;
  readonly viewport: Viewport;
}

/** Where columns and lines are, and which of them are in view: the request's at first. */
export function useLadderLayout({ model, state, columns: fields, lineHeight, width, height }: Input): LadderLayout {
  const { ladder, lines, request } = model;
  const { time, view, strips } = state;
  const columns = useMemo(
    () =>
      layoutColumns({
        widthPx: width - SCROLLBAR_PX,
        lanes: laneCount(ladder),
        time,
        hasTags: ladder.packets.tags.length > 0,
        view,
        strips,
        fields,
      }),
    [width, ladder, time, view, strips, fields]
  );
  const shape = useMemo(() => rowShape(lineHeight), [lineHeight]);
  const viewport = useViewport({
    lines,
    lineHeight,
    headsHeight: HEADS_HEIGHT_PX,
    fallbackHeight: Math.max(LINE_HEIGHT_PX, height - ABOVE_GRID_PX),
    firstLine: request && lines.ofRow[request.from],
    view: `${ladder.mode} ${state.lane}`,
  });
  return { columns, shape, viewport };
}
