/** The parts of a request's time, from the instants between which they lie. */
import { type ClockOffset } from '../clocks/clock-offset';
import { type L7Record } from '@bpfnet/flow-model';
import { between, NO_PACKETS } from './connection-setup';
import { type Instant, type NicObservations } from '../losses/nic-observations';
import { type Timeline } from './timeline';
import { ownsServer } from '../../path/path-ends';
import { type Part, type PartName } from './verdict';

interface PartsOf {
  readonly observations: NicObservations;
  readonly timeline: Timeline;
  /** Between the hosts of the client's and the server's NIC; `same` where that is one host. */
  readonly clocks: ClockOffset | 'same';
}

/** Of a request that was answered: they add up to the time from its first byte to the response's last at the client's NIC. */
export function answeredParts({ observations, timeline, clocks }: PartsOf): readonly Part[] {
  const { sentFirst, sentLast, sentArriving, arrived, answered, answeredArriving, receivedFirst, receivedLast } =
    timeline;
  if (receivedFirst === undefined || receivedLast === undefined) {
    return [];
  }
  const sending = between('sending', [sentFirst, sentLast], observations);
  const receiving = between('receiving', [receivedFirst, receivedLast], observations);
  if (
    timeline.client === timeline.server ||
    arrived === undefined ||
    answered === undefined ||
    answeredArriving === undefined ||
    contradicts({ there: [sentArriving, arrived], back: [answeredArriving, receivedFirst] }, clocks)
  ) {
    const name = timeline.serverSeen ? 'server' : 'network-and-server';
    return [sending, between(name, [sentLast, receivedFirst], observations), receiving];
  }
  const { there, back, together } = networkParts(
    observations,
    { there: [sentArriving, arrived], back: [answeredArriving, receivedFirst] },
    clocks
  );
  const serverName = timeline.serverSeen ? 'server' : 'network-and-server';
  return [
    sending,
    between('request-retransmission', [sentLast, sentArriving], observations),
    ...there,
    between(serverName, [arrived, answered], observations),
    between('response-retransmission', [answered, answeredArriving], observations),
    ...back,
    ...together,
    receiving,
  ].filter(({ name, ms }) => ms > 0 || (name !== 'request-retransmission' && name !== 'response-retransmission'));
}

/** Two NICs that are not one behind the other, such as two mirrors of one place, show negative transit times. */
function contradicts(
  { there, back }: { readonly there: Way; readonly back: Way },
  clocks: ClockOffset | 'same'
): boolean {
  const [thereMs, backMs] = [there, back].map(([from, to]) => to.atMs - from.atMs);
  return clocks === 'same' ? Math.min(thereMs, backMs) < -RESOLUTION_MS : thereMs + backMs < -RESOLUTION_MS;
}

/** Stamps of one host are taken at different places of the kernel, by different cores. */
const RESOLUTION_MS = 0.05;

interface Network {
  readonly there: readonly Part[];
  readonly back: readonly Part[];
  readonly together: readonly Part[];
}

type Way = readonly [Instant, Instant];

function networkParts(
  observations: NicObservations,
  ways: { readonly there: Way; readonly back: Way },
  clocks: ClockOffset | 'same'
): Network {
  const part = (name: Part['name'], [from, to]: Way): Part => between(name, [from, to], observations);
  const shown = ([from, to]: Way): number => to.atMs - from.atMs;
  const there = part('network-request', ways.there);
  const back = part('network-response', ways.back);
  if (clocks === 'same') {
    return { there: [there], back: [back], together: [] };
  }
  const sumMs = Math.max(0, shown(ways.there) + shown(ways.back));
  if (clocks.kind === 'unknown') {
    return { there: [], back: [], together: [{ ...there, name: 'network', ms: sumMs, to: back.to }] };
  }
  const { ifSymmetricMs, atMostMs, aheadMs } = clocks;
  const thereMs = Math.min(Math.max(0, shown(ways.there) - aheadMs), sumMs);
  return {
    there: [{ ...there, ms: thereMs, ifSymmetricMs, atMostMs }],
    back: [{ ...back, ms: sumMs - thereMs, ifSymmetricMs, atMostMs }],
    together: [],
  };
}

/** Of a request whose response did not come: how far it is known to have come, and the rest of `totalMs` waiting. */
export function unansweredParts({ observations, timeline, clocks }: PartsOf, totalMs: number): readonly Part[] {
  const { sentFirst, sentLast, sentArriving, arrived, answered } = timeline;
  const parts: Part[] = [between('sending', [sentFirst, sentLast], observations)];
  if (
    arrived !== undefined &&
    timeline.client !== timeline.server &&
    (clocks === 'same' || clocks.kind === 'estimated')
  ) {
    const aheadMs = clocks === 'same' ? 0 : clocks.aheadMs;
    const bars = clocks === 'same' ? {} : { ifSymmetricMs: clocks.ifSymmetricMs, atMostMs: clocks.atMostMs };
    parts.push(between('request-retransmission', [sentLast, sentArriving], observations));
    const there = between('network-request', [sentArriving, arrived], observations);
    parts.push({ ...there, ms: Math.max(0, arrived.atMs - sentArriving.atMs - aheadMs), ...bars });
    if (answered !== undefined) {
      parts.push(between(timeline.serverSeen ? 'server' : 'network-and-server', [arrived, answered], observations));
    }
  }
  const known = parts.reduce((sum, { ms }) => sum + ms, 0);
  const waiting: Part = {
    ...NO_PACKETS,
    name: 'waiting',
    ms: Math.max(0, totalMs - known),
  };
  return [...parts, waiting].filter(({ name, ms }) => ms > 0 || name !== 'request-retransmission');
}

/**
 * Of an answered request whose packets were not read: by the times in its records, with both ways of the network as one.
 *
 * @param client and @param server the records of the NICs nearest to each that saw the answer; may be the same
 */
export function partsOfRecords(client: L7Record, server: L7Record): readonly Part[] {
  const part = (name: PartName, ms: number): Part => ({ ...NO_PACKETS, name, ms: Math.max(0, ms) });
  const sendingMs = client.cost_req_sent ?? 0;
  const receivingMs = client.cost_cnt_dl ?? 0;
  const betweenMs = client.latency_ms - sendingMs - receivingMs;
  const serverMs = Math.min(server.cost_resp_wait ?? betweenMs, betweenMs);
  return [
    part('sending', sendingMs),
    ...(client.inner_traceid === server.inner_traceid ? [] : [part('network', betweenMs - serverMs)]),
    part(ownsServer(server) ? 'server' : 'network-and-server', serverMs),
    part('receiving', receivingMs),
  ];
}
