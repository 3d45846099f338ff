/**
 * What a panel may ask: a union on `queryType`. Dashboards' targets are written in it, so names here are kept.
 * Every text may hold template variables; see interpolate.ts for what they become.
 */
import { type DataQuery } from '@grafana/schema';

export const QUERY_TYPES = ['l7List', 'l4List', 'packets', 'hops', 'records'] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

/** A text with template variables, or several of them; a record passes where it fits any. */
export type FilterText = string | readonly string[];

/** Empty and absent filters let everything through; a variable's `All` too. */
export interface CommonFilters {
  /** Host that captured. */
  readonly host?: FilterText;
  /** NIC name. */
  readonly nic?: FilterText;
  /** Namespace of the NIC's owner, or of either side. */
  readonly k8sNamespace?: FilterText;
  /** Pod of the NIC's owner, or of either side. */
  readonly pod?: FilterText;
  /** Address of either side, whole. */
  readonly address?: FilterText;
  /** Port of either side. */
  readonly port?: FilterText;
  readonly l7Proto?: FilterText;
  /** Anything that stands in the record, upper or lower case. */
  readonly text?: string;
  /** One connection at one NIC. Where it is given and empty, nothing is listed. */
  readonly innerTraceId?: string;
  /** Shard of the connection of `innerTraceId` or `requestId`, where a link knows it. */
  readonly flowShard?: number | string;
}

export interface L7Filters extends CommonFilters {
  /** One request, at every NIC that saw it. Where it is given and empty, nothing is listed. */
  readonly requestId?: string;
  /** `l7_op`: GET, A, RETR, … */
  readonly op?: FilterText;
  /** Part of `l7_resource`. */
  readonly resource?: string;
  /** Regular expression (RE2) found anywhere in `l7_resource`. Template variables in it are escaped. */
  readonly resourceRegex?: string;
  readonly status?: FilterText;
  readonly outcome?: FilterText;
  /** ms; a number or a text that becomes one. */
  readonly minLatencyMs?: number | string;
}

export interface L4Filters extends CommonFilters {
  /** Retransmissions of either direction in one chunk. */
  readonly minRetransmissions?: number | string;
  readonly endReason?: FilterText;
}

interface BaseQuery extends DataQuery {
  readonly queryType: QueryType;
}

export type ListSort = 'newest' | 'slowest';

/** One row a request at a NIC; with `fold: 'request'` one row a request, as the NIC nearest to the client saw it. */
export interface L7ListQuery extends BaseQuery {
  readonly queryType: 'l7List';
  readonly filters?: L7Filters;
  readonly limit?: number;
  readonly sort?: ListSort;
  readonly fold?: 'nic' | 'request';
}

/** One row a chunk of a connection at a NIC. */
export interface L4ListQuery extends BaseQuery {
  readonly queryType: 'l4List';
  readonly filters?: L4Filters;
  readonly limit?: number;
  /** `slowest` is by round trip time. */
  readonly sort?: ListSort;
}

/** Which request or connection. The first that is set counts, in this order. */
export interface LookUpIds {
  readonly requestId?: string;
  readonly l7TraceId?: string;
  readonly nicTraceId?: string;
  readonly innerTraceId?: string;
  /** Shard of the connection where a link knows it; a number or a text that becomes one. */
  readonly flowShard?: number | string;
}

/** The packets of a connection. */
export interface PacketsQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'packets';
  /** `one`: at the NIC that `innerTraceId` names, else at the one nearest to the client. */
  readonly nics?: 'all' | 'one';
}

/** The way of one request over all NICs. */
export interface HopsQuery extends BaseQuery, Pick<LookUpIds, 'requestId' | 'l7TraceId' | 'flowShard'> {
  readonly queryType: 'hops';
}

/** The records of a request or connection as log lines. */
export interface RecordsQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'records';
  /** As for packets; all NICs unless given. */
  readonly nics?: 'all' | 'one';
}

export type FlowQuery = L7ListQuery | L4ListQuery | PacketsQuery | HopsQuery | RecordsQuery;

export const DEFAULT_LIST_LIMIT = 200;

/** Loki's default for lines in one answer. */
export const MAX_LINES = 5000;

export const DEFAULT_QUERY: Omit<L7ListQuery, 'refId'> = {
  queryType: 'l7List',
  filters: {},
  limit: DEFAULT_LIST_LIMIT,
  sort: 'newest',
};

export function assertUnreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}

/** A target as stored, possibly without `queryType` (new in Explore), as a query. */
export function readQuery(target: FlowQuery | (DataQuery & { readonly queryType?: string })): FlowQuery {
  const known = QUERY_TYPES.find((type) => type === target.queryType);
  return known === undefined ? { ...DEFAULT_QUERY, ...target, queryType: 'l7List' } : (target as FlowQuery);
}
