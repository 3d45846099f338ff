import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { failedShare } from '../model/graph';
import { type Picture, type View } from './draw-input';

interface Props {
  readonly picture: Picture;
  /** Is called at every change of the view: often, while the hand moves. */
  readonly movedRef: { current: ((view: View) => void) | undefined };
  /** Of the window, px. */
  readonly width: number;
  readonly height: number;
  readonly onCentre: (x: number, y: number) => void;
}

const MAP_WIDTH = 168;
const MAP_HEIGHT = 104;
const PADDING = 6;
const NOTHING_MOVED: View = { x: 0, y: 0, k: 1 };

/** The whole graph in small, with the part that is in view; nothing where all is in view. */
export function MiniMap({ picture, movedRef, width, height, onCentre }: Props) {
  const styles = useStyles2(getStyles);
  const [view, setView] = useState<View>(NOTHING_MOVED);
  useLayoutEffect(() => {
    movedRef.current = setView;
    return () => {
      movedRef.current = undefined;
    };
  }, [movedRef]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { layout } = picture;
  const scale = Math.min((MAP_WIDTH - 2 * PADDING) / layout.width, (MAP_HEIGHT - 2 * PADDING) / layout.height);
  const isWhole =
    view.x >= -1 &&
    view.y >= -1 &&
    view.x + layout.width * view.k <= width + 1 &&
    view.y + layout.height * view.k <= height + 1;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) {
      drawMap(context, picture, scale);
    }
  }, [picture, scale, isWhole]);

  if (isWhole) {
    return null;
  }
  const jump = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 0) {
      const box = event.currentTarget.getBoundingClientRect();
      onCentre((event.clientX - box.left - PADDING) / scale, (event.clientY - box.top - PADDING) / scale);
    }
  };
  const seen = {
    left: Math.max(0, PADDING - (view.x / view.k) * scale),
    top: Math.max(0, PADDING - (view.y / view.k) * scale),
    right: Math.min(MAP_WIDTH, PADDING + ((width - view.x) / view.k) * scale),
    bottom: Math.min(MAP_HEIGHT, PADDING + ((height - view.y) / view.k) * scale),
  };
  return (
    <div className={styles.map} onPointerDown={jump} onPointerMove={jump} data-minimap aria-hidden>
      <canvas ref={canvas} width={MAP_WIDTH} height={MAP_HEIGHT} />
      <div
        className={styles.seen}
        style={{
          left: seen.left,
          top: seen.top,
          width: Math.max(2, seen.right - seen.left),
          height: Math.max(2, seen.bottom - seen.top),
        }}
      />
    </div>
  );
}

function drawMap(context: CanvasRenderingContext2D, { graph, layout, theme }: Picture, scale: number): void {
  context.clearRect(0, 0, MAP_WIDTH, MAP_HEIGHT);
  const [width, height] = [Math.max(1.5, layout.card.width * scale), Math.max(1.5, layout.card.height * scale)];
  graph.nodes.forEach((node, i) => {
    context.fillStyle = (failedShare(node) ?? 0) > 0 ? theme.colors.error.main : theme.colors.text.disabled;
    context.fillRect(
      PADDING + layout.x[i] * scale - width / 2,
      PADDING + layout.y[i] * scale - height / 2,
      width,
      height
    );
  });
}

const getStyles = (theme: GrafanaTheme2) => ({
  map: css({
    position: 'absolute',
    right: theme.spacing(1),
    bottom: theme.spacing(1),
    width: MAP_WIDTH,
    height: MAP_HEIGHT,
    background: theme.colors.background.secondary,
    border: `1px solid ${theme.colors.border.medium}`,
    borderRadius: theme.shape.radius.default,
    cursor: 'crosshair',
    touchAction: 'none',
  }),
  seen: css({ position: 'absolute', border: `1.5px solid ${theme.colors.primary.border}`, pointerEvents: 'none' }),
});
