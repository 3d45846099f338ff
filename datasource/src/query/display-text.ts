import { assertUnreachable, type FlowQuery } from './flow-query';

/** A query in one line, for headings and history. */
export function displayText(query: FlowQuery): string {
  switch (query.queryType) {
    case 'l7List':
    case 'l4List': {
      const filters = Object.entries(query.filters ?? {})
        .filter(([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
        .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' or ') : String(value)}`);
      const what = query.queryType === 'l7List' ? 'requests' : 'connections';
      return [`${query.sort ?? 'newest'} ${what}`, ...filters].join(', ');
    }
    case 'packets':
      return `packets of ${idText(query)}`;
    case 'hops':
      return `path of ${idText(query)}`;
    case 'records':
      return `records of ${idText(query)}`;
    default:
      return assertUnreachable(query);
  }
}

interface Ids {
  readonly requestId?: string;
  readonly l7TraceId?: string;
  readonly nicTraceId?: string;
  readonly innerTraceId?: string;
}

function idText({ requestId, l7TraceId, nicTraceId, innerTraceId }: Ids): string {
  const request = requestId || l7TraceId;
  const connection = nicTraceId || innerTraceId;
  return request ? `request ${request}` : connection ? `connection ${connection}` : 'nothing yet';
}
