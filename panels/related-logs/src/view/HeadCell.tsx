import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type PointerEvent } from 'react';
import { type Sorting } from '../model/arrange-rows';
import { type Column, MAX_WIDTH_PX, MIN_WIDTH_PX, moved, resized } from '../model/columns';
import { isRight } from './LogTableRow';

interface Props {
  readonly column: Column;
  readonly columns: readonly Column[];
  readonly onColumns: (columns: readonly Column[]) => void;
  readonly sorting: Sorting;
  readonly onSorting: (sorting: Sorting) => void;
}

const STEP_PX = 16;

/** A title that sorts, moves with Alt and arrow keys, and has a handle for its width. */
export function HeadCell({ column, columns, onColumns, sorting, onSorting }: Props) {
  const styles = useStyles2(getStyles);
  const { name, title, widthPx } = column;
  const sorted = sorting.name === name ? (sorting.descending ? 'descending' : 'ascending') : 'none';

  const move = (event: KeyboardEvent) => {
    const by = arrowStep(event);
    if (event.altKey && by !== 0) {
      event.preventDefault();
      onColumns(moved(columns, name, by));
    }
  };
  const widen = (event: KeyboardEvent) => {
    const by = arrowStep(event);
    if (by !== 0) {
      event.preventDefault();
      onColumns(resized(columns, name, widthPx + by * STEP_PX));
    }
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    const startX = event.clientX;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const follow = (moveEvent: globalThis.PointerEvent) =>
      onColumns(resized(columns, name, widthPx + moveEvent.clientX - startX));
    const release = () => {
      handle.removeEventListener('pointermove', follow);
      handle.removeEventListener('pointerup', release);
    };
    handle.addEventListener('pointermove', follow);
    handle.addEventListener('pointerup', release);
    event.preventDefault();
  };

  return (
    <div role="columnheader" aria-sort={sorted} className={styles.cell} style={{ width: widthPx }}>
      <button
        type="button"
        className={cx(styles.title, isRight(column) && styles.right)}
        title={`${title} (${name})`}
        onClick={() => onSorting({ name, descending: sorted === 'ascending' })}
        onKeyDown={move}
      >
        <span className={styles.text}>{title}</span>
        {sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'arrow-up' : 'arrow-down'} size="sm" />}
      </button>
      <span
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${title}`}
        aria-valuenow={widthPx}
        aria-valuemin={MIN_WIDTH_PX}
        aria-valuemax={MAX_WIDTH_PX}
        tabIndex={0}
        className={styles.handle}
        onPointerDown={drag}
        onKeyDown={widen}
      />
    </div>
  );
}

function arrowStep({ key }: KeyboardEvent): -1 | 0 | 1 {
  return key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
}

const getStyles = (theme: GrafanaTheme2) => ({
  cell: css({ position: 'relative', flex: 'none', display: 'flex' }),
  title: css({
    flex: 1,
    minWidth: 0,
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    padding: theme.spacing(0, 1),
    border: 'none',
    background: 'none',
    fontWeight: theme.typography.fontWeightMedium,
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  right: css({ justifyContent: 'flex-end' }),
  text: css({ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  handle: css({
    position: 'absolute',
    right: -4,
    top: 4,
    bottom: 4,
    zIndex: 1,
    width: 8,
    cursor: 'col-resize',
    touchAction: 'none',
    '@media (pointer: coarse)': { right: -12, width: 24, '&::after': { left: 12 } },
    '&::after': {
      content: '""',
      position: 'absolute',
      left: 4,
      top: 4,
      bottom: 4,
      width: 1,
      background: theme.colors.border.medium,
    },
    '&:hover::after, &:focus-visible::after': { width: 2, background: theme.colors.primary.border },
    '&:focus-visible': { outline: 'none' },
  }),
});
