import { useCallback, useMemo, useState } from 'react';
import { isRecord } from '../../../shared/frame-fields';
import { recall, remember } from '../../../shared/remembered';
import { zoomed } from '../layout/zoom';
import { ladderMode } from '../model/build-ladder';
import { type LadderMode } from '../model/ladder';
import { type SeqMode } from '../model/packet-text';
import { type PacketTable } from '../model/packets';
import { ALL_ROWS, type RowFilter } from '../model/row-filter';
import { type DeltaMode } from '../model/time-delta';
import {
  DELTA_CHOICES,
  type PacketSequenceOptions,
  SEQ_CHOICES,
  type StripKind,
  TIME_CHOICES,
  type TimeMode,
  VIEW_CHOICES,
  type ViewMode,
} from '../options';

export interface ToolbarState {
  readonly mode: LadderMode;
  readonly lane: number;
  readonly view: ViewMode;
  readonly time: TimeMode;
  readonly delta: DeltaMode;
  readonly seq: SeqMode;
  readonly strips: readonly StripKind[];
  readonly foldBursts: boolean;
  readonly filter: RowFilter;
  readonly query: string;
}

/** How a person reads packets, kept in the browser from page to page. */
type Habits = Pick<ToolbarState, 'time' | 'delta' | 'seq' | 'view'>;

const HABITS_KEY = 'bpfnet.packet-sequence';

const HABITS: { readonly [K in keyof Habits]: ReadonlyArray<{ readonly value: Habits[K] }> } = {
  time: TIME_CHOICES,
  delta: DELTA_CHOICES,
  seq: SEQ_CHOICES,
  view: VIEW_CHOICES,
};

function recallHabits(): Partial<Habits> {
  const kept = recall(HABITS_KEY);
  const values = isRecord(kept) ? kept : {};
  return Object.fromEntries(
    Object.entries(HABITS).flatMap(([name, choices]) =>
      choices.some(({ value }) => value === values[name]) ? [[name, values[name]]] : []
    )
  );
}

function rememberHabits(change: Partial<ToolbarState>): void {
  const kept = Object.entries(change).filter(([name]) => name in HABITS);
  if (kept.length > 0) {
    remember(HABITS_KEY, { ...recallHabits(), ...Object.fromEntries(kept) });
  }
}

/** As many lanes as need no horizontal scrolling on a phone. */
const COMPACT_LANES = 3;

/** Begins with what this browser remembers, else with the options. Line height is apart, so that zooming does not redraw the toolbar. */
export function useToolbarState(packets: PacketTable, options: PacketSequenceOptions, compact: boolean) {
  const [changes, setChanges] = useState<Partial<ToolbarState>>(recallHabits);
  const state = useMemo((): ToolbarState => {
    const narrow = compact && options.lanes === 'auto' && packets.lanes.length > COMPACT_LANES;
    return {
      lane: 0,
      view: options.view,
      time: options.time,
      delta: options.delta,
      seq: options.seq,
      strips: options.strips,
      foldBursts: options.foldBursts,
      filter: ALL_ROWS,
      query: '',
      ...changes,
      mode: ladderMode(packets, changes.mode ?? (narrow ? 'ends' : options.lanes)),
    };
  }, [packets, options, compact, changes]);
  const change = useCallback((some: Partial<ToolbarState>) => {
    rememberHabits(some);
    setChanges((before) => ({ ...before, ...some }));
  }, []);
  const [lineHeight, setLineHeight] = useState<number>();
  const zoom = useCallback(
    (direction: 1 | -1) => setLineHeight((before) => zoomed(before ?? options.density, direction)),
    [options.density]
  );
  return { state, change, lineHeight: lineHeight ?? options.density, zoom };
}
