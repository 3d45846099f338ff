/** The hops of one request: by its packets where they were read, else by its spans. */
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { type HopTime, hopTime, type Stamps } from './hop-times';
import { type Followed, type HostClocks } from './host-clocks';
import { type Journey, NOT_SEEN } from '../losses/journeys';
import { arrivedCopy } from '../losses/retransmissions';
import { isAnswered } from '../../path/exchange-at-nic';

export interface HopsOf {
  readonly followed: Followed;
  readonly exchange: ExchangeBytes | undefined;
  readonly clocks: HostClocks;
}

export function requestHops(requestId: string, { followed, exchange, clocks }: HopsOf): readonly HopTime[] {
  const { flows: watches } = followed.watched;
  return watches.slice(1).map((to, i) => {
    const from = watches[i];
    const byPackets = exchange !== undefined && from.length > 0 && to.length > 0;
    const stamps = (lane: number): Stamps =>
      byPackets ? packetStamps(lane, exchange, followed) : spanStamps(lane, requestId, followed);
    return hopTime(
      { lane: from.place.flowId, stamps: stamps(i) },
      { lane: to.place.flowId, stamps: stamps(i + 1) },
      from.place.host === to.place.host ? 'same' : clocks.between(from.place.host, to.place.host)
    );
  });
}

/** Of the transmissions that came furthest, so that a time-out before them does not count as the way's time. */
function packetStamps(lane: number, { request, response }: ExchangeBytes, { watched, journeys }: Followed): Stamps {
  const at = (journey: Journey | undefined, fromServer: 0 | 1): number | null => {
    const copy = journey && arrivedCopy(journey, journeys.ways[fromServer]);
    const packet = copy?.packets[lane] ?? NOT_SEEN;
    return packet === NOT_SEEN ? null : watched.flows[lane].tNs[packet] / 1e6;
  };
  return { requestMs: at(request[0], 0), responseMs: at(response[response.length - 1], 1) };
}

function spanStamps(lane: number, requestId: string, { watched }: Followed): Stamps {
  const span = watched.flows[lane].lane.exchanges.find(({ record }) => record.request_id === requestId);
  if (span === undefined) {
    return { requestMs: null, responseMs: null };
  }
  const requestMs = Number(span.tsNs - watched.baseNs) / 1e6;
  return {
    requestMs,
    responseMs: isAnswered(span.record.outcome) ? requestMs + span.record.latency_ms : null,
  };
}
