/** The hops of one request: by its packets where they were read, else by its spans. */
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { type HopTime, hopTime, type Stamps } from './hop-times';
import { type Followed, type HostClocks } from './host-clocks';
import { type SentSegment, NOT_SEEN } from '../losses/sent-segments';
import { arrivedTransmission } from '../losses/retransmissions';
import { isAnswered } from '../../path/exchange-at-nic';

interface HopsOf {
  readonly followed: Followed;
  readonly exchange: ExchangeBytes | undefined;
  readonly clocks: HostClocks;
}

export function requestHops(requestId: string, { followed, exchange, clocks }: HopsOf): readonly HopTime[] {
  const { flows } = followed.connection;
  return flows.slice(1).map((to, i) => {
    const from = flows[i];
    const byPackets = exchange !== undefined && from.length > 0 && to.length > 0;
    const stamps = (nic: number): Stamps =>
      byPackets ? packetStamps(nic, exchange, followed) : spanStamps(nic, requestId, followed);
    return hopTime(
      { flowId: from.place.flowId, stamps: stamps(i) },
      { flowId: to.place.flowId, stamps: stamps(i + 1) },
      from.place.host === to.place.host ? 'same' : clocks.between(from.place.host, to.place.host)
    );
  });
}

/** Of the transmissions that got farthest, so that a timeout before them does not count as transit time. */
function packetStamps(nic: number, { request, response }: ExchangeBytes, { connection, sent }: Followed): Stamps {
  const at = (segment: SentSegment | undefined, fromServer: 0 | 1): number | null => {
    const transmission = segment && arrivedTransmission(segment, sent.sides[fromServer]);
    const packet = transmission?.packets[nic] ?? NOT_SEEN;
    return packet === NOT_SEEN ? null : connection.flows[nic].tNs[packet] / 1e6;
  };
  return { requestMs: at(request[0], 0), responseMs: at(response[response.length - 1], 1) };
}

function spanStamps(nic: number, requestId: string, { connection }: Followed): Stamps {
  const span = connection.flows[nic].records.exchanges.find(({ record }) => record.request_id === requestId);
  if (span === undefined) {
    return { requestMs: null, responseMs: null };
  }
  const requestMs = Number(span.tsNs - connection.baseNs) / 1e6;
  return {
    requestMs,
    responseMs: isAnswered(span.record.outcome) ? requestMs + span.record.latency_ms : null,
  };
}
