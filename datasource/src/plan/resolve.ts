/**
 * A query with its template variables replaced by their values, as Explore and other pages without the dashboard need it.
 */
import { escapeRegex } from './logql';
import {
  assertUnreachable,
  type FilterText,
  type FlowQuery,
  type L4Filters,
  type L7Filters,
} from '../query/flow-query';
import { lookUpOf, matchOf, regexOf, type Replace, textOf } from '../query/interpolate';

export function resolveQuery(query: FlowQuery, replace: Replace): FlowQuery {
  switch (query.queryType) {
    case 'l7List':
    case 'l4List':
      return { ...query, filters: resolveFilters(query.filters ?? {}, replace) };
    case 'packets':
    case 'hops':
    case 'records': {
      const { lookUp, innerTraceId, flowShard } = lookUpOf(query, replace);
      const id = lookUp?.id ?? '';
      return {
        ...query,
        requestId: lookUp?.by === 'request' ? id : undefined,
        l7TraceId: lookUp?.by === 'l7Trace' ? id : undefined,
        ...(query.queryType === 'hops'
          ? {}
          : { nicTraceId: lookUp?.by === 'connection' ? id : undefined, innerTraceId: innerTraceId || undefined }),
        flowShard,
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

const NUMBERS: ReadonlySet<string> = new Set(['minLatencyMs', 'minRetransmissions']);
