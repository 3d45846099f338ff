/**
 * Records related to a request in three dimensions: the same connection at one NIC, the same request (and others of its
 * connection) at every NIC, and the connections that carry it. A record appears once per dimension, under the closest id that joins it.
 */
import { type RecordSource } from '@bpfnet/flow-model';
import { type RelatedDimension } from '@bpfnet/flow-model/frames';
import { orderPath } from '../path/path-order';
import { oncePerNic, pathPointOf } from '../path/exchange-at-nic';
import { type LookUpResult } from './connection-records';
import { type StoredL4, type StoredL7 } from './record-reader';

type JoinedBy = 'inner_traceid' | 'request_id' | 'l7_traceid' | 'nic_traceid';

type RelatedRecord = {
  readonly joinedBy: JoinedBy;
  /** Value of that field. */
  readonly value: string;
} & (({ readonly source: 'bpf_net_l4_log' } & StoredL4) | ({ readonly source: 'bpf_net_l7_log' } & StoredL7));

export type Related = Readonly<Record<RelatedDimension, readonly RelatedRecord[]>>;

/** @param innerTraceId the NIC that is looked from; '' for the one nearest to the client */
export function relatedRecords(connections: LookUpResult, innerTraceId: string): Related {
  const { focus, exchanges: spans, chunks } = connections;
  const inner = innerTraceId || pathOf(connections)[0] || (chunks[0]?.record.inner_traceid ?? '');
  const one = focus[0]?.record;
  return {
    connection: [
      ...spans
        .filter(({ record }) => record.inner_traceid === inner)
        .map((span) => ofSpan(span, 'inner_traceid', inner)),
      ...chunks
        .filter(({ record }) => record.inner_traceid === inner)
        .map((chunk) => ofChunk(chunk, 'inner_traceid', inner)),
    ],
    request: spans.flatMap((span) => {
      const { request_id, l7_traceid, nic_traceid } = span.record;
      if (one !== undefined && request_id === one.request_id) {
        return [ofSpan(span, 'request_id', request_id)];
      }
      if (one?.l7_traceid !== undefined && l7_traceid === one.l7_traceid) {
        return [ofSpan(span, 'l7_traceid', l7_traceid)];
      }
      return nic_traceid === undefined ? [] : [ofSpan(span, 'nic_traceid', nic_traceid)];
    }),
    transport: chunks.map((chunk) =>
      chunk.record.nic_traceid === undefined
        ? ofChunk(chunk, 'inner_traceid', chunk.record.inner_traceid)
        : ofChunk(chunk, 'nic_traceid', chunk.record.nic_traceid)
    ),
  };
}

/** The connection at each NIC that saw the request, client first. */
export function pathOf({ focus, exchanges: spans }: Pick<LookUpResult, 'focus' | 'exchanges'>): readonly string[] {
  const at = focus.length > 0 ? focus : spans;
  return orderPath(oncePerNic(at).map(pathPointOf)).points.map(({ span }) => span.record.inner_traceid);
}

function ofSpan(span: StoredL7, joinedBy: JoinedBy, value: string): RelatedRecord {
  return { source: 'bpf_net_l7_log', ...span, joinedBy, value };
}

function ofChunk(chunk: StoredL4, joinedBy: JoinedBy, value: string): RelatedRecord {
  return { source: 'bpf_net_l4_log', ...chunk, joinedBy, value };
}

interface RelatedCount {
  readonly joinedBy: JoinedBy;
  readonly value: string;
  readonly source: RecordSource;
  readonly count: number;
}

export function countRelated(records: readonly RelatedRecord[]): readonly RelatedCount[] {
  const counts = new Map<string, { joinedBy: JoinedBy; value: string; source: RecordSource; count: number }>();
  for (const { joinedBy, value, source } of records) {
    const key = `${joinedBy} ${value} ${source}`;
    const count = counts.get(key) ?? { joinedBy, value, source, count: 0 };
    counts.set(key, count);
    count.count++;
  }
  return [...counts.values()];
}
