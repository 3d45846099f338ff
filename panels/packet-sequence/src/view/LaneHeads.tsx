import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { type Endpoint } from '@bpfnet/flow-model/frames';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { addressText } from '../../../shared/quantity-text';
import { type Columns } from '../layout/columns';
import { type Ladder } from '../model/ladder';
import { type Lane } from '../model/lane';

export const HEADS_HEIGHT_PX = 66;

interface Props {
  readonly ladder: Ladder;
  readonly columns: Columns;
}

/** One head a lane: who it is, in text that can be copied. */
export function LaneHeads({ ladder, columns }: Props) {
  const styles = useStyles2(getStyles);
  const heads = ladder.mode === 'ends' ? endHeads(ladder.packets.lanes[ladder.lane]) : ladder.lanes.map(nicHead);
  const { laneXs } = columns;
  const distance = laneXs.length > 1 ? laneXs[1] - laneXs[0] : columns.contentWidth;
  return (
    <div className={styles.heads} style={{ width: columns.contentWidth }} role="row">
      <span className={styles.column} style={{ left: columns.timeX }} role="columnheader">
        time
      </span>
      {columns.deltaWidth > 0 && (
        <span className={styles.column} style={{ left: columns.deltaX }} role="columnheader" title="time difference">
          TD
        </span>
      )}
      {heads.map((head, lane) => {
        const place = placeHead(lane, heads.length, laneXs[lane], distance);
        return (
          <div key={lane} className={styles.head} style={place} title={headTitle(head)}>
            <div className={cx(styles.line, styles.name)}>{head.name}</div>
            {head.lines.map((line, i) => (
              <div key={i} className={cx(styles.line, line.kind === 'address' && styles.address)}>
                {line.text}
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface LaneHead {
  readonly name: string;
  readonly lines: ReadonlyArray<{ readonly kind: 'address' | 'place'; readonly text: string }>;
}

function endHeads(lane: Lane): readonly LaneHead[] {
  const [near, far] = lane.clientKnown ? ['Client', 'Server'] : ['Local', 'Remote'];
  const seenAt = [lane.host, lane.nicName].filter((text) => text !== '').join(' · ');
  return [
    endHead(near, lane.near, lane.ownSide === 'near' ? seenAt : ''),
    endHead(far, lane.far, lane.ownSide === 'far' ? seenAt : ''),
  ];
}

function endHead(role: string, end: Endpoint, seenAt: string): LaneHead {
  const pod = [end.k8sNamespace, end.podName].filter(Boolean).join(' / ');
  return {
    name: end.podName ? `${role} · ${end.podName}` : role,
    lines: [
      { kind: 'address', text: end.ip === '' ? 'N/A' : addressText(end.ip, end.port) },
      { kind: 'place', text: seenAt || pod },
    ],
  };
}

function nicHead(lane: Lane): LaneHead {
  const owner = [lane.host, lane.podName].filter((text) => text !== '').join(' · ');
  const address =
    lane.near.ip === ''
      ? 'N/A'
      : `${addressText(lane.near.ip, lane.near.port)} → ${addressText(lane.far.ip, lane.far.port)}`;
  return {
    name: lane.nicName,
    lines: [
      { kind: 'place', text: owner },
      { kind: 'address', text: address },
    ],
  };
}

const headTitle = ({ name, lines }: LaneHead): string => [name, ...lines.map(({ text }) => text)].join('\n');

/** The outer heads begin and end near their lanes, so that the lanes can use the whole width. */
function placeHead(lane: number, lanes: number, x: number, distance: number) {
  const width = distance - 8;
  if (lane === 0) {
    return { left: x - 12, width: (lanes === 2 ? width / 2 : width * 0.75) + 12, textAlign: 'left' } as const;
  }
  if (lane === lanes - 1) {
    const edge = (lanes === 2 ? width / 2 : width * 0.75) + 12;
    return { left: x - edge + 12, width: edge, textAlign: 'right' } as const;
  }
  const inner = lanes === 3 ? width * 0.75 : width;
  return { left: x - inner / 2, width: inner, textAlign: 'center' } as const;
}

const getStyles = (theme: GrafanaTheme2) => ({
  heads: css({
    position: 'sticky',
    top: 0,
    zIndex: 2,
    height: HEADS_HEIGHT_PX,
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: '18px',
  }),
  column: css({ position: 'absolute', bottom: 4, color: theme.colors.text.secondary }),
  head: css({ position: 'absolute', bottom: 4 }),
  line: css({
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    minHeight: 18,
    color: theme.colors.text.secondary,
  }),
  name: css({ color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium }),
  address: css({ fontVariantNumeric: 'tabular-nums', color: theme.colors.text.primary }),
});
