import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React from 'react';
import { type EdgePlace, type LabelPlace } from '../layout/path-layout';
import { type EdgeText, type EdgeTone, type EdgeWay, SLOWEST } from '../model/edge-text';
import { edgeColour } from './PathArrows';

interface Props {
  readonly place: EdgePlace;
  readonly text: EdgeText;
  readonly down: boolean;
}

/** Times beside the arrows; hidden from readers of the list, which says the same. */
export function EdgeLabels({ place, text, down }: Props) {
  const styles = useStyles2(getStyles);
  // Running down there is one place beside the arrow back: marks and time share it.
  const isNarrow = !down && place.middleLabel.width < WHOLE_MARKS_FROM_PX * text.marks.length;
  const chips = text.marks.map((mark) => (
    <span key={mark.tone} className={cx(styles.mark, styles[mark.tone])} title={mark.text}>
      {isNarrow || (down && mark.tone === 'quiet') ? mark.short : mark.text}
    </span>
  ));
  return (
    <div aria-hidden>
      <WayLabel place={place.thereLabel} way={text.there} name="there" down={down} />
      <WayLabel place={place.backLabel} way={text.back} name="back" down={down}>
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

/** Between the arrows there is room for the addresses from here on; else they stand in the cards and the hint. */
const WHOLE_MARKS_FROM_PX = 260;

const ONE_LINE_FROM_PX = 300;

interface WayLabelProps {
  readonly place: LabelPlace;
  readonly way: EdgeWay;
  /** Said where there is room: lines that turn are not told apart by their place. */
  readonly name: 'there' | 'back';
  /** Room for two lines: times in one, all else in the other. */
  readonly down: boolean;
  readonly children?: React.ReactNode;
}

function WayLabel({ place, way, name, down, children }: WayLabelProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const emphasised = way.tone !== 'plain' && way.tone !== 'muted';
  const isWide = place.width >= ONE_LINE_FROM_PX;
  const time = way.lines.filter((one) => one !== SLOWEST).join(' ');
  const parts = [time, way.lines.includes(SLOWEST) ? SLOWEST : '', way.loss?.text ?? ''].filter((part) => part !== '');
  const line = `${name} ${parts.join(' · ')}`;
  const lines = parts.length === 0 ? [] : [line];
  return (
    <div
      className={cx(styles.label, styles[place.align], styles[place.lean], emphasised && styles.emphasised)}
      style={{
        ...boxStyle(place),
        color: wordColour(theme, way.tone),
      }}
    >
      {(isWide ? lines : down ? [time] : way.lines).map((one) => (
        <span key={one} className={styles.line} title={one}>
          {one}
        </span>
      ))}
      {!isWide && (
        <span className={cx(styles.marks, styles.inLines, place.align === 'right' && styles.toTheRight)}>
          {down && way.loss === undefined && way.lines.includes(SLOWEST) && (
            <span className={styles.mark}>{SLOWEST}</span>
          )}
          {way.loss && (
            <span className={cx(styles.mark, styles.loss)} title={way.loss.text}>
              {way.loss.short}
            </span>
          )}
          {children}
        </span>
      )}
    </div>
  );
}

/** What is pale as a line could not be read as words. */
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
  quiet: css({ color: theme.colors.text.secondary }),
  loss: css({ pointerEvents: 'auto', background: theme.colors.error.transparent, color: theme.colors.error.text }),
});
