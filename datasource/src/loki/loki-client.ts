/**
 * The one interface to the store, whichever way it is reached.
 *
 * All calls reject with `DataError`, and with the signal's reason when it is aborted; nothing else.
 */
import { type Logql } from '../plan/logql';
import { type TimeWindow } from '../plan/time-window';

export interface LogEntry {
  /** ns since the Unix epoch. */
  readonly tsNs: bigint;
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface LineQuery {
  readonly logql: Logql;
  readonly window: TimeWindow;
  /** Where there are more lines, the newest are given. */
  readonly maxLines: number;
  /** How many lines one answer may hold where they are read in pages; for lines that are long. */
  readonly pageLines?: number;
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface SeriesQuery {
  readonly logql: Logql;
  readonly window: TimeWindow;
  /** Whole seconds. */
  readonly stepSeconds: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** In order of time, ms since the Unix epoch. */
  readonly points: ReadonlyArray<{ readonly timeMs: number; readonly value: number }>;
}

export interface LokiClient {
  /** Log lines, newest first. */
  lines(query: LineQuery, signal: AbortSignal): Promise<readonly LogEntry[]>;
  /** A metric query at one moment. */
  instant(logql: Logql, atNs: bigint, signal: AbortSignal): Promise<readonly Sample[]>;
  /** A metric query at every step of a window. */
  series(query: SeriesQuery, signal: AbortSignal): Promise<readonly Series[]>;
}

/** Entries of a window, newest first. A store that takes milliseconds gives a little more than asked for. */
export function newestFirst(entries: readonly LogEntry[], { window, maxLines }: LineQuery): readonly LogEntry[] {
  return entries
    .filter((entry) => entry.tsNs >= window.fromNs && entry.tsNs < window.toNs)
    .sort((a, b) => (a.tsNs < b.tsNs ? 1 : a.tsNs > b.tsNs ? -1 : 0))
    .slice(0, maxLines);
}
