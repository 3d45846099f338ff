import { css } from '@emotion/css';
import { type EventBus, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useId, useRef, useState } from 'react';
import { isCompact } from '../layout/columns';
import { type Lane } from '../model/lane';
import { type L7Tag, NO_TAG, type PacketTable } from '../model/packets';
import { type PacketSequenceOptions } from '../options';
import { cardFields } from './card-fields';
import { copyText } from './copy-text';
import { LadderGrid } from './LadderGrid';
import { LadderSummary } from './LadderSummary';
import { LadderToolbar } from './LadderToolbar';
import { DETAILS_WIDTH_PX, PacketDetails } from './PacketDetails';
import { useExports } from './use-exports';
import { useLadderKeys } from './use-ladder-keys';
import { useLadderLayout } from './use-ladder-layout';
import { useLadderModel } from './use-ladder-model';
import { useLadderScene } from './use-ladder-scene';
import { useRowSelection } from './use-row-selection';
import { useSharedRow } from './use-shared-row';
import { useToolbarState } from './use-toolbar-state';

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
export function PacketLadder({ packets, options, requestId, width, height, timeZone, ...host }: Props) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const search = useRef<HTMLInputElement>(null);
  const [showsDetails, setShowsDetails] = useState(false);
  const compact = isCompact(width);
  const floating = width < FLOATING_BELOW_PX;
  const { state, change, lineHeight, zoom } = useToolbarState(packets, options, compact);
  const model = useLadderModel(packets, state, options, requestId);
  const { ladder, lines, deltas, acked, openFold } = model;
  const layout = useLadderLayout({
    model,
    state,
    columns: options.columns,
    lineHeight,
    width: width - (showsDetails && !floating ? DETAILS_WIDTH_PX : 0),
    height,
  });
  const { viewport } = layout;
  const { synced, pointAtRow } = useSharedRow(host.eventBus, model, viewport);
  const selection = useRowSelection({ model, viewport, pointAt: pointAtRow });
  const { selected, chosen, select } = selection;
  const scene = useLadderScene({ model, layout, state, selected, synced });
  const exports = useExports({ ladder, scene, deltas, state, timeZone, selected, colours: options.colours });

  const idOf = useCallback((row: number) => `${id}-${row}`, [id]);
  const openLink = (row: number) => document.getElementById(idOf(row))?.querySelector('a')?.click();
  const onKeyDown = useLadderKeys({
    lines,
    pageLines: Math.max(1, Math.floor(viewport.height / lineHeight)),
    selection,
    openFold,
    zoom,
    toggleDetails: () => setShowsDetails(selected >= 0 && !showsDetails),
    closeDetails: () => setShowsDetails(false),
    focusSearch: () => search.current?.focus(),
    openLink: () => openLink(selected),
    copy: exports.copyText,
  });
  const onRowClick = (row: number) => {
    select(row);
    if (options.click === 'open' && packets.tag[ladder.rows.packet[row]] !== NO_TAG) {
      openLink(row);
    } else if (options.click === 'time-range') {
      const ns = packets.baseNs + BigInt(Math.round(ladder.rows.tNs[row]));
      host.onTimeRange(ns - AROUND_NS, ns + AROUND_NS);
    } else {
      setShowsDetails(row !== selected || !showsDetails);
    }
  };

  return (
    <div className={styles.ladder}>
      <LadderSummary
        ladder={ladder}
        captureMarks={model.captureMarks}
        connectionHref={host.connectionHref(packets.lanes[ladder.mode === 'ends' ? ladder.lane : 0])}
        requestMissing={requestId !== '' && model.request === undefined}
      />
      <LadderToolbar
        state={state}
        packets={packets}
        compact={compact}
        matches={selection.found}
        searchRef={search}
        exports={exports}
        onChange={change}
        onZoom={zoom}
        onJump={selection.jump}
        onStep={selection.step}
        onLeaveSearch={viewport.focus}
      />
      <div className={styles.area}>
        <LadderGrid
          scene={scene}
          viewport={viewport}
          state={state}
          deltas={deltas}
          timeZone={timeZone}
          colours={options.colours}
          selected={selected}
          idOf={idOf}
          hrefOf={host.hrefOf}
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

/** Below this the details lie over the ladder. */
const FLOATING_BELOW_PX = 760;
/** The dashboard's time range to each side of a row. */
const AROUND_NS = BigInt(1_000_000_000);

const getStyles = (_theme: GrafanaTheme2) => ({
  ladder: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  area: css({ position: 'relative', flex: 1, minHeight: 0, display: 'flex' }),
});
