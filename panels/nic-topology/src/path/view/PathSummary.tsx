import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { TextLink, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type NicPath } from '../model/path';
import { whereTimeWent } from '../model/path-summary';

interface Props {
  readonly path: NicPath;
  readonly traceHref: string | undefined;
}

/** The request, where its time went, and the caveats. */
export function PathSummary({ path, traceHref }: Props) {
  const styles = useStyles2(getStyles);
  const parts = [path.summary, whereTimeWent(path)].filter((part) => part !== '').map(unbroken);
  return (
    <div className={styles.summary}>
      <p className={styles.line}>
        {parts.join(' · ')}
        {traceHref !== undefined && (
          <>
            {parts.length > 0 && ' · '}
            <TextLink href={traceHref} external inline>
              {path.traceId === '' ? 'Trace' : `Trace ${path.traceId.slice(0, 8)}`}
            </TextLink>
          </>
        )}
        {traceHref === undefined && path.traceId !== '' && ` · trace ${path.traceId}`}
      </p>
      {path.notes.length > 0 && <p className={styles.notes}>{path.notes.join(' ')}</p>}
    </div>
  );
}

/** A number stays with its unit. */
const unbroken = (text: string) => text.replace(/(\d) (µs|ms|s|min)\b/g, '$1\u00a0$2');

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
