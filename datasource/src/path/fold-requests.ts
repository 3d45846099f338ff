/** One row per request instead of one per request and NIC. */
import { orderPath } from './path-order';
import { oncePerNic, pathPointOf, type ExchangeAtNic } from './exchange-at-nic';

interface FoldedRequest<S> {
  /** As the NIC nearest to the client saw it. */
  readonly span: S;
  /** NICs that saw it. */
  readonly nics: number;
}

/** In the order in which requests come first. */
export function foldRequests<S extends ExchangeAtNic>(spans: readonly S[]): ReadonlyArray<FoldedRequest<S>> {
  const byRequest = new Map<string, S[]>();
  for (const span of spans) {
    const same = byRequest.get(span.record.request_id);
    if (same === undefined) {
      byRequest.set(span.record.request_id, [span]);
    } else {
      same.push(span);
    }
  }
  return [...byRequest.values()].map((same) => {
    const { points } = orderPath(oncePerNic(same).map(pathPointOf));
    return { span: points[0].span, nics: points.length };
  });
}
