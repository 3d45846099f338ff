import { css } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type MouseEvent, useCallback, useId, useMemo, useRef, useState } from 'react';
import { placeCard } from '../layout/card-place';
import { isCompact, layoutColumns } from '../layout/columns';
import { LINE_HEIGHT_PX, layoutLines, linesPerPage, rowAt, visibleLines } from '../layout/lines';
import { buildLadder, ladderMode } from '../model/build-ladder';
import { laneCount } from '../model/ladder';
import { type L7Tag, type PacketTable } from '../model/packets';
import { requestRows } from '../model/request-rows';
import { findRows, nextMatch } from '../model/search';
import { timeDeltas } from '../model/time-delta';
import { type PacketSequenceOptions } from '../options';
import { type Shade } from './draw-ladder';
import { ladderKey } from './key-moves';
import { LadderCanvas } from './LadderCanvas';
import { LadderRows } from './LadderRows';
import { LadderSummary } from './LadderSummary';
import { LadderToolbar, type ToolbarState } from './LadderToolbar';
import { HEADS_HEIGHT_PX, LaneHeads } from './LaneHeads';
import { CARD_WIDTH_PX, cardHeightPx, PacketCard } from './PacketCard';
import { type RowKey, rowKey, rowOfKey } from './row-key';
import { useViewport } from './use-viewport';

interface Props {
  readonly packets: PacketTable;
  readonly options: PacketSequenceOptions;
  /** The request to show first; '' for none. */
  readonly requestId: string;
  readonly width: number;
  readonly height: number;
  readonly timeZone: TimeZone;
  readonly hrefOf: (tag: L7Tag) => string | undefined;
}

/** The chart with its controls. */
export function PacketLadder({ packets, options, requestId, width, height, timeZone, hrefOf }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const search = useRef<HTMLInputElement>(null);
  const [state, change] = useToolbarState(packets, options, isCompact(width));
  const [selectedKey, setSelectedKey] = useState<RowKey>();
  const [hovered, setHovered] = useState<number>();
  const [pinned, setPinned] = useState(false);

  const ladder = useMemo(() => buildLadder(packets, state.mode, state.lane), [packets, state.mode, state.lane]);
  const lines = useMemo(() => layoutLines(ladder.rows.tNs, options.silenceMs * 1e6), [ladder, options.silenceMs]);
  const deltas = useMemo(() => timeDeltas(ladder, state.delta), [ladder, state.delta]);
  const matches = useMemo(() => findRows(ladder, state.query), [ladder, state.query]);
  const matching = useMemo(() => new Set(matches), [matches]);
  const request = useMemo(() => requestRows(ladder, requestId), [ladder, requestId]);
  const selected = useMemo(
    () => (selectedKey ? rowOfKey(ladder, selectedKey) : (request?.from ?? -1)),
    [ladder, selectedKey, request]
  );
  const columns = useMemo(
    () =>
      layoutColumns({
        widthPx: width - SCROLLBAR_PX,
        lanes: laneCount(ladder),
        time: state.time,
        hasTags: packets.tags.length > 0,
      }),
    [width, ladder, state.time, packets]
  );
  const {
    scroller,
    scrollTop,
    height: rowsHeight,
    onScroll,
    showNear,
    showCentred,
  } = useViewport({
    lines,
    headsHeight: HEADS_HEIGHT_PX,
    fallbackHeight: Math.max(LINE_HEIGHT_PX, height - 150),
    firstLine: request && lines.ofRow[request.from],
    view: `${ladder.mode} ${state.lane}`,
  });
  const shown = visibleLines(lines, scrollTop, rowsHeight);

  const select = useCallback(
    (row: number) => {
      setSelectedKey(rowKey(ladder, row));
      setHovered(undefined);
      showNear(lines.ofRow[row]);
    },
    [ladder, lines, showNear, setHovered]
  );
  const step = useCallback(
    (by: 1 | -1) => {
      const row = nextMatch(matches, selected, by);
      if (row !== undefined) {
        select(row);
        showCentred(lines.ofRow[row]);
      }
    },
    [matches, selected, select, lines, showCentred]
  );
  const found = useMemo(() => ({ count: matches.length, place: matches.indexOf(selected) + 1 }), [matches, selected]);
  const leaveSearch = useCallback(() => scroller.current?.focus(), [scroller]);

  const onKeyDown = (event: KeyboardEvent) => {
    const action = ladderKey({
      key: event.key,
      row: selected,
      rows: ladder.rows.length,
      page: linesPerPage(rowsHeight),
    });
    if (!action || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (action.kind) {
      case 'move':
        return select(action.row);
      case 'search':
        return search.current?.focus();
      case 'match':
        return step(action.step);
      case 'open':
        return document.getElementById(idOf(selected))?.querySelector('a')?.click();
      case 'card':
        return setPinned(selected >= 0 && !pinned);
      case 'close':
        return setPinned(false);
    }
  };

  const rowUnder = (event: MouseEvent): number | undefined => {
    const top = scroller.current?.getBoundingClientRect().top ?? 0;
    const y = event.clientY - top - HEADS_HEIGHT_PX;
    return y < 0 ? undefined : rowAt(lines, y + scrollTop);
  };
  const onClick = (event: MouseEvent) => {
    const row = rowUnder(event);
    if (row !== undefined && globalThis.getSelection()?.isCollapsed !== false) {
      select(row);
      setPinned(row !== selected || !pinned);
    }
  };

  const idOf = (row: number) => `${id}-${row}`;
  const shadeOf = (row: number): Shade => {
    if (row === selected) {
      return 'selected';
    }
    if (matching.has(row)) {
      return 'match';
    }
    return request && row >= request.from && row <= request.to ? 'request' : 'none';
  };
  const cardRow = hovered ?? (pinned && selected >= 0 ? selected : undefined);

  return (
    <div className={styles.ladder}>
      <LadderSummary ladder={ladder} />
      <LadderToolbar
        state={state}
        lanes={packets.lanes}
        showDelta={!columns.compact}
        matches={found}
        searchRef={search}
        onChange={change}
        onStep={step}
        onLeaveSearch={leaveSearch}
      />
      <div className={styles.area}>
        <div
          ref={scroller}
          className={styles.scroller}
          role="grid"
          aria-label="Packet sequence"
          aria-rowcount={ladder.rows.length + 1}
          aria-activedescendant={selected >= 0 ? idOf(selected) : undefined}
          tabIndex={0}
          onScroll={onScroll}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onMouseMove={(event) => setHovered(event.buttons === 0 ? rowUnder(event) : undefined)}
          onMouseLeave={() => setHovered(undefined)}
        >
          <LaneHeads ladder={ladder} columns={columns} />
          <div className={styles.rows} style={{ width: columns.contentWidth, height: lines.length * LINE_HEIGHT_PX }}>
            <div className={styles.canvas}>
              <LadderCanvas
                ladder={ladder}
                lines={lines}
                window={shown}
                columns={columns}
                scrollTop={scrollTop}
                height={Math.min(rowsHeight, Math.max(LINE_HEIGHT_PX, lines.length * LINE_HEIGHT_PX))}
                shadeOf={shadeOf}
              />
            </div>
            <LadderRows
              ladder={ladder}
              lines={lines}
              window={shown}
              columns={columns}
              time={state.time}
              timeZone={timeZone}
              deltas={deltas}
              selected={selected}
              idOf={idOf}
              hrefOf={hrefOf}
            />
          </div>
        </div>
        {cardRow !== undefined && cardRow < ladder.rows.length && (
          <PacketCard
            ladder={ladder}
            row={cardRow}
            timeZone={timeZone}
            pinned={cardRow === selected && pinned}
            place={placeCard({
              x: columns.laneXs[0] + (columns.laneXs[columns.laneXs.length - 1] - columns.laneXs[0]) * 0.7,
              y: HEADS_HEIGHT_PX + lines.ofRow[cardRow] * LINE_HEIGHT_PX - scrollTop + LINE_HEIGHT_PX / 2,
              rowHeight: LINE_HEIGHT_PX,
              cardWidth: CARD_WIDTH_PX,
              cardHeight: cardHeightPx(ladder, cardRow),
              areaWidth: width,
              areaHeight: HEADS_HEIGHT_PX + rowsHeight,
            })}
          />
        )}
      </div>
    </div>
  );
}

const SCROLLBAR_PX = 14;

/** So many lanes need no scrolling sideways on a phone. */
const COMPACT_LANES = 3;

/** Begins with the options. */
function useToolbarState(packets: PacketTable, options: PacketSequenceOptions, compact: boolean) {
  const [changes, setChanges] = useState<Partial<ToolbarState>>({});
  const state = useMemo((): ToolbarState => {
    const narrow = compact && options.lanes === 'auto' && packets.lanes.length > COMPACT_LANES;
    return {
      lane: 0,
      time: options.time,
      delta: options.delta,
      query: '',
      ...changes,
      mode: ladderMode(packets, changes.mode ?? (narrow ? 'ends' : options.lanes)),
    };
  }, [packets, options, compact, changes]);
  const change = useCallback((some: Partial<ToolbarState>) => setChanges((before) => ({ ...before, ...some })), []);
  return [state, change] as const;
}

const getStyles = (theme: GrafanaTheme2) => ({
  ladder: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  area: css({ position: 'relative', flex: 1, minHeight: 0 }),
  scroller: css({
    position: 'absolute',
    inset: 0,
    overflow: 'auto',
    outlineOffset: -2,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
  }),
  rows: css({ position: 'relative' }),
  canvas: css({ position: 'sticky', top: HEADS_HEIGHT_PX, zIndex: 0, pointerEvents: 'none' }),
});
