import { type EventBus } from '@grafana/data';
import { useCallback, useEffect, useMemo } from 'react';
import { useSharedCursor } from '../../../shared/use-shared-cursor';
import { pointOfRow, rowOfPoint } from '../model/shared-place';
import { type LadderModel } from './use-ladder-model';
import { type Viewport } from './use-viewport';

interface SharedRow {
  /** The row that another panel points at, scrolled into view; -1 if none does. */
  readonly synced: number;
  /** Points other panels at a row; -1 at none. */
  readonly pointAtRow: (row: number) => void;
}

/** The dashboard's shared crosshair as rows. */
export function useSharedRow(eventBus: EventBus, { ladder, lines }: LadderModel, { showNear }: Viewport): SharedRow {
  const { pointed, pointAt } = useSharedCursor(eventBus);
  const pointAtRow = useCallback(
    (row: number) => pointAt(row >= 0 ? pointOfRow(ladder, row) : undefined),
    [ladder, pointAt]
  );
  const synced = useMemo(() => (pointed ? rowOfPoint(ladder, pointed) : -1), [ladder, pointed]);
  useEffect(() => {
    if (synced >= 0 && synced < lines.ofRow.length) {
      showNear(lines.ofRow[synced]);
    }
  }, [synced, lines, showNear]);
  return { synced, pointAtRow };
}
