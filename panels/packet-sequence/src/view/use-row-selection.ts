import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type Jump, jumpRow } from '../model/jumps';
import { type Ladder } from '../model/ladder';
import { nextMatch } from '../model/search';
import { firstAbove } from '../model/sorted-order';
import { type FoundMatches } from './SearchBox';
import { type LadderModel } from './use-ladder-model';
import { type Viewport } from './use-viewport';

interface Input {
  readonly model: LadderModel;
  readonly viewport: Viewport;
  readonly pointAt: (row: number) => void;
}

export interface RowSelection {
  /** -1 where none is. */
  readonly selected: number;
  /** The same if the reader chose it; -1 if it is the request's. */
  readonly chosen: number;
  readonly select: (row: number) => void;
  readonly jump: (jump: Jump) => void;
  /** To the next or previous match of the search. */
  readonly step: (by: 1 | -1) => void;
  readonly found: FoundMatches;
}

/** The selected row, which outlives new data; until one is selected, the first of the request. */
export function useRowSelection({ model, viewport, pointAt }: Input): RowSelection {
  const { ladder, lines, bursts, matches, isMatch, request, openFold } = model;
  const { showNear, showCentred } = viewport;
  const [key, setKey] = useState<RowKey>();
  const toCentre = useRef<number>();
  const selected = useMemo(() => (key ? rowOfKey(ladder, key) : (request?.from ?? -1)), [ladder, key, request]);
  const chosen = key === undefined ? -1 : selected;
  const select = useCallback(
    (row: number) => {
      setKey(rowKey(ladder, row));
      pointAt(row);
      showNear(lines.ofRow[row]);
    },
    [ladder, lines, showNear, pointAt]
  );
  const goTo = useCallback(
    (row: number | undefined) => {
      if (row === undefined) {
        return;
      }
      const burst = bursts.find(({ from, to }) => from < row && row <= to);
      if (burst) {
        openFold(burst.from);
      }
      select(row);
      toCentre.current = row;
    },
    [bursts, openFold, select]
  );
  // In an effect: a fold that had to be opened first moves the row.
  useEffect(() => {
    if (toCentre.current !== undefined) {
      showCentred(lines.ofRow[toCentre.current]);
      toCentre.current = undefined;
    }
  }, [key, showCentred, lines]);
  const step = useCallback((by: 1 | -1) => goTo(nextMatch(matches, selected, by)), [goTo, matches, selected]);
  const jump = useCallback((to: Jump) => goTo(jumpRow(ladder, to, selected)), [goTo, ladder, selected]);
  const found = useMemo(
    () => ({ count: matches.length, place: isMatch[selected] === 1 ? firstAbove(matches, selected) : 0 }),
    [matches, selected, isMatch]
  );
  return { selected, chosen, select, step, jump, found };
}

/** Names a row across refreshes of the data. */
interface RowKey {
  readonly lane: string;
  readonly ns: bigint;
  readonly seq: number;
}

function rowKey({ packets, rows }: Ladder, row: number): RowKey {
  const packet = rows.packet[row];
  return {
    lane: packets.lanes[packets.lane[packet]].id,
    ns: packets.baseNs + BigInt(Math.round(packets.tNs[packet])),
    seq: packets.seq[packet],
  };
}

/** The row so named; -1 where there is none. */
function rowOfKey({ packets, rows }: Ladder, key: RowKey): number {
  const lane = packets.lanes.findIndex(({ id }) => id === key.lane);
  const tNs = Number(key.ns - packets.baseNs);
  return rows.packet.findIndex(
    (packet) => packets.seq[packet] === key.seq && packets.lane[packet] === lane && packets.tNs[packet] === tNs
  );
}
