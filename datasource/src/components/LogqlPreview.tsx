import React from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, useStyles2 } from '@grafana/ui';
import { type Preview } from '../plan/preview';

/** The first LogQL of a query, to read and copy; or why there is none. */
export function LogqlPreview({ preview }: { readonly preview: Preview }) {
  const styles = useStyles2(getStyles);
  if (preview.kind === 'problem') {
    return (
      <div className={styles.problem} role="status">
        {preview.text}
      </div>
    );
  }
  return (
    <div className={styles.box}>
      <code className={styles.logql} aria-label="LogQL">
        {preview.text}
      </code>
      <ClipboardButton
        icon="copy"
        size="sm"
        variant="secondary"
        fill="text"
        getText={() => preview.text}
        aria-label="Copy the LogQL"
        tooltip="Copy the LogQL"
      />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    alignItems: 'flex-start',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 1),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
  logql: css({
    flexGrow: 1,
    padding: 0,
    margin: 0,
    border: 'none',
    background: 'none',
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
    color: theme.colors.text.secondary,
  }),
  problem: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.warning.text }),
});
