/**
 * What can go wrong between a panel and the records, each with one sentence that says what to do about it.
 */
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';

export type DataProblem =
  | { readonly kind: 'no-loki-chosen' }
  | { readonly kind: 'loki-missing'; readonly uid: string }
  | { readonly kind: 'loki-wrong-type'; readonly uid: string; readonly type: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string; readonly through: 'datasource' | 'url' }
  | { readonly kind: 'refused'; readonly reason: string; readonly logql: string }
  /** Not the query: Loki's queue was full. */
  | { readonly kind: 'too-many-queries'; readonly reason: string }
  | { readonly kind: 'timed-out'; readonly reason: string }
  | { readonly kind: 'too-many-series'; readonly reason: string }
  | { readonly kind: 'too-much-to-read'; readonly reason: string }
  | { readonly kind: 'bad-answer'; readonly reason: string }
  | { readonly kind: 'bad-filter'; readonly filter: string; readonly value: string; readonly wanted: string }
  | { readonly kind: 'no-id' }
  | { readonly kind: 'bad-id'; readonly id: string }
  | { readonly kind: 'not-found'; readonly what: string }
  | { readonly kind: 'no-records' };

const IN_CONFIGURATION = 'in the configuration of this datasource';

/** One sentence for the user. */
export function problemText(problem: DataProblem): string {
  switch (problem.kind) {
    case 'no-loki-chosen':
      return `No Loki datasource is selected: select one ${IN_CONFIGURATION}, or set a URL there.`;
    case 'loki-missing':
      return `Datasource "${problem.uid}" does not exist, or you are not allowed to use it: select the Loki datasource again ${IN_CONFIGURATION}.`;
    case 'loki-wrong-type':
      return `Datasource "${problem.uid}" is of type "${problem.type}", not Loki: select a Loki datasource ${IN_CONFIGURATION}.`;
    case 'unreachable':
      return `Loki is unreachable (${problem.reason}): check that it is running and that its URL is correct.`;
    case 'forbidden':
      return problem.through === 'datasource'
        ? `Loki denied access (${problem.reason}): check user, token and tenant of the Loki datasource.`
        : `Loki denied access (${problem.reason}): check authentication ${IN_CONFIGURATION}; a tenant is set there as the custom HTTP header X-Scope-OrgID.`;
    case 'refused':
      return `Loki rejected the query (${problem.reason}): narrow the time range or change the filters.`;
    case 'too-many-queries':
      return `Loki is busy (${problem.reason}): try again in a moment. If this keeps happening, reduce query parallelism (max_query_parallelism) or raise max_outstanding_requests_per_tenant in Loki.`;
    case 'timed-out':
      return `The query timed out (${problem.reason}): narrow the time range, or filter by host, which is an indexed label.`;
    case 'too-many-series':
      return `The result exceeds Loki's series limit (${problem.reason}): add filters, or group by a field with fewer values.`;
    case 'too-much-to-read':
      return `The query exceeds Loki's read limits (${problem.reason}): narrow the time range, or filter by host.`;
    case 'bad-answer':
      return `Not a valid Loki response (${problem.reason}): check that the URL points to Loki.`;
    case 'bad-filter':
      return `Invalid ${problem.filter} "${problem.value}": expected ${problem.wanted}.`;
    case 'no-id':
      return 'No request or connection is selected: pick one from a list, or enter an ID, an address with port, or a sequence number.';
    case 'bad-id':
      return `"${problem.id}" cannot be looked up: enter an ID as it appears in records or traces, an address with port, or a sequence number.`;
    case 'not-found':
      return `Nothing found for ${problem.what} in this time range: widen the time range.`;
    case 'no-records':
      return 'No records found in this time range: widen it or remove filters; if it stays empty, check that the collector is running.';
    default:
      return assertUnreachable(problem);
  }
}

const LIMITS: ReadonlySet<DataProblem['kind']> = new Set([
  'timed-out',
  'too-many-queries',
  'too-many-series',
  'too-much-to-read',
]);

/** A limit of the store was reached. The question itself is valid, so a panel shows advice instead of an error. */
export function isLimit({ kind }: DataProblem): boolean {
  return LIMITS.has(kind);
}

export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(readonly problem: DataProblem) {
    super(problemText(problem));
  }
}
