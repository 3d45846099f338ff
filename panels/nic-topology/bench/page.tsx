/** The page that the bench drives, and that pictures are taken of: the panel on a graph of any size. */
import {
  createTheme,
  type DataFrame,
  FieldColorModeId,
  getDisplayProcessor,
  ThresholdsMode,
  ThemeContext,
} from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import React from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { painted } from '../../shared/bench/painted';
import { panelProps } from '../../shared/test/panel-props';
import { layoutGraph } from '../src/graph/layout/graph-layout';
import { readGraph } from '../src/graph/model/read-graph';
import { NicTopologyPanel } from '../src/NicTopologyPanel';
import { defaultOptions, type NicTopologyOptions } from '../src/options';
import { syntheticNicGraph } from '../src/graph/test/synthetic-graph';

const ALL = 1e6;

let series: DataFrame[] = [];
let root: Root | undefined;

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

/** As the panel's host would hand them over: with thresholds applied. */
function prepare(nodes: number, mode: 'light' | 'dark'): void {
  const theme = createTheme({ colors: { mode } });
  series = syntheticNicGraph(nodes).map((frame) => ({
    ...frame,
    fields: frame.fields.map((plain) => {
      const steps = [
        { value: -Infinity, color: 'green' },
        { value: 20, color: 'orange' },
        { value: 100, color: 'red' },
      ];
      const config = {
        unit: plain.name.endsWith('Ms') ? 'ms' : undefined,
        thresholds: { mode: ThresholdsMode.Absolute, steps },
        color: { mode: FieldColorModeId.Thresholds },
      };
      const field = { ...plain, config };
      return { ...field, display: getDisplayProcessor({ field, theme }) };
    }),
  }));
}

function layoutMs(): number {
  const graph = readGraph(series);
  if (!graph.ok) {
    throw new Error(graph.problem.kind);
  }
  const began = performance.now();
  layoutGraph({ graph: graph.value, aspect: 1.75 });
  return performance.now() - began;
}

async function firstPaint(mode: 'light' | 'dark', options: Partial<NicTopologyOptions> = {}): Promise<number> {
  const host = document.getElementById('root');
  if (host === null) {
    throw new Error('no #root');
  }
  const theme = createTheme({ colors: { mode } });
  document.body.style.background = theme.colors.background.primary;
  root = createRoot(host);
  const began = performance.now();
  flushSync(() =>
    root?.render(
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <NicTopologyPanel
          {...panelProps({ ...defaultOptions, busiest: ALL, ...options }, series, {
            width: window.innerWidth - 16,
            height: window.innerHeight - 16,
          })}
        />
      </ThemeContext.Provider>
    )
  );
  return (await painted()) - began;
}

function close(): void {
  root?.unmount();
  root = undefined;
}

interface Pan {
  readonly fps: number;
  readonly worstMs: number;
}

/** Drags the picture to and fro for `seconds`, a step a frame; frames are counted as the browser makes them. */
async function pan(seconds: number): Promise<Pan> {
  const target = document.querySelector('[role=application]');
  if (target === null) {
    throw new Error('no graph');
  }
  const at = { x: window.innerWidth / 2, y: window.innerHeight / 2 };
  const send = (type: string, to: EventTarget) =>
    to.dispatchEvent(
      new MouseEvent(type, { bubbles: true, cancelable: true, view: window, clientX: at.x, clientY: at.y, buttons: 1 })
    );
  send('mousedown', target);
  const times: number[] = [await nextFrame()];
  while (times[times.length - 1] - times[0] < seconds * 1000) {
    const phase = (times[times.length - 1] - times[0]) / 1000;
    at.x += 14 * Math.sign(Math.sin(phase * 2));
    at.y += 6 * Math.sign(Math.cos(phase * 3));
    send('mousemove', window);
    times.push(await nextFrame());
  }
  send('mouseup', window);
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  return { fps: gaps.length / ((times[times.length - 1] - times[0]) / 1000), worstMs: Math.max(...gaps) };
}

/** Frames per second of an empty canvas of the size that the graph's has, moved alike: what the browser can do at all. */
async function floor(seconds: number): Promise<number> {
  const view = document.createElement('div');
  view.style.cssText = `position:relative;overflow:hidden;width:${window.innerWidth - 16}px;height:${window.innerHeight - 72}px`;
  const canvas = document.createElement('canvas');
  canvas.width = (window.innerWidth - 16) * 1.6;
  canvas.height = (window.innerHeight - 72) * 1.6;
  canvas.style.cssText = 'position:absolute;top:0;left:0;will-change:transform';
  canvas.getContext('2d')?.fillRect(0, 0, 1, 1);
  view.append(canvas);
  document.body.append(view);
  const times: number[] = [await nextFrame()];
  while (times[times.length - 1] - times[0] < seconds * 1000) {
    const phase = (times[times.length - 1] - times[0]) / 1000;
    canvas.style.transform = `translate(${-300 + 200 * Math.sin(phase * 2)}px, ${-200 + 100 * Math.cos(phase * 3)}px)`;
    times.push(await nextFrame());
  }
  view.remove();
  return (times.length - 1) / ((times[times.length - 1] - times[0]) / 1000);
}

Object.assign(window, { bench: { floor, prepare, layoutMs, firstPaint, close, pan } });
