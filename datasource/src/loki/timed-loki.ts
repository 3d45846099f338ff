/** A client with a timeout, so that no page waits longer; it cancels what it asked for. */
import { DataError } from '../data-error';
import { type LokiClient } from './loki-client';

export function timedLoki(client: LokiClient, timeoutMs: number): LokiClient {
  async function within<T>(signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const leave = () => controller.abort(signal.reason);
    const late = () =>
      controller.abort(new DataError({ kind: 'timed-out', reason: `after ${Math.round(timeoutMs / 1000)} s` }));
    if (signal.aborted) {
      throw signal.reason;
    }
    signal.addEventListener('abort', leave, { once: true });
    const timer = setTimeout(late, timeoutMs);
    try {
      return await ask(controller.signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
    }
  }
  return {
    lines: (query, signal) => within(signal, (own) => client.lines(query, own)),
    instant: (logql, atNs, signal) => within(signal, (own) => client.instant(logql, atNs, own)),
    series: (query, signal) => within(signal, (own) => client.series(query, own)),
  };
}
