/**
 * What a panel may ask: a union on `queryType`. Dashboards' targets are written in it, so names here are kept.
 * Every text may hold template variables; see interpolate.ts for what they become.
 */
import { type RelatedDimension } from '@bpfnet/flow-model/frames';
import { type DataQuery } from '@grafana/schema';
import { type L4Filters, type L7Filters } from './filters';

const QUERY_TYPES = [
  'l7List',
  'l4List',
  'story',
  'hops',
  'trace',
  'packets',
  'related',
  'records',
  'nicGraph',
  'metrics',
  'events',
] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

interface BaseQuery extends DataQuery {
  readonly queryType: QueryType;
}

/** `worst`: failures first, then by retransmissions, then by time. */
export const LIST_SORTS = ['newest', 'slowest', 'worst'] as const;
export type ListSort = (typeof LIST_SORTS)[number];
/** A template variable may say it. */
type SortText = ListSort | `$${string}`;

/** One row per request and NIC; with `fold: 'request'` one row per request, as the NIC nearest to the client saw it. */
export interface L7ListQuery extends BaseQuery {
  readonly queryType: 'l7List';
  readonly filters?: L7Filters;
  readonly limit?: number;
  readonly sort?: SortText;
  readonly fold?: 'nic' | 'request';
}

/** One row per chunk of a connection, per NIC. */
export interface L4ListQuery extends BaseQuery {
  readonly queryType: 'l4List';
  readonly filters?: L4Filters;
  readonly limit?: number;
  /** `slowest` is by round trip time. */
  readonly sort?: SortText;
}

/** Which request or connection. The first that is set counts, in this order. */
export interface LookUpIds {
  readonly requestId?: string;
  readonly l7TraceId?: string;
  readonly nicTraceId?: string;
  readonly innerTraceId?: string;
  /** Anything that leads to a request: any id of it or of its trace, `address:port`, an address, a sequence number. */
  readonly searchTerm?: string;
  /** Shard of the connection where a link knows it; a number or a text that becomes one. */
  readonly flowShard?: number | string;
  /** When it happened where a link knows it, ns or ms since the Unix epoch; narrows what is read. */
  readonly at?: number | string;
}

/** The packets of a connection. */
export interface PacketsQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'packets';
  /** `one`: at the NIC that `innerTraceId` names, else at the one nearest to the client. */
  readonly nics?: 'all' | 'one';
}

/** The way of one request over all NICs. */
export interface HopsQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'hops';
}

/** The way of one request as a trace: one span per NIC. */
export interface TraceQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'trace';
}

/** The records of a request or connection as log lines. */
export interface RecordsQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'records';
  /** As for packets; all NICs unless given. */
  readonly nics?: 'all' | 'one';
}

/** Parts of a story, one frame each. */
export const STORY_PARTS = ['verdict', 'parts', 'hops', 'losses', 'caveats', 'nics', 'requests'] as const;
export type StoryPart = (typeof STORY_PARTS)[number];

/** What happened to a request, and why. */
export interface StoryQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'story';
  /** One part, for panels that show one frame; all unless given. */
  readonly part?: StoryPart;
}

/** Records related to a request, by dimension, with counts. */
export interface RelatedQuery extends BaseQuery, LookUpIds {
  readonly queryType: 'related';
  /** One dimension; counts and lines of all three unless given. */
  readonly dimension?: RelatedDimension;
}

/** All requests of a filter folded into NICs and what lies between. */
export interface NicGraphQuery extends BaseQuery {
  readonly queryType: 'nicGraph';
  readonly filters?: L7Filters;
}

export const METRICS = [
  'rate',
  'errorRatio',
  'latency',
  'rtt',
  'retransmissionRatio',
  'lossRatio',
  'connectFailures',
] as const;
export type Metric = (typeof METRICS)[number];

/** Fields with few values, by which metrics may be split. */
export const GROUP_FIELDS = [
  'host',
  'nic_name',
  'k8s_namespace',
  'l7_proto',
  'l7_op',
  'l7_status',
  'outcome',
  'direction',
  'end_reason',
  'server_port',
] as const;
export type GroupField = (typeof GROUP_FIELDS)[number];

/** Time series over requests or connections. */
export interface MetricsQuery extends BaseQuery {
  readonly queryType: 'metrics';
  readonly metric?: Metric;
  readonly by?: GroupField;
  /** For `latency` and `rtt`: shares in percent, 50 and 95 unless given. */
  readonly quantiles?: readonly number[];
  /** Those of the lists; what the metric's records do not have is left out. */
  readonly filters?: L7Filters & L4Filters;
}

export const EVENT_KINDS = ['resets', 'captureLoss', 'unanswered'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** Moments worth a mark on a graph: bursts of resets, of unanswered requests, and capture drops. */
export interface EventsQuery extends BaseQuery {
  readonly queryType: 'events';
  /** All unless given. */
  readonly kinds?: readonly EventKind[];
  /** Minimum count per step. Unless given: 5, if clearly above the range's baseline, and 1 for capture drops. */
  readonly atLeast?: number;
  readonly filters?: L7Filters & L4Filters;
}

export type LookUpQuery = PacketsQuery | HopsQuery | TraceQuery | RecordsQuery | StoryQuery | RelatedQuery;

export type FlowQuery = L7ListQuery | L4ListQuery | LookUpQuery | NicGraphQuery | MetricsQuery | EventsQuery;

export const DEFAULT_LIST_LIMIT = 200;

/** Loki's default for lines in one answer. */
export const MAX_LINES = 5000;

export const DEFAULT_QUERY: Omit<L7ListQuery, 'refId'> = {
  queryType: 'l7List',
  filters: {},
  limit: DEFAULT_LIST_LIMIT,
  sort: 'newest',
};

/** A target as stored, possibly without `queryType` (new in Explore), as a query. */
export function readQuery(target: FlowQuery | (DataQuery & { readonly queryType?: string })): FlowQuery {
  const known = QUERY_TYPES.find((type) => type === target.queryType);
  return known === undefined ? { ...DEFAULT_QUERY, ...target, queryType: 'l7List' } : (target as FlowQuery);
}
