import { useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useMemo, useRef } from 'react';
import { type MeasureText } from '../layout/arrows';
import { type PacketSequenceOptions } from '../options';
import { drawLadder } from '../draw/draw-ladder';
import { ladderPalette } from '../draw/palette';
import { buildScene, type SceneInput } from '../draw/scene';

interface Props {
  readonly scene: SceneInput;
  readonly colours: PacketSequenceOptions['colours'];
}

export function LadderCanvas({ scene, colours }: Props) {
  const theme = useTheme2();
  const palette = useMemo(() => ladderPalette(theme, colours), [theme, colours]);
  const widths = useMemo(() => new TextWidths(palette.font), [palette.font]);
  const ref = useRef<HTMLCanvasElement>(null);
  const width = scene.columns.contentWidth;
  const height = scene.heightPx;

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
    drawLadder(ctx, buildScene(scene, widths.of(ctx)), palette);
  });

  return <canvas ref={ref} aria-hidden style={{ display: 'block', width, height }} />;
}

const MAX_KNOWN_TEXTS = 5000;

/** How wide texts are in one font: while the chart moves, nearly all of them were measured before. */
class TextWidths {
  private readonly known = new Map<string, number>();

  constructor(private readonly font: string) {}

  of(ctx: CanvasRenderingContext2D): MeasureText {
    return (text) => {
      const before = this.known.get(text);
      if (before !== undefined) {
        return before;
      }
      if (this.known.size >= MAX_KNOWN_TEXTS) {
        this.known.clear();
      }
      ctx.font = this.font;
      const { width } = ctx.measureText(text);
      this.known.set(text, width);
      return width;
    };
  }
}
