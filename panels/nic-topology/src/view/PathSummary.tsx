import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type NicPath } from '../model/nic-path';
import { whereTimeWent } from '../model/path-summary';

/** What the request was, where its time went, and what to know before trusting the picture. */
export function PathSummary({ path }: { readonly path: NicPath }) {
  const styles = useStyles2(getStyles);
  const parts = [path.summary, whereTimeWent(path)].filter((part) => part !== '');
  return (
    <div className={styles.summary}>
      {parts.length > 0 && <p className={styles.line}>{parts.join(' · ')}</p>}
      {path.notes.length > 0 && <p className={styles.notes}>{path.notes.join(' ')}</p>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  summary: css({ padding: theme.spacing(0, 1, 0.5), fontSize: theme.typography.bodySmall.fontSize }),
  line: css({
    margin: 0,
    color: theme.colors.text.primary,
    overflowWrap: 'anywhere',
    fontVariantNumeric: 'tabular-nums',
  }),
  notes: css({ margin: 0, color: theme.colors.text.secondary }),
});
