import { css, cx } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { type Columns } from '../layout/columns';
import { LINE_HEIGHT_PX, type Lines, type Window } from '../layout/lines';
import { type Ladder } from '../model/ladder';
import { packetSentence } from '../model/packet-text';
import { type L7Tag, NO_TAG } from '../model/packets';
import { type TimeMode } from '../options';
import { TagLink } from './TagLink';
import { deltaText, rowTimeText } from './time-text';

interface Props {
  readonly ladder: Ladder;
  readonly lines: Lines;
  readonly window: Window;
  readonly columns: Columns;
  readonly time: TimeMode;
  readonly timeZone: TimeZone;
  readonly deltas: Float64Array;
  readonly selected: number;
  readonly idOf: (row: number) => string;
  readonly hrefOf: (tag: L7Tag) => string | undefined;
}

/** What is text of the visible rows: times and tags for all, the arrows in words for those who cannot see them. */
export function LadderRows({ ladder, lines, window: shown, columns, deltas, selected, ...rest }: Props) {
  const styles = useStyles2(getStyles);
  const { packets, rows } = ladder;
  const visible: React.ReactNode[] = [];
  for (let line = shown.first; line < shown.end; line++) {
    const row = lines.content[line];
    if (row < 0) {
      continue;
    }
    const packet = rows.packet[row];
    const tag = packets.tag[packet] === NO_TAG ? undefined : packets.tags[packets.tag[packet]];
    visible.push(
      <div
        key={row}
        id={rest.idOf(row)}
        className={styles.row}
        style={{ top: line * LINE_HEIGHT_PX }}
        role="row"
        aria-rowindex={row + 2}
        aria-selected={row === selected}
      >
        <span role="gridcell" className={styles.cell} style={{ left: columns.timeX, width: columns.timeWidth - 12 }}>
          {rowTimeText(ladder, row, rest.time, rest.timeZone)}
        </span>
        {columns.deltaWidth > 0 && (
          <span
            role="gridcell"
            className={cx(styles.cell, deltas[row] >= LONG_NS && styles.long)}
            style={{ left: columns.deltaX, width: columns.deltaWidth - 12 }}
          >
            {deltaText(deltas[row])}
          </span>
        )}
        <span role="gridcell" className={styles.unseen}>
          {packetSentence(packets, packet, rows.ana[row])}
        </span>
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
  if (!compact) {
    return { left: tagX, width: tagWidth, top: 8 };
  }
  const last = Math.min(laneXs[laneXs.length - 1], labelsRight);
  return { left: laneXs[0] + 6, width: last - laneXs[0] - 12, top: 0, justifyContent: 'center' };
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ position: 'absolute', insetInline: 0, height: LINE_HEIGHT_PX, pointerEvents: 'none' }),
  cell: css({
    position: 'absolute',
    top: 0,
    lineHeight: `${LINE_HEIGHT_PX + 4}px`,
    textAlign: 'right',
    whiteSpace: 'nowrap',
    pointerEvents: 'auto',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  long: css({ color: theme.colors.warning.text }),
  unseen: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  }),
  tag: css({ position: 'absolute', display: 'flex' }),
});
