/**
 * A list query as LogQL. What a line filter can decide exactly stands in the line filters; numbers go through a parser, and
 * are checked once more on the records by `accepts`, since a store passes lines whose field is missing.
 */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { type DataProblem } from '../data-error';
import {
  type CommonFilters,
  DEFAULT_LIST_LIMIT,
  type L4ListQuery,
  type L7Filters,
  type L7ListQuery,
  type ListSort,
  MAX_LINES,
} from '../query/flow-query';
import { lookUpOf, matchOf, regexOf, type Replace, textOf, type ValueMatch } from '../query/interpolate';
import {
  anyCountIsPositive,
  anyFieldIs,
  anyNumberIs,
  anywhere,
  escapeRegex,
  fieldContains,
  type FieldCondition,
  fieldIs,
  type LineFilter,
  type LogqlParts,
} from './logql';

export interface ListPlan<R> {
  readonly parts: LogqlParts;
  readonly limit: number;
  readonly sort: ListSort;
  readonly accepts: (record: R) => boolean;
  /** The list is of one request: its rows are the NICs that it crossed, client first. */
  readonly ofOneRequest?: boolean;
}

export type Planned<R> =
  { readonly ok: true; readonly plan: ListPlan<R> } | { readonly ok: false; readonly problem: DataProblem };

const POD_FIELDS = ['k8s_pod_name', 'src_k8s_pod_name', 'dst_k8s_pod_name'];
const NAMESPACE_FIELDS = ['k8s_namespace', 'src_k8s_namespace', 'dst_k8s_namespace'];

class BadFilter extends Error {
  constructor(readonly problem: DataProblem) {
    super(problem.kind);
  }
}

export function planL7List(query: L7ListQuery, replace: Replace): Planned<L7Record> {
  const filters = query.filters ?? {};
  return planned(() => {
    const minLatencyMs = numberOf('minimum latency', filters.minLatencyMs, replace);
    const regex = regexOf(filters.resourceRegex, replace, escapeRegex);
    const requestId = idOf(filters, 'requestId', replace);
    const conditions: FieldCondition[] = [];
    if (minLatencyMs > 0) {
      conditions.push({ kind: 'atLeast', anyOf: ['latency_ms'], value: minLatencyMs });
    }
    if (regex !== '') {
      conditions.push({ kind: 'found', field: 'l7_resource', regex });
    }
    return {
      parts: {
        source: 'bpf_net_l7_log',
        host: matchOf(filters.host, replace),
        shards: shardsOf(filters, replace),
        lineFilters: [
          ...idIs('request_id', requestId),
          ...commonFilters(filters, replace),
          ...fieldIs('l7_op', matchOf(filters.op, replace)),
          ...fieldContains('l7_resource', matchOf(filters.resource, replace)),
          ...fieldIs('l7_status', matchOf(filters.status, replace)),
          ...fieldIs('outcome', matchOf(filters.outcome, replace)),
        ],
        conditions,
      },
      limit: limitOf(query.limit),
      sort: query.sort ?? 'newest',
      accepts: (record) => record.latency_ms >= minLatencyMs,
      ofOneRequest: requestId !== undefined,
    };
  });
}

export function planL4List(query: L4ListQuery, replace: Replace): Planned<L4Record> {
  const filters = query.filters ?? {};
  return planned(() => {
    const minRetransmissions = numberOf('minimum retransmissions', filters.minRetransmissions, replace);
    const lineFilters: LineFilter[] = [
      ...commonFilters(filters, replace),
      ...fieldIs('end_reason', matchOf(filters.endReason, replace)),
    ];
    if (minRetransmissions > 0) {
      lineFilters.push(anyCountIsPositive(RETRANSMISSION_FIELDS));
    }
    return {
      parts: {
        source: 'bpf_net_l4_log',
        host: matchOf(filters.host, replace),
        shards: shardsOf(filters, replace),
        lineFilters,
        conditions:
          minRetransmissions > 1
            ? [{ kind: 'atLeast', anyOf: RETRANSMISSION_FIELDS, value: minRetransmissions / 2 }]
            : [],
      },
      limit: limitOf(query.limit),
      sort: query.sort ?? 'newest',
      accepts: (record) => (record.tx_retrans ?? 0) + (record.rx_retrans ?? 0) >= minRetransmissions,
    };
  });
}

const RETRANSMISSION_FIELDS = ['tx_retrans', 'rx_retrans'];

function planned<R>(make: () => ListPlan<R>): Planned<R> {
  try {
    return { ok: true, plan: make() };
  } catch (error) {
    if (error instanceof BadFilter) {
      return { ok: false, problem: error.problem };
    }
    throw error;
  }
}

type IdFilters = Pick<L7Filters, 'requestId' | 'innerTraceId' | 'flowShard'>;

/** Undefined where the filter is not given. */
function idOf(filters: IdFilters, name: 'requestId' | 'innerTraceId', replace: Replace): string | undefined {
  if (filters[name] === undefined) {
    return undefined;
  }
  const { lookUp } = lookUpOf({ [name]: filters[name] }, replace);
  if (lookUp === undefined) {
    throw new BadFilter({ kind: 'no-id' });
  }
  return lookUp.id;
}

function idIs(field: string, id: string | undefined): readonly LineFilter[] {
  return id === undefined ? [] : fieldIs(field, { kind: 'oneOf', values: [id] });
}

/** A shard says nothing without the connection that it belongs to. */
function shardsOf(filters: IdFilters, replace: Replace): readonly number[] {
  const { flowShard } = lookUpOf({ flowShard: filters.flowShard }, replace);
  const ofOneConnection = filters.requestId !== undefined || filters.innerTraceId !== undefined;
  return ofOneConnection && flowShard !== undefined ? [flowShard] : [];
}

function commonFilters(filters: CommonFilters, replace: Replace): readonly LineFilter[] {
  return [
    ...idIs('inner_traceid', idOf(filters, 'innerTraceId', replace)),
    ...fieldIs('nic_name', matchOf(filters.nic, replace)),
    ...anyFieldIs(NAMESPACE_FIELDS, matchOf(filters.k8sNamespace, replace)),
    ...anyFieldIs(POD_FIELDS, matchOf(filters.pod, replace)),
    ...anyFieldIs(['src_ip', 'dst_ip'], matchOf(filters.address, replace)),
    ...anyNumberIs(['src_port', 'dst_port'], portsOf(matchOf(filters.port, replace))),
    ...fieldIs('l7_proto', matchOf(filters.l7Proto, replace)),
    ...anywhere(matchOf(filters.text, replace)),
  ];
}

function portsOf(match: ValueMatch): readonly number[] {
  const texts = match.kind === 'any' ? [] : match.values;
  return texts.map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
    if (port > 65535) {
      throw new BadFilter({ kind: 'bad-filter', filter: 'port', value: text, wanted: 'a number from 0 to 65535' });
    }
    return port;
  });
}

/** A number that is 0 or more; 0 for none. */
function numberOf(filter: string, value: number | string | undefined, replace: Replace): number {
  const text = textOf(value, replace);
  if (text === '') {
    return 0;
  }
  const n = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(n)) {
    throw new BadFilter({ kind: 'bad-filter', filter, value: text, wanted: 'a number such as 100' });
  }
  return n;
}

function limitOf(limit: number | undefined): number {
  return limit !== undefined && Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LINES) : DEFAULT_LIST_LIMIT;
}
