import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { countText } from '@bpfnet/flow-model/quantity-text';
import { type Fold } from '../layout/lines';
import { type Ladder } from '../model/ladder';
import { foldText } from '../draw/scene';

interface Props {
  readonly ladder: Ladder;
  readonly fold: Fold;
  readonly x: number;
  readonly top: number;
  readonly heightPx: number;
  readonly onOpen: (row: number) => void;
}

/** The line of a folded burst: a click shows its rows. */
export function FoldRow({ ladder, fold, x, top, heightPx, onOpen }: Props) {
  const styles = useStyles2(getStyles);
  const rows = `+ ${countText(fold.to - fold.from + 1)} rows`;
  const text = foldText(ladder, fold);
  return (
    <div
      className={styles.row}
      style={{ top, height: heightPx, lineHeight: `${heightPx}px` }}
      role="row"
      aria-rowindex={fold.from + 2}
    >
      <span role="gridcell" className={styles.unfold} style={{ left: x }}>
        <button
          type="button"
          className={styles.button}
          title={`${text}: click to expand`}
          aria-label={`${rows}: ${text}`}
          tabIndex={-1}
          onClick={() => onOpen(fold.from)}
        >
          {rows}
        </button>
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ position: 'absolute', insetInline: 0, pointerEvents: 'none' }),
  unfold: css({ position: 'absolute' }),
  button: css({
    padding: theme.spacing(0, 0.5),
    border: 'none',
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    color: theme.colors.text.link,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '18px',
    pointerEvents: 'auto',
    '&:hover': { textDecoration: 'underline' },
  }),
});
