import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import React from 'react';
import { PATH, type Sorting } from '../model/arrange-rows';

interface Props {
  readonly width: number;
  readonly sorting: Sorting;
  /** Undefined if the path is not known. */
  readonly onSorting: (() => void) | undefined;
}

/** Above links and positions on the path: stays in view while columns are scrolled, and sorts from client to server. */
export function PathHeadCell({ width, sorting, onSorting }: Props) {
  const styles = useStyles2(getStyles);
  if (onSorting === undefined) {
    return <div role="columnheader" className={styles.cell} style={{ width }} aria-label="Open" />;
  }
  const sorted = sorting.name !== PATH ? 'none' : sorting.descending ? 'descending' : 'ascending';
  return (
    <div role="columnheader" aria-sort={sorted} className={styles.cell} style={{ width }}>
      <button
        type="button"
        className={styles.button}
        aria-label="Position on the path"
        title="Position on the path, from client to server"
        onClick={onSorting}
      >
        <span aria-hidden>#</span>
        {sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'arrow-up' : 'arrow-down'} size="sm" />}
      </button>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  cell: css({
    position: 'sticky',
    left: 0,
    zIndex: 1,
    flex: 'none',
    display: 'flex',
    background: theme.colors.background.primary,
  }),
  button: css({
    flex: 1,
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(0.5),
    padding: 0,
    border: 'none',
    background: 'none',
    color: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: theme.typography.fontWeightMedium,
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
});
