import React, { type ReactNode } from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface Props {
  readonly children: ReactNode;
  /** Fields that do not fit a column, such as rows of buttons. */
  readonly wide?: boolean;
}

/** Fields side by side as far as there is room, one below the other where there is not. */
export function FieldGrid({ children, wide = false }: Props) {
  const styles = useStyles2(getStyles);
  return <div className={wide ? styles.row : styles.grid}>{children}</div>;
}

/** For a field that shows several values, which do not fit one column. */
export function TwoColumns({ children, when }: { readonly children: ReactNode; readonly when: boolean }) {
  const styles = useStyles2(getStyles);
  return <div className={when ? styles.two : undefined}>{children}</div>;
}

const getStyles = (theme: GrafanaTheme2) => ({
  grid: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 170px), 1fr))',
    gap: theme.spacing(1),
    alignItems: 'start',
    '& > *': { minWidth: 0 },
  }),
  // Where there is one column only, a second would be made.
  two: css({ '@container (min-width: 360px)': { gridColumn: 'span 2' } }),
  row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), alignItems: 'end' }),
});
