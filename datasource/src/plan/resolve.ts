/**
 * A query with its template variables replaced by their values, as Explore and other pages without the dashboard need it.
 */
import { escapeRegex } from './logql-text';
import { type FilterText, type L4Filters, type L7Filters } from '../query/filters';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type FlowQuery } from '../query/flow-query';
import { matchOf, regexOf, type Replace, textOf } from '../query/interpolate';
import { lookUpOf } from '../query/look-up';

export function resolveQuery(query: FlowQuery, replace: Replace): FlowQuery {
  switch (query.queryType) {
    case 'l7List':
    case 'l4List':
    case 'nicGraph':
    case 'metrics':
    case 'events':
      return { ...query, filters: resolveFilters(query.filters ?? {}, replace) };
    case 'packets':
    case 'hops':
    case 'trace':
    case 'story':
    case 'related':
    case 'records': {
      const { flowShard, atNs } = lookUpOf(query, replace);
      return {
        ...query,
        requestId: textOf(query.requestId, replace) || undefined,
        l7TraceId: textOf(query.l7TraceId, replace) || undefined,
        nicTraceId: textOf(query.nicTraceId, replace) || undefined,
        innerTraceId: textOf(query.innerTraceId, replace) || undefined,
        searchTerm: textOf(query.searchTerm, replace) || undefined,
        flowShard,
        at: atNs?.toString(),
      };
    }
    default:
      return assertUnreachable(query);
  }
}

function resolveFilters<F extends L7Filters | L4Filters>(filters: F, replace: Replace): F {
  const resolved = Object.entries(filters).map(([name, value]: [string, FilterText | number | undefined]) => {
    if (name === 'resourceRegex') {
      return [name, regexOf(String(value ?? ''), replace, escapeRegex)];
    }
    if (typeof value === 'number' || NUMBERS.has(name)) {
      return [name, textOf(typeof value === 'object' ? value[0] : value, replace)];
    }
    const match = matchOf(value, replace);
    return [name, match.kind === 'any' ? undefined : match.values.length === 1 ? match.values[0] : match.values];
  });
  return Object.fromEntries(resolved) as F;
}

const NUMBERS: ReadonlySet<string> = new Set(['minLatencyMs', 'minRetransmissions', 'minRttMs']);
