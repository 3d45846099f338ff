import { useCallback, useMemo, useState } from 'react';
import { layoutLines } from '../layout/lines';
import { buildStrip } from '../layout/strips';
import { ackedSegments } from '../model/acked-segments';
import { buildLadder } from '../model/build-ladder';
import { findBursts } from '../model/bursts';
import { captureMarks } from '../model/capture-marks';
import { type PacketTable } from '../model/packets';
import { requestRows } from '../model/request-rows';
import { filterRows } from '../model/row-filter';
import { findRows } from '../model/search';
import { timeDeltas } from '../model/time-delta';
import { type PacketSequenceOptions } from '../options';
import { type ToolbarState } from './use-toolbar-state';

/** From packets to lines; each step is done again only when what it needs has changed. */
export function useLadderModel(
  packets: PacketTable,
  state: ToolbarState,
  options: PacketSequenceOptions,
  requestId: string
) {
  const [openFolds, setOpenFolds] = useState<ReadonlySet<number>>(new Set());
  const openFold = useCallback((from: number) => setOpenFolds((open) => new Set(open).add(from)), []);
  const silenceNs = options.silenceMs * 1e6;
  const ladder = useMemo(() => buildLadder(packets, state.mode, state.lane), [packets, state.mode, state.lane]);
  const acked = useMemo(() => once(() => ackedSegments(ladder)), [ladder]);
  const bursts = useMemo(
    () => (state.foldBursts ? findBursts(ladder, silenceNs) : []),
    [ladder, state.foldBursts, silenceNs]
  );
  const rows = useMemo(() => filterRows(ladder, state.filter), [ladder, state.filter]);
  const lines = useMemo(
    () => layoutLines({ tNs: ladder.rows.tNs, silenceNs, rows, bursts, open: openFolds }),
    [ladder, silenceNs, rows, bursts, openFolds]
  );
  const deltas = useMemo(() => timeDeltas(ladder, state.delta, acked), [ladder, state.delta, acked]);
  const matches = useMemo(() => {
    const found = findRows(ladder, state.query);
    return rows && found.length > 0 ? intersection(found, rows) : found;
  }, [ladder, state.query, rows]);
  const isMatch = useMemo(() => marked(ladder.rows.length, matches), [ladder, matches]);
  const strips = useMemo(
    () => state.strips.map((kind) => buildStrip(kind, ladder, acked())),
    [state.strips, ladder, acked]
  );
  const request = useMemo(() => requestRows(ladder, requestId), [ladder, requestId]);
  const marks = useMemo(() => captureMarks(ladder), [ladder]);
  return { ladder, acked, bursts, lines, deltas, matches, isMatch, strips, captureMarks: marks, request, openFold };
}

export type LadderModel = ReturnType<typeof useLadderModel>;

/** Not every view needs them. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function marked(length: number, rows: Uint32Array): Uint8Array {
  const marks = new Uint8Array(length);
  rows.forEach((row) => (marks[row] = 1));
  return marks;
}

function intersection(found: Uint32Array, shown: Uint32Array): Uint32Array {
  const visible = new Set(shown);
  return found.filter((row) => visible.has(row));
}
