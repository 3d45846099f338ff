import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React from 'react';
import { type EdgePlace, type LabelPlace } from '../layout/path-layout';
import { type EdgeText, lossShort, lossText, SLOWEST, timeLines } from '../model/edge-text';
import { type EdgeTone, type EdgeWay } from '../model/edge-ways';
import { edgeColour } from './PathArrows';

interface Props {
  readonly place: EdgePlace;
  readonly text: EdgeText;
  readonly down: boolean;
}

/** Times beside the arrows; hidden from screen readers, whose list has the same in words. */
export function EdgeLabels({ place, text, down }: Props) {
  const styles = useStyles2(getStyles);
  // Running down there is one place beside the arrow to the client: marks and time share it.
  const isNarrow = !down && place.middleLabel.width < WHOLE_MARKS_FROM_PX * text.marks.length;
  const chips = text.marks.map((mark) => (
    <span key={mark.kind} className={cx(styles.mark, styles[mark.kind])} title={mark.text}>
      {isNarrow || (down && mark.kind === 'losses') ? mark.short : mark.text}
    </span>
  ));
  return (
    <div aria-hidden>
      <WayLabel place={place.toServerLabel} way={text.toServer} name="to server" isSlowest={false} down={down} />
      <WayLabel place={place.toClientLabel} way={text.toClient} name="to client" isSlowest={text.isSlowest} down={down}>
        {down && chips}
      </WayLabel>
      {!down && chips.length > 0 && (
        <div className={cx(styles.label, styles.centre, styles.middle)} style={boxStyle(place.middleLabel)}>
          <span className={styles.marks}>{chips}</span>
        </div>
      )}
    </div>
  );
}

/** Between the arrows there is room for the addresses from here on; otherwise they are in the cards and the hint. */
const WHOLE_MARKS_FROM_PX = 260;

const ONE_LINE_FROM_PX = 300;

interface WayLabelProps {
  readonly place: LabelPlace;
  readonly way: EdgeWay;
  /** Shown where there is room: lines that turn cannot be told apart by their place. */
  readonly name: 'to server' | 'to client';
  readonly isSlowest: boolean;
  /** Room for two lines: times in one, all else in the other. */
  readonly down: boolean;
  readonly children?: React.ReactNode;
}

function WayLabel({ place, way, name, isSlowest, down, children }: WayLabelProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const emphasised = way.tone !== 'plain' && way.tone !== 'muted';
  const isWide = place.width >= ONE_LINE_FROM_PX;
  const lines = labelLines(way, isSlowest, { name: isWide ? name : undefined, down });
  return (
    <div
      className={cx(styles.label, styles[place.align], styles[place.lean], emphasised && styles.emphasised)}
      style={{
        ...boxStyle(place),
        color: wordColour(theme, way.tone),
      }}
    >
      {lines.map((one) => (
        <span key={one} className={styles.line} title={one}>
          {one}
        </span>
      ))}
      {!isWide && (
        <span className={cx(styles.marks, styles.inLines, place.align === 'right' && styles.toTheRight)}>
          {down && way.loss === undefined && isSlowest && <span className={styles.mark}>{SLOWEST}</span>}
          {way.loss && (
            <span className={cx(styles.mark, styles.loss)} title={lossText(way.loss)}>
              {lossShort(way.loss)}
            </span>
          )}
          {children}
        </span>
      )}
    </div>
  );
}

interface LineRoom {
  /** Of the way, where one line has room for everything. */
  readonly name: string | undefined;
  readonly down: boolean;
}

function labelLines({ time, loss }: EdgeWay, isSlowest: boolean, { name, down }: LineRoom): readonly string[] {
  const times = timeLines(time);
  const slowest = isSlowest ? [SLOWEST] : [];
  if (name === undefined) {
    return down ? [times.join(' ')] : [...times, ...slowest];
  }
  const parts = [times.join(' '), ...slowest, loss === undefined ? '' : lossText(loss)].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`${name} ${parts.join(' · ')}`];
}

/** Words as pale as the lines could not be read. */
function wordColour(theme: GrafanaTheme2, tone: EdgeTone): string {
  switch (tone) {
    case 'plain':
      return theme.colors.text.primary;
    case 'muted':
      return theme.colors.text.secondary;
    default:
      return edgeColour(theme, tone);
  }
}

const boxStyle = ({ x, y, width, height }: LabelPlace) => ({ left: x, top: y, width, height });

const getStyles = (theme: GrafanaTheme2) => ({
  label: css({
    position: 'absolute',
    display: 'flex',
    flexDirection: 'column',
    lineHeight: '16px',
    fontVariantNumeric: 'tabular-nums',
    pointerEvents: 'none',
  }),
  line: css({ flex: 'none', maxWidth: '100%', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  emphasised: css({ fontWeight: theme.typography.fontWeightMedium }),
  left: css({ alignItems: 'flex-start' }),
  centre: css({ alignItems: 'center' }),
  right: css({ alignItems: 'flex-end' }),
  top: css({ justifyContent: 'flex-start' }),
  middle: css({ justifyContent: 'center' }),
  bottom: css({ justifyContent: 'flex-end' }),
  marks: css({ flex: 'none', display: 'flex', gap: 3, maxWidth: '100%', pointerEvents: 'auto' }),
  inLines: css({ flexWrap: 'wrap' }),
  toTheRight: css({ justifyContent: 'flex-end' }),
  mark: css({
    minWidth: 0,
    padding: theme.spacing(0, 0.5),
    borderRadius: theme.shape.radius.default,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  nat: css({ background: theme.colors.warning.transparent, color: theme.colors.warning.text }),
  tunnel: css({ background: theme.colors.info.transparent, color: theme.colors.info.text }),
  losses: css({ color: theme.colors.text.secondary }),
  loss: css({ pointerEvents: 'auto', background: theme.colors.error.transparent, color: theme.colors.error.text }),
});
