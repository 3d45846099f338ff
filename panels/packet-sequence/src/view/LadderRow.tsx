import { css, cx } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { memo } from 'react';
import { type LadderColumns } from '../layout/columns';
import { TEXT_PX } from '../layout/zoom';
import { type Ladder } from '../model/ladder';
import { packetSentence, type SeqMode } from '../model/packet-text';
import { type L7Tag, NO_TAG } from '../model/packets';
import { type TimeMode } from '../options';
import { fieldText, isTextColumn } from '../draw/field-text';
import { TagLink } from './TagLink';
import { deltaText, rowTimeText } from '../draw/time-text';

/** What is the same for all rows. */
export interface RowText {
  readonly ladder: Ladder;
  readonly columns: LadderColumns;
  readonly time: TimeMode;
  readonly seq: SeqMode;
  readonly timeZone: TimeZone;
  readonly idOf: (row: number) => string;
  readonly hrefOf: (tag: L7Tag) => string | undefined;
}

interface Props extends RowText {
  readonly row: number;
  readonly top: number;
  readonly heightPx: number;
  readonly deltaNs: number;
  readonly isSelected: boolean;
}

/** Not drawn again while it only moves with all others. */
export const LadderRow = memo(function LadderRow({
  ladder,
  columns,
  row,
  top,
  heightPx,
  deltaNs,
  isSelected,
  ...text
}: Props) {
  const styles = useStyles2(getStyles);
  const { packets, rows } = ladder;
  const packet = rows.packet[row];
  const tag = packets.tag[packet] === NO_TAG ? undefined : packets.tags[packets.tag[packet]];
  return (
    <div
      id={text.idOf(row)}
      className={styles.row}
      style={rowPlace(top, heightPx)}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={isSelected}
    >
      <span role="gridcell" className={styles.cell} style={{ left: columns.timeX, width: columns.timeWidth - 12 }}>
        {rowTimeText(ladder, row, text.time, text.timeZone)}
      </span>
      {columns.deltaWidth > 0 && (
        <span
          role="gridcell"
          className={cx(styles.cell, deltaNs >= LONG_NS && styles.long)}
          style={{ left: columns.deltaX, width: columns.deltaWidth - 12 }}
        >
          {deltaText(deltaNs)}
        </span>
      )}
      {columns.fields.map(({ key, x, width }) => (
        <span
          key={key}
          role="gridcell"
          className={cx(styles.cell, isTextColumn(key) && styles.textCell, key === 'analysis' && styles.long)}
          style={{ left: x, width: width - 10 }}
        >
          {fieldText(key, ladder, row, text.seq)}
        </span>
      ))}
      {columns.view === 'ladder' && (
        <span role="gridcell" className={styles.unseen}>
          {packetSentence(packets, packet, rows.ana[row])}
        </span>
      )}
      {tag && (
        <span role="gridcell" className={styles.tag} style={tagPlace(columns)}>
          <TagLink tag={tag} href={text.hrefOf(tag)} />
        </span>
      )}
    </div>
  );
});

/** Around the middle of the line, also where the line is lower than text. */
function rowPlace(top: number, heightPx: number): React.CSSProperties {
  const height = Math.max(heightPx, TEXT_PX);
  return { top: top - (height - heightPx) / 2, height, lineHeight: `${height}px` };
}

/** A pause that a person would ask about. */
const LONG_NS = 100_000_000;

function tagPlace({ compact, laneXs, labelsRight, tagX, tagWidth }: LadderColumns): React.CSSProperties {
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
