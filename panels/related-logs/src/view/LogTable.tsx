import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef, useState } from 'react';
import { PATH, type PlaceOf, type Sorting } from '../model/arrange-rows';
import { type Column } from '../model/columns';
import { type Differences } from '../model/nic-differences';
import { type LogRow } from '../model/related-logs';
import { HeadCell } from './HeadCell';
import { PathHeadCell } from './PathHeadCell';
import { LogTableRow, openWidthPx, ROW_PX } from './LogTableRow';

interface Props {
  readonly label: string;
  readonly rows: readonly LogRow[];
  readonly columns: readonly Column[];
  readonly onColumns: (columns: readonly Column[]) => void;
  readonly sorting: Sorting;
  readonly onSorting: (sorting: Sorting) => void;
  readonly isCurrent: (row: LogRow) => boolean;
  /** The record that another panel points at. */
  readonly pointed: LogRow | undefined;
  /** The mouse or focus is on a row, or on none any more. */
  readonly onPoint: (row: LogRow | undefined) => void;
  readonly differences: Differences;
  readonly hrefOf: (row: LogRow) => string | undefined;
  readonly timeText: (row: LogRow) => string;
  /** Undefined if records are not numbered along the path. */
  readonly placeOf: PlaceOf | undefined;
}

/** Rows beyond the visible ones, so that fast scrolling shows no gaps. */
const OVERSCAN = 8;
const HEAD_PX = 32;

/** Only rows in view are in the page; the table says how many there are. */
export function LogTable(props: Props) {
  const { label, rows, columns, isCurrent, pointed, onPoint, differences, hrefOf, timeText, placeOf } = props;
  const styles = useStyles2(getStyles);
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });

  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) {
      return;
    }
    const measure = () => setView({ top: box.scrollTop, height: box.clientHeight || 400 });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    box.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', measure);
    };
  }, []);

  // A connection may have carried many requests before: the current one is scrolled into view first, once per tab.
  const broughtTo = useRef<string>();
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || rows.length === 0 || broughtTo.current === label) {
      return;
    }
    broughtTo.current = label;
    const top = rows.findIndex(isCurrent) * ROW_PX;
    const room = box.clientHeight - HEAD_PX;
    box.scrollTop = top + ROW_PX <= room ? 0 : top - (room - ROW_PX) / 2;
  }, [label, rows, isCurrent]);

  useLayoutEffect(() => {
    const box = scroller.current;
    const index = pointed === undefined ? -1 : rows.indexOf(pointed);
    if (box !== null && index !== -1) {
      const top = index * ROW_PX;
      const leastTop = top + ROW_PX + HEAD_PX - box.clientHeight;
      box.scrollTop = Math.min(top, Math.max(leastTop, box.scrollTop));
    }
  }, [pointed, rows]);

  // A click keeps a row highlighted, so that the mouse is free to find it in the other panels.
  const [held, setHeld] = useState<LogRow>();
  const hold = (row: LogRow) => {
    const next = row === held ? undefined : row;
    setHeld(next);
    onPoint(next);
  };

  const first = Math.max(0, Math.floor(view.top / ROW_PX) - OVERSCAN);
  const end = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW_PX) + OVERSCAN);
  const openWidth = openWidthPx(placeOf !== undefined);
  const width = openWidth + columns.reduce((sum, { widthPx }) => sum + widthPx, 0);
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="region" aria-label={`${label}: records`}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} style={{ width, minWidth: '100%' }}>
        <div role="row" aria-rowindex={1} className={styles.head}>
          <PathHeadCell
            width={openWidth}
            sorting={props.sorting}
            onSorting={placeOf && (() => props.onSorting({ name: PATH, descending: isAscending(props.sorting) }))}
          />
          {columns.map((column) => (
            <HeadCell key={column.name} column={column} {...props} />
          ))}
        </div>
        <div
          role="rowgroup"
          className={styles.rows}
          style={{ height: rows.length * ROW_PX }}
          onMouseLeave={() => onPoint(held)}
          onBlur={() => onPoint(held)}
        >
          {rows.slice(first, end).map((row, i) => (
            <LogTableRow
              key={row.key}
              row={row}
              index={first + i}
              columns={columns}
              current={isCurrent(row)}
              pointed={row === (pointed ?? held)}
              onPoint={() => onPoint(row)}
              onHold={() => hold(row)}
              differences={differences.get(row.key)}
              href={hrefOf(row)}
              timeText={timeText}
              place={placeOf?.(row)}
              hasPlaces={placeOf !== undefined}
            />
          ))}
        </div>
      </div>
      {rows.length === 0 && <p className={styles.empty}>No records match the filter.</p>}
    </div>
  );
}

const isAscending = ({ name, descending }: Sorting) => name === PATH && !descending;

const getStyles = (theme: GrafanaTheme2) => ({
  scroller: css({
    height: '100%',
    overflow: 'auto',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  head: css({
    position: 'sticky',
    top: 0,
    zIndex: 2,
    display: 'flex',
    height: HEAD_PX,
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.medium}`,
  }),
  rows: css({ position: 'relative' }),
  empty: css({ padding: theme.spacing(2), color: theme.colors.text.secondary }),
});
