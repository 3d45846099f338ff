import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Icon, Spinner, useStyles2 } from '@grafana/ui';
import React from 'react';
import { type DataProblem, problemText } from './data-problem';

interface Props {
  readonly problem: DataProblem;
}

/** Shown in a panel until there is something to draw. */
export function LoadingMessage() {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} role="status">
      <Spinner size="xl" />
      <p className={styles.advice}>Loading…</p>
    </div>
  );
}

/** Shown in a panel that has nothing to draw. */
export function DataMessage({ problem }: Props) {
  const styles = useStyles2(getStyles);
  const text = problemText(problem);
  return (
    <div className={styles.box} role={text.quiet ? 'status' : 'alert'}>
      <Icon
        name={text.quiet ? 'info-circle' : 'exclamation-triangle'}
        size="xl"
        className={text.quiet ? undefined : styles.failed}
      />
      <p className={styles.title}>{text.title}</p>
      <p className={styles.advice}>{text.advice}</p>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(0.5),
    padding: theme.spacing(2),
    textAlign: 'center',
    color: theme.colors.text.secondary,
  }),
  failed: css({ color: theme.colors.error.text }),
  title: css({ margin: theme.spacing(1, 0, 0), color: theme.colors.text.primary, overflowWrap: 'anywhere' }),
  advice: css({ margin: 0, maxWidth: '60ch', textWrap: 'balance', overflowWrap: 'anywhere' }),
});
