/**
 * Filters as parts of LogQL, for lists, graphs and metrics alike. What a line filter can decide exactly is a line filter;
 * numbers go through a parser, and are checked once more on the records by `accepts`, since a store passes lines
 * whose field is missing.
 */
import { type L4Record, type L7Record } from '@bpfnet/flow-model';
import { DataError } from '../data-error';
import { type AdHocFilter } from '../query/ad-hoc';
import { type CommonFilters, type L4Filters, type L7Filters } from '../query/filters';
import { matchOf, regexOf, type Replace, textOf, type ValueMatch } from '../query/interpolate';
import { lookUpOf } from '../query/look-up';
import { adHocParts } from './ad-hoc-parts';
import {
  anyCountIsPositive,
  anyFieldIs,
  anyNumberIs,
  anywhere,
  fieldContains,
  fieldIs,
  type LineFilter,
} from './line-filters';
import { type FieldCondition, type LogqlParts } from './logql';
import { escapeRegex } from './logql-text';

export interface FilterParts<R> {
  readonly parts: LogqlParts;
  readonly accepts: (record: R) => boolean;
}

const POD_FIELDS = ['k8s_pod_name', 'src_k8s_pod_name', 'dst_k8s_pod_name'];
const NAMESPACE_FIELDS = ['k8s_namespace', 'src_k8s_namespace', 'dst_k8s_namespace'];
export const RETRANSMISSION_FIELDS: readonly string[] = ['tx_retrans', 'rx_retrans'];

/** @throws DataError where a filter makes no sense */
export function l7Parts(filters: L7Filters, replace: Replace, adHoc: readonly AdHocFilter[]): FilterParts<L7Record> {
  const minLatencyMs = numberOf('minimum latency', filters.minLatencyMs, replace);
  const regex = regexOf(filters.resourceRegex, replace, escapeRegex);
  const common = commonParts(filters, replace, adHoc);
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
        ...idIs('request_id', idOf(filters, 'requestId', replace)),
        ...common.lineFilters,
        ...fieldIs('trace_id', matchOf(filters.traceId, replace)),
        ...fieldIs('l7_op', matchOf(filters.op, replace)),
        ...fieldContains('l7_resource', matchOf(filters.resource, replace)),
        ...fieldIs('l7_status', matchOf(filters.status, replace)),
        ...fieldIs('outcome', matchOf(filters.outcome, replace)),
      ],
      conditions: [...conditions, ...common.conditions],
    },
    accepts: (record) => record.latency_ms >= minLatencyMs && retransmissionsOf(record) >= common.minRetransmissions,
  };
}

/** @throws DataError where a filter makes no sense */
export function l4Parts(filters: L4Filters, replace: Replace, adHoc: readonly AdHocFilter[]): FilterParts<L4Record> {
  const minRttMs = numberOf('minimum round trip', filters.minRttMs, replace);
  const common = commonParts(filters, replace, adHoc);
  const slow: readonly FieldCondition[] =
    minRttMs > 0 ? [{ kind: 'atLeast', anyOf: ['tcp_rtt'], value: minRttMs }] : [];
  return {
    parts: {
      source: 'bpf_net_l4_log',
      host: matchOf(filters.host, replace),
      shards: shardsOf(filters, replace),
      lineFilters: [...common.lineFilters, ...fieldIs('end_reason', matchOf(filters.endReason, replace))],
      conditions: [...slow, ...common.conditions],
    },
    accepts: (record) => (record.tcp_rtt ?? 0) >= minRttMs && retransmissionsOf(record) >= common.minRetransmissions,
  };
}

export function retransmissionsOf({ tx_retrans, rx_retrans }: L4Record | L7Record): number {
  return (tx_retrans ?? 0) + (rx_retrans ?? 0);
}

interface CommonParts {
  readonly lineFilters: readonly LineFilter[];
  readonly conditions: readonly FieldCondition[];
  readonly minRetransmissions: number;
}

function commonParts(filters: CommonFilters, replace: Replace, adHoc: readonly AdHocFilter[]): CommonParts {
  const minRetransmissions = numberOf('minimum retransmissions', filters.minRetransmissions, replace);
  const added = adHocParts(adHoc);
  return {
    minRetransmissions,
    lineFilters: [
      ...idIs('inner_traceid', idOf(filters, 'innerTraceId', replace)),
      ...fieldIs('nic_name', matchOf(filters.nic, replace)),
      ...anyFieldIs(NAMESPACE_FIELDS, matchOf(filters.k8sNamespace, replace)),
      ...anyFieldIs(POD_FIELDS, matchOf(filters.pod, replace)),
      ...anyFieldIs(['src_ip', 'dst_ip'], matchOf(filters.address, replace)),
      ...anyNumberIs(['src_port', 'dst_port'], portsOf(matchOf(filters.port, replace))),
      ...fieldIs('l7_proto', matchOf(filters.l7Proto, replace)),
      ...anywhere(matchOf(filters.text, replace)),
      ...(minRetransmissions > 0 ? [anyCountIsPositive(RETRANSMISSION_FIELDS)] : []),
      ...added.lineFilters,
    ],
    conditions: [
      // Both directions add up, and LogQL does not add: either has half of them.
      ...(minRetransmissions > 1
        ? [{ kind: 'atLeast' as const, anyOf: RETRANSMISSION_FIELDS, value: minRetransmissions / 2 }]
        : []),
      ...added.conditions,
    ],
  };
}

type IdFilters = Pick<L7Filters, 'requestId' | 'innerTraceId' | 'flowShard'>;

/** Undefined where the filter is not given. */
function idOf(filters: IdFilters, name: 'requestId' | 'innerTraceId', replace: Replace): string | undefined {
  if (filters[name] === undefined) {
    return undefined;
  }
  const { lookUp } = lookUpOf({ [name]: filters[name] }, replace);
  if (lookUp === undefined) {
    throw new DataError({ kind: 'no-id' });
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

function portsOf(match: ValueMatch): readonly number[] {
  const texts = match.kind === 'any' ? [] : match.values;
  return texts.map((text) => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
    if (port > 65535) {
      throw new DataError({ kind: 'bad-filter', filter: 'port', value: text, wanted: 'a number from 0 to 65535' });
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
    throw new DataError({ kind: 'bad-filter', filter, value: text, wanted: 'a number such as 100' });
  }
  return n;
}
