import { useCallback, useMemo, useState } from 'react';
import { zoomed } from '../layout/zoom';
import { ladderMode } from '../model/build-ladder';
import { type LadderMode } from '../model/ladder';
import { type SeqMode } from '../model/packet-text';
import { type PacketTable } from '../model/packets';
import { ALL_ROWS, type RowFilter } from '../model/row-filter';
import { type DeltaMode } from '../model/time-delta';
import { type PacketSequenceOptions, type StripKind, type TimeMode, type ViewMode } from '../options';
import { type Remembered, recall, remember } from './remembered';

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

/** So many lanes need no scrolling sideways on a phone. */
const COMPACT_LANES = 3;

/** Begins with what this browser was set to before, else with the options. The height of lines stands apart: while it changes, the toolbar stays. */
export function useToolbarState(packets: PacketTable, options: PacketSequenceOptions, compact: boolean) {
  const [changes, setChanges] = useState<Partial<ToolbarState>>(recall);
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
    remember(some satisfies Partial<Remembered & ToolbarState>);
    setChanges((before) => ({ ...before, ...some }));
  }, []);
  const [lineHeight, setLineHeight] = useState<number>();
  const zoom = useCallback(
    (direction: 1 | -1) => setLineHeight((before) => zoomed(before ?? options.density, direction)),
    [options.density]
  );
  return { state, change, lineHeight: lineHeight ?? options.density, zoom };
}
