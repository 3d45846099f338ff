import { css } from '@emotion/css';
import { type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { flagNames, analysisWords } from '@bpfnet/flow-model/analysis';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { addressText, bytesText, countText, durationText, elapsedText } from '../../../shared/quantity-text';
import { type Ladder } from '../model/ladder';
import { laneName } from '../model/lane';
import { sideNames } from '../model/packet-text';
import { NO_TAG } from '../model/packets';
import { packetNs, timeOfDayText } from './time-text';

export const CARD_WIDTH_PX = 300;

interface Props {
  readonly ladder: Ladder;
  readonly row: number;
  readonly timeZone: TimeZone;
  readonly place: { readonly left: number; readonly top: number };
  /** Stays until it is closed, so that its text can be copied. */
  readonly pinned: boolean;
}

/** All fields of one packet. */
export function PacketCard({ ladder, row, timeZone, place, pinned }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.card} style={{ ...place, pointerEvents: pinned ? 'auto' : 'none' }} role="tooltip">
      <dl className={styles.fields}>
        {cardFields(ladder, row, timeZone).map(([name, value], i) => (
          <React.Fragment key={i}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
      </dl>
    </div>
  );
}

/** Estimate for placing the card before it is drawn. */
export function cardHeightPx(ladder: Ladder, row: number): number {
  return cardFields(ladder, row, 'utc').length * 19 + 18;
}

function cardFields(ladder: Ladder, row: number, timeZone: TimeZone): ReadonlyArray<readonly [string, string]> {
  const { packets, rows } = ladder;
  const packet = rows.packet[row];
  const lane = packets.lanes[packets.lane[packet]];
  const fromFar = packets.fromFar[packet] === 1;
  const sides = sideNames(packets, packet);
  const side = (far: boolean): string => {
    const end = far ? lane.far : lane.near;
    return [sides[far ? 1 : 0], end.ip === '' ? '' : addressText(end.ip, end.port)].filter((t) => t !== '').join(' ');
  };
  const words = analysisWords(rows.ana[row]).join(', ');
  const fields: Array<readonly [string, string]> = [
    ['time', `${timeOfDayText(packetNs(ladder, row), timeZone, 'YYYY-MM-DD HH:mm:ss')}`],
    ['since start', elapsedText(rows.tNs[row] - rows.tNs[0])],
    ['from', side(fromFar)],
    ['to', side(!fromFar)],
  ];
  if (lane.tcp) {
    fields.push(
      ['flags', flagNames(packets.flags[packet]) || 'none'],
      ['seq', `${countText(packets.seqRel[packet])} (${packets.seq[packet]})`],
      ['ack', `${countText(packets.ackRel[packet])} (${packets.ack[packet]})`],
      ['window', bytesText(packets.win[packet])]
    );
  }
  fields.push(['length', bytesText(packets.len[packet])]);
  if (words !== '') {
    fields.push(['analysis', words]);
  }
  if (packets.tag[packet] !== NO_TAG) {
    const tag = packets.tags[packets.tag[packet]];
    fields.push([tag.kind, tag.label]);
  }
  return [...fields, ...sightingFields(ladder, row)];
}

function sightingFields(ladder: Ladder, row: number): Array<readonly [string, string]> {
  if (ladder.mode === 'ends') {
    return [['seen at', laneName(ladder.packets.lanes[ladder.lane])]];
  }
  const { sightings, lanes, rows } = ladder;
  return lanes.map((lane, i) => {
    const at = row * lanes.length + i;
    const parts = sightings.parts[at] > 1 ? `, ${sightings.parts[at]} packets` : '';
    const text = sightings.parts[at] === 0 ? 'not seen' : `+${durationText(sightings.tNs[at] - rows.tNs[row])}${parts}`;
    return [laneName(lane), text] as const;
  });
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    position: 'absolute',
    zIndex: 4,
    width: CARD_WIDTH_PX,
    maxWidth: 'calc(100% - 8px)',
    padding: theme.spacing(1, 1.5),
    background: theme.colors.background.elevated ?? theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
  }),
  fields: css({
    display: 'grid',
    gridTemplateColumns: 'minmax(64px, max-content) 1fr',
    columnGap: theme.spacing(1.5),
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '19px',
    fontVariantNumeric: 'tabular-nums',
    '& dt': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
  }),
});
