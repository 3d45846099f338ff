import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { type Endpoint } from '@bpfnet/flow-model/frames';
import { useStyles2 } from '@grafana/ui';
import React, { memo } from 'react';
import { addressText } from '@bpfnet/flow-model/quantity-text';
import { type LadderColumns } from '../layout/columns';
import { bandBox, bandsOf, nameBox } from '../layout/lane-bands';
import { type Strip, STRIP_TITLES } from '../layout/strips';
import { type Ladder } from '../model/ladder';
import { type Lane, laneName } from '../model/lane';
import { FIELD_TITLES, isTextColumn } from '../draw/field-text';

export const HEADS_HEIGHT_PX = 82;

interface Props {
  readonly ladder: Ladder;
  readonly columns: LadderColumns;
  readonly strips: readonly Strip[];
}

/** One head a lane: who it is, in text that can be copied. */
export const LaneHeads = memo(function LaneHeads({ ladder, columns, strips }: Props) {
  const styles = useStyles2(getStyles);
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
          title="Delta time"
        >
          delta
        </span>
      )}
      {columns.fields.map(({ key, x, width }) => (
        <span
          key={key}
          className={cx(styles.column, isTextColumn(key) && styles.atLeft)}
          style={{ left: x, width: width - 10 }}
          role="columnheader"
        >
          {FIELD_TITLES[key]}
        </span>
      ))}
      {columns.strips.map(({ kind, x, width }) => (
        <span key={kind} className={cx(styles.column, styles.strip)} style={{ left: x, width }} role="columnheader">
          {STRIP_TITLES[kind]}
          <br />
          <span className={styles.scale}>0 … {strips.find((strip) => strip.kind === kind)?.maxText}</span>
        </span>
      ))}
      {columns.laneXs.length === 0 ? null : ladder.mode === 'ends' ? (
        <EndHeads lane={ladder.packets.lanes[ladder.lane]} columns={columns} />
      ) : (
        <NicHeads lanes={ladder.lanes} columns={columns} />
      )}
    </div>
  );
});

interface EndHeadsProps {
  readonly lane: Lane;
  readonly columns: LadderColumns;
}

function EndHeads({ lane, columns: { laneXs } }: EndHeadsProps) {
  const styles = useStyles2(getStyles);
  const width = (laneXs[1] - laneXs[0]) / 2 + OVERHANG_PX - 5;
  return (
    <>
      {endHeads(lane).map((head, side) => (
        <div
          key={side}
          className={cx(styles.head, side === 0 ? styles.atLeft : styles.atRight)}
          style={{ left: side === 0 ? laneXs[0] - OVERHANG_PX : laneXs[1] + OVERHANG_PX - width, width }}
          title={[head.name, ...head.lines.map(({ text }) => text)].join('\n')}
        >
          <div className={cx(styles.line, styles.name)}>{head.name}</div>
          {head.lines.map((line, i) => (
            <div key={i} className={cx(styles.line, styles[line.kind])}>
              {line.text}
            </div>
          ))}
        </div>
      ))}
    </>
  );
}

interface NicHeadsProps {
  readonly lanes: readonly Lane[];
  readonly columns: LadderColumns;
}

/** From top to bottom: host, NIC (a pod's by its pod), client's and server's address as they are there. */
function NicHeads({ lanes, columns }: NicHeadsProps) {
  const styles = useStyles2(getStyles);
  const addresses = (['near', 'far'] as const).map((side) => bandsOf(lanes.map((lane) => endText(lane[side]))));
  return (
    <>
      {bandsOf(lanes.map(({ host }) => host)).map((band) => (
        <div key={band.first} className={cx(styles.band, styles.host)} style={{ top: 2, ...bandBox(columns, band) }}>
          <span className={styles.bandText}>{band.text}</span>
        </div>
      ))}
      {lanes.map((lane, i) => (
        <div
          key={lane.id}
          className={cx(styles.band, styles.name)}
          style={{ top: 24, ...nameBox(columns, i) }}
          title={[laneName(lane), lane.host, endText(lane.near), `→ ${endText(lane.far)}`].join('\n')}
        >
          <span className={styles.bandText}>{lane.podName || lane.nicName}</span>
        </div>
      ))}
      {addresses.map((bands, side) =>
        bands.map((band) => (
          <div
            key={`${side} ${band.first}`}
            className={cx(
              styles.band,
              band.first > 0 ? styles.changed : styles.address,
              columns.compact && styles.start
            )}
            style={{ top: 43 + 18 * side, ...bandBox(columns, band) }}
            title={band.text}
          >
            <span className={styles.bandText}>{side === 0 ? band.text : `→ ${band.text}`}</span>
          </div>
        ))
      )}
    </>
  );
}

interface HeadLine {
  readonly kind: 'address' | 'place';
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

const endText = (end: Endpoint): string => (end.ip === '' ? 'N/A' : addressText(end.ip, end.port));

/** The heads begin and end near their lanes, so that the lanes can use the whole width. */
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
  strip: css({ textAlign: 'left', lineHeight: '16px' }),
  scale: css({ fontVariantNumeric: 'tabular-nums' }),
  head: css({ position: 'absolute', bottom: 4 }),
  atLeft: css({ textAlign: 'left' }),
  atRight: css({ textAlign: 'right' }),
  band: css({ position: 'absolute', height: 18, display: 'flex', justifyContent: 'center', whiteSpace: 'nowrap' }),
  bandText: css({ overflow: 'hidden', textOverflow: 'ellipsis', position: 'sticky', left: 4 }),
  start: css({ justifyContent: 'flex-start' }),
  host: css({
    justifyContent: 'flex-start',
    color: theme.colors.text.secondary,
    borderBottom: `1px solid ${theme.colors.border.medium}`,
  }),
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
