/** One row a request instead of one a request at a NIC. */
import { isAnswered, type SpanAtNic } from './span-at-nic';

export interface FoldedRequest<S> {
  /** As the NIC nearest to the client saw it: unanswered ones before answered ones, then the longest latency. */
  readonly span: S;
  /** NICs that saw it. */
  readonly nics: number;
}

/** In the order in which requests come first. */
export function foldRequests<S extends SpanAtNic>(spans: readonly S[]): ReadonlyArray<FoldedRequest<S>> {
  const byRequest = new Map<string, S[]>();
  for (const span of spans) {
    const same = byRequest.get(span.record.request_id);
    if (same === undefined) {
      byRequest.set(span.record.request_id, [span]);
    } else {
      same.push(span);
    }
  }
  return [...byRequest.values()].map((same) => ({
    span: same.reduce((a, b) => (nearness(b) > nearness(a) ? b : a)),
    nics: new Set(same.map(({ record }) => record.inner_traceid)).size,
  }));
}

function nearness({ record }: SpanAtNic): number {
  return isAnswered(record.outcome) ? record.latency_ms : Number.MAX_VALUE;
}
