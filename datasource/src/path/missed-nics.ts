/** NICs that captured a connection and did not see a request of it, judged by their counters alone. */
import { seqLess, toSeq } from '@bpfnet/flow-model';
import { orderPath, type PathPoint } from './path-order';
import { type ChunkAtNic, clientIsSrc, type ExchangeAtNic } from './exchange-at-nic';

/**
 * No span there, and the client's bytes end before it. In the
 * order of the connection's own start.
 */
export function missedAt(path: readonly ExchangeAtNic[], chunks: readonly ChunkAtNic[]): readonly ChunkAtNic[] {
  const requestSeq = path[0].record.req_seq;
  const seen = new Set(path.map(({ record }) => record.inner_traceid));
  if (requestSeq === undefined || path.some(({ record }) => record.outcome !== 'unanswered')) {
    return [];
  }
  const byNic = new Map<string, ChunkAtNic[]>();
  for (const chunk of chunks) {
    if (!seen.has(chunk.record.inner_traceid)) {
      byNic.set(chunk.record.inner_traceid, [...(byNic.get(chunk.record.inner_traceid) ?? []), chunk]);
    }
  }
  const missed = [...byNic.values()].filter(
    (ofNic) =>
      // Until the connection has ended, a chunk with the request may still be on its way to the store.
      ofNic.some(({ record }) => record.end_reason !== undefined) &&
      ofNic.every((chunk) => endsBefore(chunk, requestSeq))
  );
  const points = missed.map((ofNic): PathPoint & { readonly chunk: ChunkAtNic } => {
    const chunk = ofNic.reduce((a, b) => (b.tsNs < a.tsNs ? b : a));
    return {
      id: chunk.record.inner_traceid,
      host: chunk.record.host,
      firstSeenNs: chunk.tsNs,
      roundTrip: { kind: 'unknown' },
      direction: chunk.record.direction,
      hostNetwork: chunk.record.host_network,
      virtualNic: chunk.record.virtual_nic,
      tunnelled: chunk.record.tunnel !== undefined,
      chunk,
    };
  });
  return orderPath(points).points.map(({ chunk }) => chunk);
}

/** The capture was whole, and the client's last byte in the chunk came before the request's first. */
function endsBefore({ record }: ChunkAtNic, requestSeq: number): boolean {
  const fromSrc = clientIsSrc(record);
  const end = fromSrc === undefined ? undefined : fromSrc ? record.tx_seq_max : record.rx_seq_max;
  if (end === undefined || (record.capture_drops ?? 0) > 0) {
    return false;
  }
  return !seqLess(toSeq(requestSeq), toSeq(end));
}
