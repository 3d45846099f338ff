import { type AdHocFilter } from '../query/ad-hoc';
import { type Replace } from '../query/interpolate';
import { type TimeWindow } from '../plan/time-window';

/** What answering one target needs beside the target. */
export interface QueryContext {
  readonly replace: Replace;
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
  /** Filters that readers added on the dashboard. */
  readonly adHoc: readonly AdHocFilter[];
  /** Points that a graph has room for. */
  readonly maxPoints: number;
  /** The least time between two of them, s. */
  readonly minStepSeconds: number;
}
