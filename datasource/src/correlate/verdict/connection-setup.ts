/** What came before a request that is the first of its connection: name resolution, connect, TLS, and the client's own time. */
import { TcpFlag } from '@bpfnet/flow-model';
import { type Instant, type NicObservations } from '../losses/nic-observations';
import { isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { type Part } from './verdict';

/** A name that was looked up earlier than this before the connection is taken to be of something else. */
const LOOKED_UP_FOR_IT_MS = 200;

interface SetupOf {
  readonly observations: NicObservations;
  readonly nic: number;
  /** The request's first byte. */
  readonly sent: Instant;
  readonly requestId: string;
  readonly nameResolution: readonly ExchangeAtNic[];
}

/** Empty where the connection was in use before, or its beginning was not seen. */
export function connectionSetupParts({ observations, nic, sent, requestId, nameResolution }: SetupOf): readonly Part[] {
  const flow = observations.connection.flows[nic];
  const atMs = (tsNs: bigint): number => Number(tsNs - observations.connection.baseNs) / 1e6;
  const earlier = flow.records.exchanges.filter(
    ({ record, tsNs }) => record.request_id !== requestId && atMs(tsNs) < sent.atMs
  );
  const syn = connectStart(observations, nic);
  if (syn === undefined || earlier.some(({ record }) => record.l7_proto !== 'tls')) {
    return [];
  }
  const connected = handshakeEnd(observations, syn) ?? sent;
  const parts: Part[] = [];
  const looked = lookUpOf(nameResolution, { observations, nic, syn });
  if (looked !== undefined) {
    const endMs = atMs(looked.tsNs) + looked.record.latency_ms;
    parts.push({ ...NO_PACKETS, name: 'name-resolution', ms: looked.record.latency_ms });
    parts.push({ ...NO_PACKETS, name: 'client', ms: Math.max(0, syn.atMs - endMs) });
  }
  parts.push(between('connect', [syn, connected], observations));
  const tls = earlier[0];
  if (tls === undefined) {
    parts.push(between('client', [connected, sent], observations));
    return parts;
  }
  const helloMs = atMs(tls.tsNs);
  const tlsEndMs = Math.min(helloMs + tls.record.latency_ms, sent.atMs);
  parts.push(
    { ...NO_PACKETS, name: 'client', ms: Math.max(0, helloMs - connected.atMs) },
    { ...NO_PACKETS, name: 'tls', ms: tlsEndMs - Math.max(helloMs, connected.atMs) },
    { ...NO_PACKETS, name: 'client', ms: sent.atMs - tlsEndMs }
  );
  return parts;
}

export const NO_PACKETS = { ifSymmetricMs: null, atMostMs: null, from: null, to: null };

export function between(
  name: Part['name'],
  [from, to]: readonly [Instant, Instant],
  observations: NicObservations
): Part {
  return {
    ...NO_PACKETS,
    name,
    ms: Math.max(0, to.atMs - from.atMs),
    from: observations.ref(from),
    to: observations.ref(to),
  };
}

/** The first SYN of the client. */
export function connectStart(observations: NicObservations, nic: number): Instant | undefined {
  const { flags, fromServer, records } = observations.connection.flows[nic];
  const isSyn = (packet: number) =>
    fromServer[packet] === 0 && (flags[packet] & (TcpFlag.Syn | TcpFlag.Ack)) === TcpFlag.Syn;
  return records.decoded[0]?.record.chunk_id === 1 ? observations.find(nic, 0, isSyn) : undefined;
}

/** The client's first packet after the SYN-ACK. */
function handshakeEnd(observations: NicObservations, syn: Instant): Instant | undefined {
  const { flags, fromServer } = observations.connection.flows[syn.nic];
  const answer = observations.find(
    syn.nic,
    syn.packet,
    (packet) => fromServer[packet] === 1 && (flags[packet] & TcpFlag.Syn) !== 0
  );
  return (
    answer &&
    observations.find(
      syn.nic,
      answer.packet,
      (packet) => fromServer[packet] === 0 && (flags[packet] & TcpFlag.Syn) === 0
    )
  );
}

interface Connecting {
  readonly observations: NicObservations;
  readonly nic: number;
  readonly syn: Instant;
}

/** The latest look-up on the same host that was answered with the server's address just before. */
function lookUpOf(spans: readonly ExchangeAtNic[], { observations, nic, syn }: Connecting): ExchangeAtNic | undefined {
  const { place, records } = observations.connection.flows[nic];
  const server = records.facts?.server_ip;
  const fitting = spans.filter(({ record, tsNs }) => {
    const endMs = Number(tsNs - observations.connection.baseNs) / 1e6 + record.latency_ms;
    return (
      record.host === place.host &&
      isAnswered(record.outcome) &&
      server !== undefined &&
      (record.dns_addresses ?? '').split(',').includes(server) &&
      endMs <= syn.atMs &&
      syn.atMs - endMs <= LOOKED_UP_FOR_IT_MS
    );
  });
  return fitting.reduce<ExchangeAtNic | undefined>((a, b) => (a === undefined || b.tsNs > a.tsNs ? b : a), undefined);
}
