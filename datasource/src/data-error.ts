/**
 * What can go wrong between a panel and the records, each with one sentence that tells the user what to do.
 */
import { assertUnreachable } from './query/flow-query';

export type DataProblem =
  | { readonly kind: 'no-loki-chosen' }
  | { readonly kind: 'loki-missing'; readonly uid: string }
  | { readonly kind: 'loki-wrong-type'; readonly uid: string; readonly type: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly logql: string }
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
      return `No Loki datasource is chosen: pick one ${IN_CONFIGURATION}, or give a URL there.`;
    case 'loki-missing':
      return `There is no datasource with uid "${problem.uid}" that you may use: pick the Loki datasource again ${IN_CONFIGURATION}.`;
    case 'loki-wrong-type':
      return `The datasource "${problem.uid}" is of type "${problem.type}", not Loki: pick a Loki datasource ${IN_CONFIGURATION}.`;
    case 'unreachable':
      return `Loki cannot be reached (${problem.reason}): check that it runs and that its URL is right.`;
    case 'forbidden':
      return `Loki does not let us in (${problem.reason}): check user, token and tenant of the Loki datasource.`;
    case 'refused':
      return `Loki refused the query (${problem.reason}): narrow the time range or change the filters.`;
    case 'timed-out':
      return `Loki did not finish in time (${problem.reason}): narrow the time range, or filter by host, which Loki finds without reading.`;
    case 'too-many-series':
      return `The answer has more series than Loki gives (${problem.reason}): add filters, or split by a field with fewer values.`;
    case 'too-much-to-read':
      return `Loki would have to read more than it may (${problem.reason}): narrow the time range, or filter by host.`;
    case 'bad-answer':
      return `The answer is not one of Loki's (${problem.reason}): check that the URL belongs to a Loki.`;
    case 'bad-filter':
      return `The filter ${problem.filter} has "${problem.value}": give ${problem.wanted}.`;
    case 'no-id':
      return 'No request or connection is chosen: pick one in a list, or give an id, an address with port, or a sequence number.';
    case 'bad-id':
      return `"${problem.id}" names nothing that can be looked up: give an id as the records or traces have it, an address with port, or a sequence number.`;
    case 'not-found':
      return `Nothing was found for ${problem.what} in this time range: widen the time range.`;
    case 'no-records':
      return 'No records were found in this time range: widen it or take filters away; if it stays empty, check that the collector is running.';
    default:
      return assertUnreachable(problem);
  }
}

/** What a limit of the store stopped. Nothing is wrong with the question, so a panel shows advice instead of an error. */
export function isLimit(problem: DataProblem): boolean {
  return problem.kind === 'timed-out' || problem.kind === 'too-many-series' || problem.kind === 'too-much-to-read';
}

export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(readonly problem: DataProblem) {
    super(problemText(problem));
  }
}
