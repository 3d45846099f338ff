/**
 * A failed request, as Grafana's fetch or a wrapped datasource reports it, as a problem with advice.
 */
import { DataError } from '../data-error';

interface Reported {
  readonly status: number | undefined;
  readonly message: string;
}

interface Failed {
  readonly logql: string;
  /** How Loki was reached: where its permissions are set. */
  readonly through: 'datasource' | 'url';
}

export function failureOf(error: unknown, { logql, through }: Failed): DataError {
  if (error instanceof DataError) {
    return error;
  }
  const { status, message } = reported(error);
  if (status === 401 || status === 403) {
    return new DataError({ kind: 'forbidden', reason: message, through });
  }
  if (status === 404) {
    return new DataError({ kind: 'bad-answer', reason: message });
  }
  const limit = LIMITS.find(({ says }) => says.test(message))?.kind;
  if (limit !== undefined || status === 429 || status === 504) {
    return new DataError({ kind: limit ?? (status === 429 ? 'too-many-queries' : 'timed-out'), reason: message });
  }
  if (status === 0 || status === 502 || status === 503 || (status === undefined && UNREACHABLE.test(message))) {
    return new DataError({ kind: 'unreachable', reason: message });
  }
  return new DataError({ kind: 'refused', reason: message, logql });
}

const UNREACHABLE = /connection refused|no such host|failed to fetch|network ?error|bad gateway|unavailable/i;

/** As Loki, its query frontend and proxies in front of it word them. */
const LIMITS: ReadonlyArray<{
  readonly kind: 'timed-out' | 'too-many-queries' | 'too-many-series' | 'too-much-to-read';
  readonly says: RegExp;
}> = [
  { kind: 'timed-out', says: /context deadline exceeded|request timed out|query time-?out|timed? ?out|time limit/i },
  { kind: 'too-many-queries', says: /too many outstanding requests|too many requests/i },
  { kind: 'too-many-series', says: /maximum (?:number )?of series|max(?:imum)? series/i },
  {
    kind: 'too-much-to-read',
    says: /too many bytes|query (?:is )?too (?:large|long)|time range exceeds the limit|max_query_length|too many chunks/i,
  },
];

function reported(error: unknown): Reported {
  if (typeof error === 'string') {
    return { status: undefined, message: oneLine(error) };
  }
  if (typeof error !== 'object' || error === null) {
    return { status: undefined, message: 'unknown reason' };
  }
  const { status, statusText, message, data } = error as Readonly<Record<string, unknown>>;
  const body = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  const text = [typeof data === 'string' ? data : undefined, body.message, body.error, message, statusText].find(
    (one): one is string => typeof one === 'string' && one.trim() !== ''
  );
  return {
    status: typeof status === 'number' ? status : undefined,
    message: oneLine(text ?? (typeof status === 'number' ? `status ${status}` : 'unknown reason')),
  };
}

/** A server's text may be a page of HTML or a stack: one line of it is enough. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
