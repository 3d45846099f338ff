/**
 * Requests of some hours between the pods of several hosts, as the collectors of those hosts write them: each request has
 * a connection of its own, which five NICs on two hosts see, and each NIC writes a request, a chunk and its packets.
 * Repeatable: the same number of records is the same records, but for the time at which they end.
 */
import { hex32, mix32 } from '@bpfnet/flow-model/hash';
import { type LogEntry } from '../src/loki/loki-client';
import { EPOCH_NS, type Exchange, linesOf, traffic, TWO_HOSTS, type Watcher } from '../src/test/traffic-script';

const HOSTS = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6'];
const RESOURCES = 200;
export const RECORDS_PER_REQUEST = TWO_HOSTS.length * 3;

interface TrafficOptions {
  readonly requests: number;
  readonly hours: number;
  /** The end of the last hour, ms since the Unix epoch. */
  readonly endMs: number;
}

interface MadeRequest {
  readonly requestId: string;
  readonly clientIsn: number;
  readonly entries: readonly LogEntry[];
}

/** A number below 1. */
function fraction(seed: number): number {
  return mix32(seed) / 0x1_0000_0000;
}

/** In the order of time. */
export function* hoursOfTraffic({ requests, hours, endMs }: TrafficOptions): Generator<MadeRequest> {
  const startMs = endMs - hours * 3_600_000 - Number(EPOCH_NS / BigInt(1_000_000));
  for (let at = 0; at < requests; at++) {
    const exchange = exchangeOf(at, startMs + (at * hours * 3_600_000) / requests);
    yield { ...exchange, entries: linesOf(traffic(exchange, watchersOf(at))) };
  }
}

function exchangeOf(at: number, atMs: number): Exchange & { readonly clientIsn: number } {
  const kind = fraction(at * 5 + 1);
  return {
    requestId: `${hex32(mix32(at * 5 + 2))}${hex32(mix32(at + 1))}`,
    atMs,
    // Most answers are quick, a few take seconds; one in a hundred never comes.
    serverMs: kind < 0.01 ? undefined : 1 + Math.round(fraction(at * 5 + 3) ** 6 * 3e6) / 1000,
    clientIsn: mix32(at * 5 + 4),
    serverIsn: mix32(at * 5 + 5),
    resource: `/api/v1/items/${mix32(at) % RESOURCES}`,
    status: kind > 0.98 ? '503' : '200',
    resendAfterMs: kind > 0.01 && kind < 0.03 ? 200 : undefined,
  };
}

function watchersOf(at: number): readonly Watcher[] {
  const from = mix32(at + 7) % HOSTS.length;
  const to = (from + 1 + (mix32(at + 11) % (HOSTS.length - 1))) % HOSTS.length;
  const port = 30_000 + (at % 30_000);
  return TWO_HOSTS.map((watcher) => ({
    ...watcher,
    host: HOSTS[watcher.host === 'node-a' ? from : to],
    client: `10.1.${from}.${5 + (at % 40)}:${port}`,
    server: watcher.server ?? `10.2.${to}.7:8080`,
  }));
}
