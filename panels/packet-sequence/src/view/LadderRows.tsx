import { css, cx } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { countText } from '../../../shared/quantity-text';
import { type Columns } from '../layout/columns';
import { foldAt, type Lines, type Window } from '../layout/lines';
import { type RowShape } from '../layout/zoom';
import { type Ladder } from '../model/ladder';
import { packetSentence, type SeqMode } from '../model/packet-text';
import { type L7Tag, NO_TAG } from '../model/packets';
import { type TimeMode } from '../options';
import { fieldText, isText } from './field-text';
import { foldText } from './scene';
import { TagLink } from './TagLink';
import { deltaText, rowTimeText } from './time-text';

interface Props {
  readonly ladder: Ladder;
  readonly lines: Lines;
  readonly window: Window;
  readonly columns: Columns;
  readonly shape: RowShape;
  /** Content px above the area that the rows stand in. */
  readonly topPx: number;
  readonly time: TimeMode;
  readonly seq: SeqMode;
  readonly timeZone: TimeZone;
  readonly deltas: Float64Array;
  readonly selected: number;
  readonly idOf: (row: number) => string;
  readonly hrefOf: (tag: L7Tag) => string | undefined;
  readonly onOpenFold: (row: number) => void;
}

/** What is text of the visible rows: times, fields and tags for all, the arrows in words for those who cannot see them. */
export function LadderRows({ ladder, lines, window: shown, columns, shape, topPx, ...rest }: Props) {
  const styles = useStyles2(getStyles);
  const { packets, rows } = ladder;
  const visible: React.ReactNode[] = [];
  for (let line = shown.first; line < shown.end; line++) {
    const place = {
      top: line * shape.lineHeightPx - topPx,
      height: shape.lineHeightPx,
      lineHeight: `${shape.lineHeightPx}px`,
    };
    const fold = foldAt(lines, line);
    if (fold) {
      if (fold.kind === 'burst') {
        visible.push(
          <div key={`fold ${fold.from}`} className={styles.row} style={place} role="row" aria-rowindex={fold.from + 2}>
            <span role="gridcell" className={styles.unfold} style={{ left: columns.timeX }}>
              <button
                type="button"
                className={styles.button}
                title={`${foldText(ladder, fold)}: show all`}
                aria-label={`+ ${countText(fold.to - fold.from + 1)} rows: ${foldText(ladder, fold)}`}
                tabIndex={-1}
                onClick={() => rest.onOpenFold(fold.from)}
              >
                + {countText(fold.to - fold.from + 1)} rows
              </button>
            </span>
          </div>
        );
      }
      continue;
    }
    const row = lines.content[line];
    if (line % shape.textEvery !== 0 && row !== rest.selected) {
      continue;
    }
    const packet = rows.packet[row];
    const tag = packets.tag[packet] === NO_TAG ? undefined : packets.tags[packets.tag[packet]];
    visible.push(
      <div
        key={row}
        id={rest.idOf(row)}
        className={styles.row}
        style={place}
        role="row"
        aria-rowindex={row + 2}
        aria-selected={row === rest.selected}
      >
        <span role="gridcell" className={styles.cell} style={{ left: columns.timeX, width: columns.timeWidth - 12 }}>
          {rowTimeText(ladder, row, rest.time, rest.timeZone)}
        </span>
        {columns.deltaWidth > 0 && (
          <span
            role="gridcell"
            className={cx(styles.cell, rest.deltas[row] >= LONG_NS && styles.long)}
            style={{ left: columns.deltaX, width: columns.deltaWidth - 12 }}
          >
            {deltaText(rest.deltas[row])}
          </span>
        )}
        {columns.fields.map(({ key, x, width }) => (
          <span
            key={key}
            role="gridcell"
            className={cx(styles.cell, isText(key) && styles.textCell, key === 'analysis' && styles.long)}
            style={{ left: x, width: width - 10 }}
          >
            {fieldText(key, ladder, row, rest.seq)}
          </span>
        ))}
        {columns.view === 'ladder' && (
          <span role="gridcell" className={styles.unseen}>
            {packetSentence(packets, packet, rows.ana[row])}
          </span>
        )}
        {tag && (
          <span role="gridcell" className={styles.tag} style={tagPlace(columns)}>
            <TagLink tag={tag} href={rest.hrefOf(tag)} />
          </span>
        )}
      </div>
    );
  }
  return <>{visible}</>;
}

/** A pause that a person would ask about. */
const LONG_NS = 100_000_000;

function tagPlace({ compact, laneXs, labelsRight, tagX, tagWidth }: Columns): React.CSSProperties {
  if (!compact || laneXs.length === 0) {
    return { left: tagX, width: Math.max(tagWidth, 100) };
  }
  const last = Math.min(laneXs[laneXs.length - 1], labelsRight);
  return { left: laneXs[0] + 6, width: last - laneXs[0] - 12, justifyContent: 'center', alignItems: 'flex-start' };
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ position: 'absolute', insetInline: 0, pointerEvents: 'none' }),
  cell: css({
    position: 'absolute',
    top: 1,
    textAlign: 'right',
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    pointerEvents: 'auto',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  textCell: css({ textAlign: 'left', color: theme.colors.text.primary }),
  long: css({ color: theme.colors.warning.text }),
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
  unseen: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  }),
  tag: css({ position: 'absolute', display: 'flex', alignItems: 'center', height: '100%' }),
});
