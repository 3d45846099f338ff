/**
 * One request at one NIC, as correlation needs it.
 */
import { type L4Record, type L7Record, type Outcome } from '@bpfnet/flow-model';
import { type PathPoint, type RoundTrip } from './path-order';

export interface ExchangeAtNic {
  readonly record: L7Record;
  /** First byte of the request, ns since the Unix epoch on the host's clock. */
  readonly tsNs: bigint;
}

export interface ChunkAtNic {
  readonly record: L4Record;
  readonly tsNs: bigint;
}

const ANSWERED: ReadonlySet<Outcome> = new Set<Outcome>(['ok', 'client_error', 'server_error']);

export function isAnswered(outcome: Outcome): boolean {
  return ANSWERED.has(outcome);
}

export function roundTripOf(record: Pick<L7Record, 'outcome' | 'latency_ms'>): RoundTrip {
  if (isAnswered(record.outcome)) {
    return { kind: 'known', ms: record.latency_ms };
  }
  return { kind: record.outcome === 'unanswered' ? 'unanswered' : 'unknown' };
}

export function pathPointOf<S extends ExchangeAtNic>(span: S): PathPoint & { readonly span: S } {
  const { record } = span;
  return {
    id: record.inner_traceid,
    host: record.host,
    firstSeenNs: span.tsNs,
    roundTrip: roundTripOf(record),
    direction: record.direction,
    hostNetwork: record.host_network,
    virtualNic: record.virtual_nic,
    tunnelled: record.tunnel !== undefined,
    span,
  };
}

/** A request is written once at a NIC; should a store hold it twice, the earlier counts. */
export function oncePerNic<S extends ExchangeAtNic>(spans: readonly S[]): readonly S[] {
  const byNic = new Map<string, S>();
  for (const span of spans) {
    const before = byNic.get(span.record.inner_traceid);
    if (before === undefined || span.tsNs < before.tsNs) {
      byNic.set(span.record.inner_traceid, span);
    }
  }
  return [...byNic.values()];
}

type Connection = Pick<
  L7Record,
  'direction' | 'src_ip' | 'src_port' | 'dst_ip' | 'dst_port' | 'client_ip' | 'client_port'
>;

/** Whether the client is src, the NIC's own side; undefined where the client is not known. */
export function clientIsSrc(record: Connection): boolean | undefined {
  if (record.direction !== 'unknown') {
    return record.direction === 'outgoing';
  }
  if (record.client_ip === undefined) {
    return undefined;
  }
  return record.client_ip === record.src_ip && (record.client_port ?? record.src_port) === record.src_port;
}
