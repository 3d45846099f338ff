/** The page that the bench drives: shows one of the three and measures in the browser. */
import { createTheme, type DataFrame, ThemeContext } from '@grafana/data';
import React from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { painted } from '../../shared/bench/painted';
import { panelProps } from '../../shared/test/panel-props';
import { defaultOptions, type PacketSequenceOptions } from '../src/options';
import { PacketSequencePanel } from '../src/PacketSequencePanel';
import { PlainTable, SvgLadder } from './peers';
import { trafficFrame } from './traffic';

type Kind = 'panel' | 'table' | 'svg';

const SIZE = { width: 1240, height: 720 };

let root: Root | undefined;
let frame: DataFrame | undefined;

function element(kind: Kind, traffic: DataFrame) {
  switch (kind) {
    case 'table':
      return <PlainTable frame={traffic} />;
    case 'svg':
      return <SvgLadder frame={traffic} />;
    case 'panel':
      return (
        <PacketSequencePanel
          {...panelProps<PacketSequenceOptions>(
            { ...defaultOptions, foldBursts: false, silenceMs: 0 },
            [traffic],
            SIZE
          )}
        />
      );
  }
}

/** ms from handing over the frame until the next frame after it is on the screen. */
async function firstPaint(kind: Kind): Promise<number> {
  const traffic = frame;
  if (!traffic) {
    throw new Error('prepare() comes first');
  }
  const host = document.getElementById('root');
  if (!host) {
    throw new Error('no #root');
  }
  root = createRoot(host);
  const began = performance.now();
  flushSync(() =>
    root?.render(
      <ThemeContext.Provider value={createTheme({ colors: { mode: 'dark' } })}>
        {element(kind, traffic)}
      </ThemeContext.Provider>
    )
  );
  return (await painted()) - began;
}

const scroller = (): Element => {
  const found = document.querySelector('[role=grid], #scroller');
  if (!found) {
    throw new Error('nothing to scroll');
  }
  return found;
};

async function framesPerSecond(frames: number, step: (i: number) => void): Promise<number> {
  await painted();
  const began = performance.now();
  for (let i = 0; i < frames; i++) {
    step(i);
    await painted();
  }
  return (frames * 1000) / (performance.now() - began);
}

const bench = {
  prepare(packets: number): number {
    frame = trafficFrame(packets);
    return frame.length;
  },
  firstPaint,
  /** The same size, and nothing on it but one dot that moves: what this browser and machine give at best. */
  async floor(): Promise<number> {
    const canvas = document.body.appendChild(document.createElement('canvas'));
    canvas.width = SIZE.width;
    canvas.height = SIZE.height;
    const ctx = canvas.getContext('2d');
    const found = await framesPerSecond(120, (i) => {
      ctx?.clearRect(0, 0, SIZE.width, SIZE.height);
      ctx?.fillRect(i, i, 10, 10);
    });
    canvas.remove();
    return found;
  },
  scroll: (frames: number) => framesPerSecond(frames, () => (scroller().scrollTop += 117)),
  jumpTo(share: number): Promise<number> {
    const element = scroller();
    element.scrollTop = element.scrollHeight * share;
    return painted();
  },
  zoom: (frames: number) =>
    framesPerSecond(frames, (i) =>
      scroller().dispatchEvent(
        new WheelEvent('wheel', { ctrlKey: true, deltaY: i % 12 < 6 ? 100 : -100, bubbles: true, cancelable: true })
      )
    ),
  async search(text: string): Promise<number> {
    const input = document.querySelector<HTMLInputElement>('input[type=search]');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    const began = performance.now();
    set?.call(input, text);
    input?.dispatchEvent(new Event('input', { bubbles: true }));
    return performance.now() - began;
  },
  close(): void {
    root?.unmount();
    frame = undefined;
  },
};

Object.assign(globalThis, { bench });
