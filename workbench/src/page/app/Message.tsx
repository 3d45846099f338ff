import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React, { type ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly testId: string;
  readonly children?: ReactNode;
}

/** A page that is only a message. */
export function Message({ title, testId, children }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} data-testid={testId} role="status">
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    margin: theme.spacing(8, 'auto'),
    maxWidth: 560,
    textAlign: 'center',
    color: theme.colors.text.secondary,
    h2: { color: theme.colors.text.primary, fontSize: theme.typography.h3.fontSize },
    a: { color: theme.colors.text.link },
  }),
});
