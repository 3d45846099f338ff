/**
 * Live tail: lists that go on, as log lines. The store is asked again and again for the time that just passed, overlapping, since
 * a record has the time at which its request began but is written once that has ended; no line is shown twice.
 */
import { type DataQueryResponse, LoadingState } from '@grafana/data';
import { Observable } from 'rxjs';
import { type RecordLine, recordsFrame } from '../frames/records-frame';
import { type TimeWindow, windowOfMs } from '../plan/time-window';
import { type L4ListQuery, type L7ListQuery } from '../query/flow-query';
import { type QueryContext } from './query-context';

export type TailedQuery = L7ListQuery | L4ListQuery;

interface TailSource {
  /** The newest records that a list holds. */
  readonly newest: (query: TailedQuery, context: QueryContext) => Promise<readonly RecordLine[]>;
  readonly contextIn: (window: TimeWindow, signal: AbortSignal) => QueryContext;
  /** ms since the Unix epoch. */
  readonly now?: () => number;
}

const EVERY_MS = 2000;
const OVERLAP_MS = 60_000;
const MAX_SHOWN = 1000;

export function tail(queries: readonly TailedQuery[], source: TailSource): Observable<DataQueryResponse> {
  return new Observable((subscriber) => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const shown = new Map(queries.map(({ refId }) => [refId, new Map<string, RecordLine>()]));

    const ask = async () => {
      const nowMs = (source.now ?? Date.now)();
      const context = source.contextIn(windowOfMs(nowMs - OVERLAP_MS, nowMs), controller.signal);
      try {
        for (const query of queries) {
          const lines = shown.get(query.refId) ?? new Map<string, RecordLine>();
          const before = lines.size;
          (await source.newest(query, context)).forEach((line) => lines.set(`${line.tsNs} ${line.line}`, line));
          if (lines.size > before || before === 0) {
            forgetOldest(lines);
            const frame = recordsFrame([...lines.values()], { refId: query.refId, notes: [] });
            subscriber.next({ data: [frame], key: `tail-${query.refId}`, state: LoadingState.Streaming });
          }
        }
        timer = setTimeout(() => void ask(), EVERY_MS);
      } catch (error) {
        if (!controller.signal.aborted) {
          subscriber.error(error);
        }
      }
    };
    void ask();
    return () => {
      clearTimeout(timer);
      controller.abort(new Error('the tail was stopped'));
    };
  });
}

function forgetOldest(lines: Map<string, RecordLine>): void {
  const oldest = [...lines].sort(([, a], [, b]) => (a.tsNs < b.tsNs ? -1 : 1)).slice(0, -MAX_SHOWN);
  oldest.forEach(([key]) => lines.delete(key));
}
