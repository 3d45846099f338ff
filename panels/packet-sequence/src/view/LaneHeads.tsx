import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { type Endpoint } from '@bpfnet/flow-model/frames';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { addressText } from '../../../shared/quantity-text';
import { type Columns } from '../layout/columns';
import { type Ladder } from '../model/ladder';
import { type Lane } from '../model/lane';

export const HEADS_HEIGHT_PX = 82;

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
      <span
        className={styles.column}
        style={{ left: columns.timeX, width: columns.timeWidth - 12 }}
        role="columnheader"
      >
        time
      </span>
      {columns.deltaWidth > 0 && (
        <span
          className={styles.column}
          style={{ left: columns.deltaX, width: columns.deltaWidth - 12 }}
          role="columnheader"
          title="time difference"
        >
          TD
        </span>
      )}
      {heads.map((head, lane) => {
        const place = placeHead(lane, heads.length, laneXs[lane], distance);
        return (
          <div key={lane} className={styles.head} style={place} title={headTitle(head)}>
            <div className={cx(styles.line, styles.name)}>{head.name}</div>
            {head.lines.map((line, i) => (
              <div key={i} className={cx(styles.line, styles[line.kind])}>
                {line.text}
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

interface HeadLine {
  /** `changed`: another address than at the lane before, so somebody translated it. */
  readonly kind: 'address' | 'changed' | 'place';
  readonly text: string;
}

interface LaneHead {
  readonly name: string;
  readonly lines: readonly HeadLine[];
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
      { kind: 'address', text: endText(end) },
      { kind: 'place', text: seenAt || pod },
    ],
  };
}

function nicHead(lane: Lane, index: number, lanes: readonly Lane[]): LaneHead {
  const owner = [lane.host, lane.podName].filter((text) => text !== '').join(' · ');
  const before = lanes[index - 1];
  const address = (side: 'near' | 'far', arrow: string): HeadLine => {
    const text = endText(lane[side]);
    const changed = before !== undefined && endText(before[side]) !== text;
    return { kind: changed ? 'changed' : 'address', text: arrow + text };
  };
  return { name: lane.nicName, lines: [{ kind: 'place', text: owner }, address('near', ''), address('far', '→ ')] };
}

const endText = (end: Endpoint): string => (end.ip === '' ? 'N/A' : addressText(end.ip, end.port));

const headTitle = ({ name, lines }: LaneHead): string => [name, ...lines.map(({ text }) => text)].join('\n');

/** The outer heads begin and end near their lanes, so that the lanes can use the whole width. */
function placeHead(lane: number, lanes: number, x: number, distance: number) {
  const outer = distance / 2 + OVERHANG_PX - 5;
  if (lane === 0) {
    return { left: x - OVERHANG_PX, width: outer, textAlign: 'left' } as const;
  }
  if (lane === lanes - 1) {
    return { left: x + OVERHANG_PX - outer, width: outer, textAlign: 'right' } as const;
  }
  return { left: x - distance / 2 + 5, width: distance - 10, textAlign: 'center' } as const;
}

const OVERHANG_PX = 14;

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
  column: css({ position: 'absolute', bottom: 4, textAlign: 'right', color: theme.colors.text.secondary }),
  head: css({ position: 'absolute', bottom: 4 }),
  line: css({
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    minHeight: 18,
    color: theme.colors.text.secondary,
  }),
  name: css({ color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium }),
  place: css({}),
  changed: css({ fontVariantNumeric: 'tabular-nums', color: theme.colors.warning.text }),
  address: css({ fontVariantNumeric: 'tabular-nums', color: theme.colors.text.primary }),
});
