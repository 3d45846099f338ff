/** How a person reads packets, kept in the browser from page to page. */
import { type SeqMode } from '../model/packet-text';
import { type DeltaMode } from '../model/time-delta';
import { type TimeMode, type ViewMode } from '../options';

export interface Remembered {
  readonly time: TimeMode;
  readonly delta: DeltaMode;
  readonly seq: SeqMode;
  readonly view: ViewMode;
}

const KEY = 'bpfnet.packet-sequence';

const VALUES: { readonly [K in keyof Remembered]: ReadonlyArray<Remembered[K]> } = {
  time: ['relative', 'absolute'],
  delta: ['previous', 'direction', 'start', 'acknowledged'],
  seq: ['relative', 'absolute'],
  view: ['ladder', 'list', 'both'],
};

/** Empty where nothing is kept, where it cannot be read and where the browser keeps nothing. */
export function recall(): Partial<Remembered> {
  try {
    const kept: unknown = JSON.parse(globalThis.localStorage.getItem(KEY) ?? '{}');
    return Object.fromEntries(
      Object.entries(VALUES).flatMap(([name, values]) => {
        const value: unknown = Object(kept)[name];
        return (values as readonly unknown[]).includes(value) ? [[name, value]] : [];
      })
    );
  } catch {
    return {};
  }
}

export function remember(change: Partial<Remembered>): void {
  const kept = Object.entries(change).filter(([name]) => name in VALUES);
  if (kept.length === 0) {
    return;
  }
  try {
    globalThis.localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...Object.fromEntries(kept) }));
  } catch {
    // A browser that keeps nothing shows everything all the same.
  }
}
