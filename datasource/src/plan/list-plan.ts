/** A list query as LogQL, with what LogQL cannot do beside it: order, limit, and conditions over two fields. */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { type AdHocFilter } from '../query/ad-hoc';
import {
  DEFAULT_LIST_LIMIT,
  type L4ListQuery,
  type L7ListQuery,
  LIST_SORTS,
  type ListSort,
  MAX_LINES,
} from '../query/flow-query';
import { type Replace, textOf } from '../query/interpolate';
import { type FilterParts, l4Parts, l7Parts } from './filter-parts';

export interface ListPlan<R> extends FilterParts<R> {
  readonly limit: number;
  readonly sort: ListSort;
  /** The list is of one request: its rows are the NICs that it crossed, client first. */
  readonly ofOneRequest?: boolean;
}

/** @throws DataError where a filter makes no sense */
export function planL7List(
  query: L7ListQuery,
  replace: Replace,
  adHoc: readonly AdHocFilter[] = []
): ListPlan<L7Record> {
  return {
    ...l7Parts(query.filters ?? {}, replace, adHoc),
    limit: limitOf(query.limit),
    sort: sortOf(query.sort, replace),
    ofOneRequest: query.filters?.requestId !== undefined,
  };
}

/** @throws DataError where a filter makes no sense */
export function planL4List(
  query: L4ListQuery,
  replace: Replace,
  adHoc: readonly AdHocFilter[] = []
): ListPlan<L4Record> {
  return {
    ...l4Parts(query.filters ?? {}, replace, adHoc),
    limit: limitOf(query.limit),
    sort: sortOf(query.sort, replace),
  };
}

function sortOf(sort: string | undefined, replace: Replace): ListSort {
  const text = textOf(sort, replace);
  return LIST_SORTS.find((known) => known === text) ?? 'newest';
}

function limitOf(limit: number | undefined): number {
  return limit !== undefined && Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LINES) : DEFAULT_LIST_LIMIT;
}
