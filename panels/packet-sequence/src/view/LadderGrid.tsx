import { css } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type MouseEvent, useEffect, useState } from 'react';
import { foldAt } from '../layout/lines';
import { type L7Tag } from '../model/packets';
import { type PacketSequenceOptions } from '../options';
import { type CardField } from './card-fields';
import { LadderCanvas } from './LadderCanvas';
import { LadderRows } from './LadderRows';
import { HEADS_HEIGHT_PX, LaneHeads } from './LaneHeads';
import { PacketCard } from './PacketCard';
import { type SceneInput } from '../draw/scene';
import { type ToolbarState } from './use-toolbar-state';
import { type Viewport } from './use-viewport';

interface Props {
  readonly scene: SceneInput;
  readonly viewport: Viewport;
  readonly state: ToolbarState;
  readonly deltas: Float64Array;
  readonly timeZone: TimeZone;
  readonly colours: PacketSequenceOptions['colours'];
  readonly selected: number;
  readonly idOf: (row: number) => string;
  readonly hrefOf: (tag: L7Tag) => string | undefined;
  readonly cardOf: (row: number) => readonly CardField[];
  /** A row is pointed at, or none any more. */
  readonly onPoint: (row: number | undefined) => void;
  readonly onOpenFold: (row: number) => void;
  readonly onRowClick: (row: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onZoom: (direction: 1 | -1) => void;
}

/** The rows: what scrolls. Canvas and text stay in place and show another window of the lines instead. */
export function LadderGrid({ scene, viewport, state, selected, ...rest }: Props) {
  const styles = useStyles2(getStyles);
  const [hovered, setHovered] = useState<number>();
  const { ladder, lines, columns, shape, topPx } = scene;
  const { scroller } = viewport;

  const lineUnder = (event: MouseEvent): number => {
    const top = scroller.current?.getBoundingClientRect().top ?? 0;
    const y = event.clientY - top - HEADS_HEIGHT_PX;
    return y < 0 ? -1 : Math.floor((y + topPx) / shape.lineHeightPx);
  };
  const rowUnder = (event: MouseEvent): number | undefined => {
    const content = lines.content[lineUnder(event)];
    return content === undefined || content < 0 ? undefined : content;
  };
  const hover = (row: number | undefined): void => {
    if (row !== hovered) {
      setHovered(row);
      rest.onPoint(row);
    }
  };
  const onClick = (event: MouseEvent) => {
    const row = rowUnder(event);
    const fold = foldAt(lines, lineUnder(event));
    if (fold?.kind === 'burst') {
      rest.onOpenFold(fold.from);
    } else if (row !== undefined && globalThis.getSelection()?.isCollapsed !== false) {
      setHovered(undefined);
      rest.onRowClick(row);
    }
  };
  useWheelZoom(scroller, rest.onZoom);
  const card = hovered !== undefined && hovered < ladder.rows.length && hovered !== selected ? hovered : undefined;
  const [left, right] = [columns.laneXs[0] ?? 0, columns.laneXs[columns.laneXs.length - 1] ?? columns.contentWidth];

  return (
    <div className={styles.area}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label="Packet sequence"
        aria-rowcount={ladder.rows.length + 1}
        aria-activedescendant={selected >= 0 ? rest.idOf(selected) : undefined}
        tabIndex={0}
        onScroll={viewport.onScroll}
        onKeyDown={rest.onKeyDown}
        onClick={onClick}
        onMouseMove={(event) => hover(event.buttons === 0 ? rowUnder(event) : undefined)}
        onMouseLeave={() => hover(undefined)}
      >
        <LaneHeads ladder={ladder} columns={columns} strips={scene.strips} />
        <div style={{ width: columns.contentWidth, height: viewport.contentHeight }} role="rowgroup">
          <div className={styles.window} style={{ width: columns.contentWidth, height: scene.heightPx }}>
            <LadderCanvas scene={scene} colours={rest.colours} />
            <LadderRows
              ladder={ladder}
              lines={lines}
              window={scene.window}
              columns={columns}
              shape={shape}
              topPx={topPx}
              time={state.time}
              seq={state.seq}
              timeZone={rest.timeZone}
              deltas={rest.deltas}
              selected={selected}
              idOf={rest.idOf}
              hrefOf={rest.hrefOf}
              onOpenFold={rest.onOpenFold}
            />
          </div>
        </div>
      </div>
      {card !== undefined && (
        <PacketCard
          fields={rest.cardOf(card)}
          anchor={{
            x: left + (right - left) * 0.7,
            y: HEADS_HEIGHT_PX + (lines.ofRow[card] + 0.5) * shape.lineHeightPx - topPx,
            rowHeight: shape.lineHeightPx,
            areaWidth: columns.widthPx,
            areaHeight: HEADS_HEIGHT_PX + viewport.height,
          }}
        />
      )}
    </div>
  );
}

/** The wheel with Ctrl zooms; the page must not zoom with it, which only a listener that is not passive can prevent. */
function useWheelZoom(scroller: Viewport['scroller'], onZoom: Props['onZoom']): void {
  useEffect(() => {
    const element = scroller.current;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey) {
        event.preventDefault();
        onZoom(event.deltaY < 0 ? 1 : -1);
      }
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [scroller, onZoom]);
}

const getStyles = (theme: GrafanaTheme2) => ({
  area: css({ position: 'relative', flex: 1, minWidth: 0, minHeight: 0 }),
  scroller: css({
    position: 'absolute',
    inset: 0,
    overflow: 'auto',
    outlineOffset: -2,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}` },
  }),
  window: css({ position: 'sticky', top: HEADS_HEIGHT_PX, overflow: 'hidden' }),
});
