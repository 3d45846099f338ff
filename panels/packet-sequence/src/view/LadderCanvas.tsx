import { useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useMemo, useRef } from 'react';
import { durationText } from '../../../shared/quantity-text';
import { layoutArrows, type MeasureText } from '../layout/arrows';
import { type Columns } from '../layout/columns';
import { LINE_HEIGHT_PX, type Lines, type Window } from '../layout/lines';
import { type Ladder } from '../model/ladder';
import { NO_TAG } from '../model/packets';
import { drawLadder, type DrawnLine, type Shade } from './draw-ladder';
import { ladderPalette } from './palette';

interface Props {
  readonly ladder: Ladder;
  readonly lines: Lines;
  readonly window: Window;
  readonly columns: Columns;
  readonly scrollTop: number;
  readonly height: number;
  readonly shadeOf: (row: number) => Shade;
}

export function LadderCanvas({ ladder, lines, window: shown, columns, scrollTop, height, shadeOf }: Props) {
  const theme = useTheme2();
  const palette = useMemo(() => ladderPalette(theme), [theme]);
  const ref = useRef<HTMLCanvasElement>(null);
  const width = columns.contentWidth;

  useLayoutEffect(() => {
    const canvas = ref.current;
    const ctx = canvas?.getContext('2d');
    if (!canvas || !ctx) {
      return;
    }
    const ratio = globalThis.devicePixelRatio || 1;
    const [bitmapWidth, bitmapHeight] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
    if (canvas.width !== bitmapWidth || canvas.height !== bitmapHeight) {
      canvas.width = bitmapWidth;
      canvas.height = bitmapHeight;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.font = palette.font;
    const measure: MeasureText = (text) => ctx.measureText(text).width;
    const drawn = Array.from({ length: shown.end - shown.first }, (_v, i): DrawnLine => {
      const line = shown.first + i;
      const yPx = line * LINE_HEIGHT_PX - scrollTop;
      const row = lines.content[line];
      if (row < 0) {
        const next = -1 - row;
        const silence = durationText(ladder.rows.tNs[next] - ladder.rows.tNs[next - 1]);
        return { kind: 'silence', yPx, text: `${silence} of silence` };
      }
      const tagged = ladder.packets.tag[ladder.rows.packet[row]] !== NO_TAG;
      return {
        kind: 'row',
        yPx,
        arrows: layoutArrows(ladder, row, columns, measure),
        shade: shadeOf(row),
        labelled: !(columns.compact && tagged),
      };
    });
    const endPx = lines.length * LINE_HEIGHT_PX - scrollTop;
    const { laneXs, labelsRight } = columns;
    drawLadder(ctx, { widthPx: width, heightPx: height, laneXs, labelsRight, lines: drawn, endPx }, palette);
  });

  return <canvas ref={ref} aria-hidden style={{ display: 'block', width, height }} />;
}
