import { useMemo } from 'react';
import { type Shade } from '../draw/draw-ladder';
import { type SceneInput } from '../draw/scene';
import { LINE_HEIGHT_PX, visibleLines } from '../layout/lines';
import { NO_TAG } from '../model/packets';
import { requestRows } from '../model/request-rows';
import { type LadderLayout } from './use-ladder-layout';
import { type LadderModel } from './use-ladder-model';
import { type ToolbarState } from './use-toolbar-state';

interface Input {
  readonly model: LadderModel;
  readonly layout: LadderLayout;
  readonly state: ToolbarState;
  /** -1 where none is; likewise the row that another panel points at. */
  readonly selected: number;
  readonly synced: number;
}

/** What is drawn: the lines in view, with the rows that stand out and the bracket of a request. */
export function useLadderScene({ model, layout, state, selected, synced }: Input): SceneInput {
  const { ladder, lines, isMatch, request } = model;
  const { packets } = ladder;
  const { shape, viewport } = layout;
  const tag = selected >= 0 ? packets.tag[ladder.rows.packet[selected]] : NO_TAG;
  const bracketed = useMemo(
    () => (tag === NO_TAG ? request : requestRows(ladder, packets.tags[tag].requestId)),
    [tag, request, ladder, packets]
  );
  const shadeOf = (row: number): Shade => {
    if (row === selected) {
      return 'selected';
    }
    if (row === synced) {
      return 'synced';
    }
    if (isMatch[row] === 1) {
      return 'match';
    }
    return request && row >= request.from && row <= request.to ? 'request' : 'none';
  };
  return {
    ladder,
    lines,
    columns: layout.columns,
    shape,
    topPx: viewport.topPx,
    shadeOf,
    window: visibleLines(lines, viewport.topPx, viewport.height, shape.lineHeightPx),
    strips: model.strips,
    captureMarks: model.captureMarks,
    request: bracketed,
    seq: state.seq,
    heightPx: Math.min(viewport.height, Math.max(LINE_HEIGHT_PX, lines.length * shape.lineHeightPx)),
  };
}
