import { type DataFrame, dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { type TimeZone } from '@grafana/schema';
import { Tooltip, type UPlotConfigBuilder, useStyles2, useTheme2 } from '@grafana/ui';
import { css } from '@emotion/css';
import React, { useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

interface Props {
  readonly config: UPlotConfigBuilder;
  readonly annotations: readonly DataFrame[];
  readonly timeZone: TimeZone;
}

interface Mark {
  readonly fromMs: number;
  readonly toMs: number;
  readonly color: string;
  readonly title: string;
  readonly text: string;
}

interface Place {
  readonly mark: Mark;
  readonly leftPx: number;
  readonly widthPx: number;
}

/** uPlot's own type of a plot, which Grafana does not export. */
type Plot = Parameters<NonNullable<Parameters<typeof UPlotConfigBuilder.prototype.addHook<'draw'>>[1]>>[0];

/** Events over the time axis: a line, or a band from first to last, and a mark below with its title and text. */
export function AnnotationMarks({ config, annotations, timeZone }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const marks = useRef<readonly Mark[]>([]);
  const drawn = useRef<Plot | undefined>(undefined);
  const [over, setOver] = useState<HTMLElement>();
  const [places, setPlaces] = useState<readonly Place[]>([]);

  useLayoutEffect(() => {
    config.addHook('draw', (plot) => {
      drawn.current = plot;
      const placed = marks.current.flatMap((mark) => placeOf(mark, plot) ?? []);
      placed.forEach((place) => drawLine(place, plot));
      setOver(plot.over);
      setPlaces((before) => (JSON.stringify(before) === JSON.stringify(placed) ? before : placed));
    });
  }, [config]);

  useLayoutEffect(() => {
    marks.current = annotations.flatMap((frame) => marksOf(frame, theme));
    drawn.current?.redraw(false, false);
  }, [annotations, theme]);

  if (over === undefined) {
    return null;
  }
  return createPortal(
    places.map(({ mark, leftPx, widthPx }, at) => (
      <Tooltip
        key={at}
        content={
          <div>
            <div>{dateTimeFormat(mark.fromMs, { timeZone })}</div>
            <div>
              <strong>{mark.title}</strong>
            </div>
            <div>{mark.text}</div>
          </div>
        }
      >
        <button
          type="button"
          className={styles.mark}
          style={{ left: leftPx + widthPx / 2, borderBottomColor: mark.color }}
          aria-label={`${mark.title}: ${mark.text}`}
          data-testid="annotation-mark"
        />
      </Tooltip>
    )),
    over
  );
}

function marksOf(frame: DataFrame, theme: GrafanaTheme2): readonly Mark[] {
  const valuesOf = (name: string): readonly unknown[] =>
    frame.fields.find((field) => field.name === name)?.values ?? [];
  const [times, ends, colors, titles, texts] = ['time', 'timeEnd', 'color', 'title', 'text'].map(valuesOf);
  return times.map((time, at) => ({
    fromMs: Number(time),
    toMs: typeof ends[at] === 'number' ? ends[at] : Number(time),
    color: theme.visualization.getColorByName(typeof colors[at] === 'string' ? colors[at] : 'blue'),
    title: textOf(titles[at]),
    text: textOf(texts[at]),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Undefined for a mark outside the time range shown. */
function placeOf(mark: Mark, plot: Plot): Place | undefined {
  const [fromPx, toPx] = [plot.valToPos(mark.fromMs, 'x'), plot.valToPos(mark.toMs, 'x')];
  const widthPx = plot.over.clientWidth;
  return toPx < 0 || fromPx > widthPx
    ? undefined
    : { mark, leftPx: Math.max(0, fromPx), widthPx: Math.min(widthPx, toPx) - Math.max(0, fromPx) };
}

function drawLine({ mark, leftPx, widthPx }: Place, { ctx, bbox }: Plot): void {
  const ratio = window.devicePixelRatio;
  const left = bbox.left + leftPx * ratio;
  ctx.save();
  ctx.beginPath();
  if (widthPx > 2) {
    ctx.globalAlpha = 0.12;
    ctx.fillStyle = mark.color;
    ctx.fillRect(left, bbox.top, widthPx * ratio, bbox.height);
    ctx.globalAlpha = 1;
  }
  ctx.strokeStyle = mark.color;
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

const SIZE_PX = 6;

const getStyles = (theme: GrafanaTheme2) => ({
  mark: css({
    position: 'absolute',
    bottom: -SIZE_PX,
    width: 0,
    height: 0,
    padding: 0,
    border: 'none',
    borderLeft: `${SIZE_PX}px solid transparent`,
    borderRight: `${SIZE_PX}px solid transparent`,
    borderBottom: `${SIZE_PX}px solid`,
    background: 'none',
    transform: 'translateX(-50%)',
    cursor: 'pointer',
    pointerEvents: 'auto',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
  }),
});
