import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type CardField } from './card-fields';

export function FieldList({ fields }: { readonly fields: readonly CardField[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.fields}>
      {fields.map(([name, value], i) => (
        <React.Fragment key={i}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  fields: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(64px, max-content) 1fr',
    columnGap: theme.spacing(1.5),
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '19px',
    fontVariantNumeric: 'tabular-nums',
    '& dt': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  }),
});
