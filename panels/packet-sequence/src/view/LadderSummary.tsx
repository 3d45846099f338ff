import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { memo } from 'react';
import { type CaptureMark } from '../model/capture-marks';
import { type Ladder } from '../model/ladder';
import { summaryOf } from '../model/summary';

interface Props {
  readonly ladder: Ladder;
  readonly captureMarks: readonly CaptureMark[];
  /** The request asked for has no packets here. */
  readonly requestMissing: boolean;
  /** The page of the connection. */
  readonly connectionHref: string | undefined;
}

const NOT_WRITTEN =
  'The packets of the request are not among these. While a connection is open, its packets are written every 30 s.';

/** How much there is, whether the capture lost any of it, and what was done to the times. */
export const LadderSummary = memo(function LadderSummary({
  ladder,
  captureMarks,
  requestMissing,
  connectionHref,
}: Props) {
  const styles = useStyles2(getStyles);
  const summary = summaryOf(ladder);
  const when = captureMarks.map(({ text }) => text).join('\n');
  return (
    <p className={styles.summary}>
      {summary.counts},{' '}
      <span className={summary.captureLost ? styles.lost : undefined} title={when || undefined}>
        {summary.capture}
      </span>
      {summary.part && (
        <>
          {` · ${summary.part.what}; `}
          {connectionHref === undefined ? (
            summary.part.connection
          ) : (
            <a className={styles.link} href={connectionHref} target="_blank" rel="noopener noreferrer">
              {summary.part.connection}
            </a>
          )}
        </>
      )}
      {ladder.notes.length > 0 && ` · ${ladder.notes.join(' ')}`}
      {requestMissing && <span className={styles.lost}>{` · ${NOT_WRITTEN}`}</span>}
    </p>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  summary: css({
    margin: 0,
    padding: theme.spacing(0, 1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  link: css({ color: theme.colors.text.link, textDecoration: 'underline' }),
  lost: css({ color: theme.colors.warning.text }),
});
