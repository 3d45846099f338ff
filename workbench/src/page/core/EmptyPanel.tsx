import { type GrafanaTheme2, LoadingState, type PanelData } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React from 'react';

interface Props {
  readonly data: PanelData;
  readonly text?: string;
}

/** Fills a panel that has nothing to draw. */
export function EmptyPanel({ data, text }: Props) {
  const styles = useStyles2(getStyles);
  const waiting = data.state === LoadingState.Loading || data.state === LoadingState.NotStarted;
  return (
    <div className={styles.box} data-testid={waiting ? 'panel-loading' : 'panel-empty'}>
      {waiting ? 'Loading …' : (text ?? emptyText(data))}
    </div>
  );
}

function emptyText(data: PanelData): string {
  if (data.state === LoadingState.Error) {
    return data.errors?.[0]?.message ?? data.error?.message ?? 'The query failed.';
  }
  // A datasource without data may say why in a notice.
  const notices = data.series.flatMap(({ meta }) => meta?.notices ?? []);
  return notices.find(({ text }) => text !== '')?.text ?? 'No data in this time range';
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    height: '100%',
    padding: theme.spacing(1),
    textAlign: 'center',
    color: theme.colors.text.secondary,
  }),
});
