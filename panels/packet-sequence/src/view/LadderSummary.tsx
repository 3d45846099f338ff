import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { memo } from 'react';
import { type Ladder } from '../model/ladder';
import { summaryOf } from '../model/summary';

/** How much there is, whether the capture lost any of it, and what was done to the times. */
export const LadderSummary = memo(function LadderSummary({ ladder }: { readonly ladder: Ladder }) {
  const styles = useStyles2(getStyles);
  const summary = summaryOf(ladder);
  return (
    <p className={styles.summary}>
      {summary.counts}, <span className={summary.captureLost ? styles.lost : undefined}>{summary.capture}</span>
      {ladder.notes.length > 0 && ` · ${ladder.notes.join(' ')}`}
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
  lost: css({ color: theme.colors.warning.text }),
});
