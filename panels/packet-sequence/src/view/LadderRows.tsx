import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { foldAt, type Lines, type LineWindow } from '../layout/lines';
import { type RowShape } from '../layout/zoom';
import { FoldRow } from './FoldRow';
import { LadderRow, type RowText } from './LadderRow';

interface Props extends RowText {
  readonly lines: Lines;
  readonly window: LineWindow;
  readonly shape: RowShape;
  /** Content px above the area of the rows. */
  readonly topPx: number;
  readonly deltas: Float64Array;
  readonly selected: number;
  readonly onOpenFold: (row: number) => void;
}

/** Rows are positioned relative to a block of lines: positions neither change with every scroll nor exceed what browsers can lay out. */
const BLOCK_LINES = 10_000;

/**
 * What is text of the visible rows: times, fields and tags for all, the arrows in words for those who cannot see them. Elements of rows that leave are
 * used again for those that come, and all move together.
 */
export function LadderRows({ lines, window: shown, shape, topPx, deltas, selected, onOpenFold, ...text }: Props) {
  const styles = useStyles2(getStyles);
  const { lineHeightPx, textEvery } = shape;
  const origin = Math.floor(shown.first / BLOCK_LINES) * BLOCK_LINES;
  const places = Math.ceil((shown.end - shown.first) / textEvery) + 1;
  const visible: React.ReactNode[] = [];
  for (let line = shown.first; line < shown.end; line++) {
    const place = { top: (line - origin) * lineHeightPx, heightPx: lineHeightPx };
    const fold = foldAt(lines, line);
    if (fold) {
      if (fold.kind === 'burst') {
        visible.push(
          <FoldRow
            key={`fold ${fold.from}`}
            {...place}
            ladder={text.ladder}
            fold={fold}
            x={text.columns.timeX}
            onOpen={onOpenFold}
          />
        );
      }
      continue;
    }
    const row = lines.content[line];
    const isSelected = row === selected;
    const isOnStep = line % textEvery === 0;
    if (isOnStep || isSelected) {
      const key = isOnStep ? (line / textEvery) % places : 'selected';
      visible.push(
        <LadderRow key={key} {...text} {...place} row={row} deltaNs={deltas[row]} isSelected={isSelected} />
      );
    }
  }
  return (
    <div
      className={styles.rows}
      role="presentation"
      style={{ transform: `translateY(${origin * lineHeightPx - topPx}px)` }}
    >
      {visible}
    </div>
  );
}

const getStyles = (_theme: GrafanaTheme2) => ({ rows: css({ position: 'absolute', insetInline: 0, top: 0 }) });
