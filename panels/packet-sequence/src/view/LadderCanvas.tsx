import { useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useMemo, useRef } from 'react';
import { type PacketSequenceOptions } from '../options';
import { drawLadder } from '../draw/draw-ladder';
import { ladderPalette } from '../draw/palette';
import { buildScene, type SceneInput } from '../draw/scene';
import { TextWidths } from '../draw/text-widths';

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
