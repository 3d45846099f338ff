/** A client whose askers share requests that are under way. */
import { RequestCoalescing } from './request-coalescing';
import { type LogEntry, type LokiClient, type Sample, type Series } from './loki-client';

export function sharedInFlight(client: LokiClient): LokiClient {
  const lines = new RequestCoalescing<readonly LogEntry[]>();
  const instants = new RequestCoalescing<readonly Sample[]>();
  const series = new RequestCoalescing<readonly Series[]>();
  return {
    lines(query, signal) {
      const key = `${query.maxLines} ${query.window.fromNs} ${query.window.toNs} ${query.logql}`;
      return lines.join(key, signal, (shared) => client.lines(query, shared));
    },
    instant(logql, atNs, signal) {
      return instants.join(`${atNs} ${logql}`, signal, (shared) => client.instant(logql, atNs, shared));
    },
    series(query, signal) {
      const key = `${query.stepSeconds} ${query.window.fromNs} ${query.window.toNs} ${query.logql}`;
      return series.join(key, signal, (shared) => client.series(query, shared));
    },
  };
}
