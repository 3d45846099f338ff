import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type FlowQuery, type LookUpIds } from './flow-query';

/** A query in one line, for headings and history. */
export function displayText(query: FlowQuery): string {
  switch (query.queryType) {
    case 'l7List':
      return withFilters(`${query.sort ?? 'newest'} requests`, query.filters);
    case 'l4List':
      return withFilters(`${query.sort ?? 'newest'} connections`, query.filters);
    case 'nicGraph':
      return withFilters('NICs of requests', query.filters);
    case 'metrics':
      return withFilters(`${query.metric ?? 'rate'}${query.by === undefined ? '' : ` by ${query.by}`}`, query.filters);
    case 'events':
      return withFilters('events', query.filters);
    case 'story':
      return `story of ${idText(query)}`;
    case 'packets':
      return `packets of ${idText(query)}`;
    case 'hops':
      return `path of ${idText(query)}`;
    case 'trace':
      return `trace of ${idText(query)}`;
    case 'related':
      return `records related to ${idText(query)}`;
    case 'records':
      return `records of ${idText(query)}`;
    default:
      return assertUnreachable(query);
  }
}

function withFilters(what: string, filters: object = {}): string {
  const given = Object.entries(filters)
    .filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' or ') : String(value)}`);
  return [what, ...given].join(', ');
}

function idText({ requestId, l7TraceId, nicTraceId, innerTraceId, searchTerm }: LookUpIds): string {
  const request = requestId || l7TraceId;
  const connection = nicTraceId || innerTraceId;
  return request ? `request ${request}` : connection ? `connection ${connection}` : searchTerm || 'nothing yet';
}
