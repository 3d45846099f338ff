import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { findAt, type Found } from '../layout/find-at';
import { type Graph } from '../model/graph';
import { edgeTitle, nodeSentence } from '../model/graph-text';
import { type Step, stepFrom } from '../model/walk-graph';
import { CanvasController } from './canvas-controller';
import { type Picture, type View } from './draw-input';
import { emphasisOf } from './emphasis';
import { keyCommand, KEYS_HINT } from './graph-keys';
import { MiniMap } from './MiniMap';

interface Props {
  readonly picture: Picture;
  readonly width: number;
  readonly height: number;
  readonly selected: Found | undefined;
  readonly onSelect: (found: Found | undefined) => void;
  /** Of a search; undefined without one. */
  readonly matches: readonly number[] | undefined;
  /** Set while the canvases are there, so that the toolbar can zoom too. */
  readonly controllerRef: { current: CanvasController | undefined };
}

const CLICK_REACH_PX = 6;
const MINIMAP_FROM_PX = 600;

/** The graph on canvases, under pointer and keys. */
export function GraphCanvas({ picture, width, height, selected, onSelect, matches, controllerRef }: Props) {
  const styles = useStyles2(getStyles);
  const { graph, layout } = picture;
  const hint = useId();
  const windowRef = useRef<HTMLDivElement>(null);
  const graphCanvas = useRef<HTMLCanvasElement>(null);
  const overCanvas = useRef<HTMLCanvasElement>(null);
  const moved = useRef<(view: View) => void>();
  const [hover, setHover] = useState<{ readonly graph: Graph; readonly found: Found | undefined }>();
  const hovered = hover?.graph === graph ? hover.found : undefined;

  useEffect(() => {
    if (windowRef.current === null || graphCanvas.current === null || overCanvas.current === null) {
      return;
    }
    const controller = new CanvasController({
      window: windowRef.current,
      graphCanvas: graphCanvas.current,
      overCanvas: overCanvas.current,
      onView: (view) => moved.current?.(view),
    });
    controllerRef.current = controller;
    return () => {
      controller.destroy();
      controllerRef.current = undefined;
    };
  }, [controllerRef]);
  useEffect(() => controllerRef.current?.resize(width, height), [controllerRef, width, height]);
  useEffect(() => controllerRef.current?.show(picture), [controllerRef, picture]);
  // A new picture is shown whole; new numbers on the same picture leave the view alone.
  useEffect(() => controllerRef.current?.fit(layout, { smooth: false }), [controllerRef, layout, width, height]);

  const emphasis = useMemo(
    () => emphasisOf(graph, { pointed: hovered ?? selected, matches }),
    [graph, hovered, selected, matches]
  );
  useEffect(() => controllerRef.current?.point(emphasis), [controllerRef, emphasis]);

  const foundAt = (event: MouseEvent<HTMLElement>): Found | undefined => {
    const box = windowRef.current?.getBoundingClientRect();
    const controller = controllerRef.current;
    if (box === undefined || controller === undefined) {
      return undefined;
    }
    const at = controller.toPicture(event.clientX - box.left, event.clientY - box.top);
    return findAt({ graph, layout }, at, CLICK_REACH_PX / controller.scale);
  };
  const point = (event: MouseEvent<HTMLElement>) => {
    if (event.buttons === 0) {
      const found = foundAt(event);
      setHover((before) => (before?.graph === graph && isSame(before.found, found) ? before : { graph, found }));
    }
  };
  const goTo = (step: Step) => {
    const from = selected?.kind === 'node' ? selected.index : undefined;
    const index = from === undefined ? 0 : stepFrom(graph, layout, { from, step });
    onSelect({ kind: 'node', index });
    controllerRef.current?.centre(layout.x[index], layout.y[index], { smooth: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const command = keyCommand(event);
    switch (command?.kind) {
      case undefined:
        return;
      case 'clear':
        if (selected !== undefined) {
          event.stopPropagation();
          onSelect(undefined);
        }
        return;
      case 'step':
        goTo(command.step);
        break;
      case 'pan':
        controllerRef.current?.panBy(command.x, command.y);
        break;
      case 'zoom':
        controllerRef.current?.zoomBy(command.factor);
        break;
      case 'fit':
        controllerRef.current?.fit(layout, { smooth: true });
        break;
    }
    event.preventDefault();
  };

  const said =
    selected === undefined
      ? ''
      : selected.kind === 'node'
        ? nodeSentence(graph, selected.index)
        : edgeTitle(graph, graph.edges[selected.index]);
  return (
    <>
      <div
        ref={windowRef}
        className={cx(styles.window, hovered !== undefined && styles.pointing)}
        style={{ width, height }}
        role="application"
        aria-roledescription="graph"
        aria-label={`Graph of ${graph.nodes.length} nodes and ${graph.edges.length} edges`}
        aria-describedby={hint}
        tabIndex={0}
        onMouseMove={point}
        onMouseLeave={() => setHover(undefined)}
        onClick={(event) => onSelect(foundAt(event))}
        onKeyDown={onKeyDown}
      >
        <canvas ref={graphCanvas} className={styles.canvas} />
        <canvas ref={overCanvas} className={styles.canvas} />
      </div>
      <p id={hint} className={styles.unseen}>
        {KEYS_HINT}
      </p>
      <p role="status" className={styles.unseen}>
        {said}
      </p>
      {width >= MINIMAP_FROM_PX && (
        <MiniMap
          picture={picture}
          movedRef={moved}
          width={width}
          height={height}
          onCentre={(x, y) => controllerRef.current?.centre(x, y, { smooth: false })}
        />
      )}
    </>
  );
}

const isSame = (a: Found | undefined, b: Found | undefined) => a?.kind === b?.kind && a?.index === b?.index;

const getStyles = (theme: GrafanaTheme2) => ({
  window: css({
    position: 'relative',
    overflow: 'hidden',
    cursor: 'grab',
    touchAction: 'none',
    '&:active': { cursor: 'grabbing' },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  pointing: css({ cursor: 'pointer' }),
  canvas: css({
    position: 'absolute',
    top: 0,
    left: 0,
    transformOrigin: '0 0',
    willChange: 'transform',
    pointerEvents: 'none',
  }),
  unseen: css({ position: 'absolute', width: 1, height: 1, margin: 0, overflow: 'hidden', clipPath: 'inset(50%)' }),
});
