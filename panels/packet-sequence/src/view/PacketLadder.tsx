import { css } from '@emotion/css';
import { type EventBus, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useSharedCursor } from '../../../shared/use-shared-cursor';
import { isCompact, layoutColumns } from '../layout/columns';
import { LINE_HEIGHT_PX, visibleLines } from '../layout/lines';
import { rowShape } from '../layout/zoom';
import { canShowNics } from '../model/build-ladder';
import { type Lane } from '../model/lane';
import { laneCount } from '../model/ladder';
import { sideNames } from '../model/packet-text';
import { type L7Tag, NO_TAG, type PacketTable } from '../model/packets';
import { requestRows } from '../model/request-rows';
import { firstAbove } from '../model/sorted-order';
import { pointOfRow, rowOfPoint } from '../model/shared-place';
import { type PacketSequenceOptions } from '../options';
import { cardFields } from './card-fields';
import { LadderSummary } from './LadderSummary';
import { LadderToolbar } from './LadderToolbar';
import { HEADS_HEIGHT_PX } from './LaneHeads';
import { LadderGrid } from './LadderGrid';
import { DETAILS_WIDTH_PX, PacketDetails } from './PacketDetails';
import { copyText } from './copy-text';
import { type SceneInput } from '../draw/scene';
import { type Shade } from '../draw/draw-ladder';
import { useExports } from './use-exports';
import { useLadderKeys } from './use-ladder-keys';
import { useLadderModel } from './use-ladder-model';
import { useRowSelection } from './use-row-selection';
import { useToolbarState } from './use-toolbar-state';
import { useViewport } from './use-viewport';

interface Props {
  readonly packets: PacketTable;
  readonly options: PacketSequenceOptions;
  /** The request to show first; '' for none. */
  readonly requestId: string;
  readonly width: number;
  readonly height: number;
  readonly timeZone: TimeZone;
  readonly eventBus: EventBus;
  readonly hrefOf: (tag: L7Tag) => string | undefined;
  /** The page of the connection, as a NIC saw it. */
  readonly connectionHref: (lane: Lane) => string | undefined;
  readonly onTimeRange: (fromNs: bigint, toNs: bigint) => void;
}

/** The chart with its controls. */
export function PacketLadder({ packets, options, requestId, width, height, timeZone, hrefOf, ...rest }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const search = useRef<HTMLInputElement>(null);
  const compact = isCompact(width);
  const { state, change, lineHeight, zoom } = useToolbarState(packets, options, compact);
  const [openFolds, setOpenFolds] = useState<ReadonlySet<number>>(new Set());
  const [showsDetails, setShowsDetails] = useState(false);
  const model = useLadderModel(packets, state, options, openFolds);
  const { ladder, lines, matches, isMatch, acked } = model;
  const request = useMemo(() => requestRows(ladder, requestId), [ladder, requestId]);
  const floating = width < FLOATING_BELOW_PX;
  const sidePx = showsDetails && !floating ? DETAILS_WIDTH_PX : 0;
  const columns = useMemo(
    () =>
      layoutColumns({
        widthPx: width - SCROLLBAR_PX - sidePx,
        lanes: laneCount(ladder),
        time: state.time,
        hasTags: packets.tags.length > 0,
        view: state.view,
        strips: state.strips,
        fields: options.columns,
      }),
    [width, sidePx, ladder, state.time, state.view, state.strips, options.columns, packets]
  );
  const shape = useMemo(() => rowShape(lineHeight), [lineHeight]);
  const viewport = useViewport({
    lines,
    lineHeight,
    headsHeight: HEADS_HEIGHT_PX,
    fallbackHeight: Math.max(LINE_HEIGHT_PX, height - 150),
    firstLine: request && lines.ofRow[request.from],
    view: `${ladder.mode} ${state.lane}`,
  });
  const { topPx, showNear } = viewport;
  const { pointed, pointAt } = useSharedCursor(rest.eventBus);
  const pointAtRow = useCallback(
    (row: number) => pointAt(row >= 0 ? pointOfRow(ladder, row) : undefined),
    [ladder, pointAt]
  );
  const openFold = useCallback((from: number) => setOpenFolds((open) => new Set(open).add(from)), []);
  const selection = useRowSelection({ model, viewport, request, openFold, pointAt: pointAtRow });
  const { selected, chosen, select, step, jump } = selection;
  const synced = useMemo(() => (pointed ? rowOfPoint(ladder, pointed) : -1), [ladder, pointed]);
  useEffect(() => {
    if (synced >= 0 && synced < lines.ofRow.length) {
      showNear(lines.ofRow[synced]);
    }
  }, [synced, lines, showNear]);

  const idOf = useCallback((row: number) => `${id}-${row}`, [id]);
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
  const tag = selected >= 0 ? packets.tag[ladder.rows.packet[selected]] : NO_TAG;
  const marked = useMemo(
    () => (tag === NO_TAG ? request : requestRows(ladder, packets.tags[tag].requestId)),
    [tag, request, ladder, packets]
  );
  const scene: SceneInput = {
    ladder,
    lines,
    columns,
    shape,
    topPx,
    shadeOf,
    window: visibleLines(lines, topPx, viewport.height, lineHeight),
    strips: model.strips,
    captureMarks: model.captureMarks,
    request: marked,
    seq: state.seq,
    heightPx: Math.min(viewport.height, Math.max(LINE_HEIGHT_PX, lines.length * lineHeight)),
  };
  const exports = useExports({
    ladder,
    scene,
    deltas: model.deltas,
    state,
    timeZone,
    selected,
    colours: options.colours,
  });
  const onKeyDown = useLadderKeys({
    lines,
    pageLines: Math.max(1, Math.floor(viewport.height / lineHeight)),
    selection,
    openFold,
    zoom,
    toggleDetails: () => setShowsDetails(selected >= 0 && !showsDetails),
    closeDetails: () => setShowsDetails(false),
    focusSearch: () => search.current?.focus(),
    openLink: () => document.getElementById(idOf(selected))?.querySelector('a')?.click(),
    copy: exports.copyText,
  });
  const onRowClick = (row: number) => {
    select(row);
    if (options.click === 'open' && packets.tag[ladder.rows.packet[row]] !== NO_TAG) {
      document.getElementById(idOf(row))?.querySelector('a')?.click();
    } else if (options.click === 'time-range') {
      const ns = packets.baseNs + BigInt(Math.round(ladder.rows.tNs[row]));
      rest.onTimeRange(ns - AROUND_NS, ns + AROUND_NS);
    } else {
      setShowsDetails(row !== selected || !showsDetails);
    }
  };
  const found = useMemo(
    () => ({ count: matches.length, place: isMatch[selected] === 1 ? firstAbove(matches, selected) : 0 }),
    [matches, selected, isMatch]
  );
  const sides = useMemo(() => sideNames(packets, 0), [packets]);

  return (
    <div className={styles.ladder}>
      <LadderSummary
        ladder={ladder}
        captureMarks={model.captureMarks}
        connectionHref={rest.connectionHref(packets.lanes[ladder.mode === 'ends' ? ladder.lane : 0])}
        requestMissing={requestId !== '' && request === undefined}
      />
      <LadderToolbar
        state={state}
        lanes={packets.lanes}
        canShowNics={canShowNics(packets)}
        sides={sides}
        compact={compact}
        matches={found}
        searchRef={search}
        exports={exports}
        onChange={change}
        onZoom={zoom}
        onJump={jump}
        onStep={step}
        onLeaveSearch={viewport.focus}
      />
      <div className={styles.area}>
        <LadderGrid
          scene={scene}
          viewport={viewport}
          state={state}
          deltas={model.deltas}
          timeZone={timeZone}
          colours={options.colours}
          selected={selected}
          idOf={idOf}
          hrefOf={hrefOf}
          cardOf={(row) => cardFields(ladder, row, acked(), timeZone)}
          onPoint={(row) => pointAtRow(row ?? chosen)}
          onOpenFold={openFold}
          onRowClick={onRowClick}
          onKeyDown={onKeyDown}
          onZoom={zoom}
        />
        {showsDetails && selected >= 0 && (
          <PacketDetails
            ladder={ladder}
            row={selected}
            acked={acked()}
            timeZone={timeZone}
            floating={floating}
            onCopy={copyText}
            onClose={() => setShowsDetails(false)}
          />
        )}
      </div>
    </div>
  );
}

const SCROLLBAR_PX = 14;
/** Below this the details lie over the ladder. */
const FLOATING_BELOW_PX = 760;
/** To each side of a row that the dashboard's time range is set to. */
const AROUND_NS = BigInt(1_000_000_000);

const getStyles = (_theme: GrafanaTheme2) => ({
  ladder: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  area: css({ position: 'relative', flex: 1, minHeight: 0, display: 'flex' }),
});
