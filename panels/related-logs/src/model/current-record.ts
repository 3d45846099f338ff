import { type LogRow, numberAt, type RelatedLogs, textAt } from './related-logs';

interface PageSubject {
  readonly requestId: string;
  /** '' if the page does not show one flow. */
  readonly innerTraceId: string;
}

/**
 * Is a record the one that the page is about? The request at the NIC that the page shows, else at the one nearest to the
 * client, where it took longest. If the page names no request, all records of the flow are.
 */
export function currentRecord({ tabs }: RelatedLogs, subject: PageSubject): (row: LogRow) => boolean {
  const inner =
    subject.innerTraceId ||
    nearestInner(
      tabs.flatMap(({ rows }) => rows),
      subject.requestId
    );
  if (inner === '') {
    return () => false;
  }
  return subject.requestId === ''
    ? (row) => textAt(row, 'inner_traceid') === inner
    : (row) => textAt(row, 'inner_traceid') === inner && textAt(row, 'request_id') === subject.requestId;
}

function nearestInner(rows: readonly LogRow[], requestId: string): string {
  const same = requestId === '' ? [] : rows.filter((row) => textAt(row, 'request_id') === requestId);
  const longest = same.reduce<LogRow | undefined>(
    (best, row) => (best === undefined || latencyOf(row) > latencyOf(best) ? row : best),
    undefined
  );
  return longest === undefined ? '' : textAt(longest, 'inner_traceid');
}

const latencyOf = (row: LogRow) => numberAt(row, 'latency_ms') ?? -1;
