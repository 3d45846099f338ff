/**
 * The instants of a request that its parts lie between, at the NIC nearest to the client and the one nearest to the server.
 *
 * What is measured at the server's NIC falls out of the sum of all parts, so the total needs one clock only.
 */
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { NOT_SEEN } from '../losses/journeys';
import { ownsServer } from '../../path/path-ends';
import { type Instant, type NicObservations } from '../losses/nic-observations';

export interface Timeline {
  /** Lanes nearest to the client and to the server that saw the request; the same where one NIC has to do for both. */
  readonly client: number;
  readonly server: number;
  /** The server itself is behind the lane, so that what happens beyond is its own time. */
  readonly serverSeen: boolean;
  readonly sentFirst: Instant;
  readonly sentLast: Instant;
  /** At the client, the transmission that completed the request at the server. */
  readonly sentArriving: Instant;
  /** At the server; undefined where the request never was complete there. */
  readonly arrived: Instant | undefined;
  /** At the server, the response's first byte, first and as it came to the client. */
  readonly answered: Instant | undefined;
  readonly answeredArriving: Instant | undefined;
  /** At the client. */
  readonly receivedFirst: Instant | undefined;
  readonly receivedLast: Instant | undefined;
}

/** Undefined where no NIC saw the request's bytes. */
export function timelineOf({ request, response }: ExchangeBytes, sight: NicObservations): Timeline | undefined {
  const { flows: watches } = sight.connection;
  const saw = (lane: number): boolean => request[0].copies.some(({ packets }) => packets[lane] !== NOT_SEEN);
  const lanes = watches.map((_watch, lane) => lane).filter(saw);
  if (lanes.length === 0) {
    return undefined;
  }
  const client = lanes[0];
  const complete = lanes.filter((lane) => sight.completeAt(request, lane) !== undefined);
  const server = complete[complete.length - 1] ?? lanes[lanes.length - 1];
  const facts = watches[server].lane.facts;
  const answered = response.length === 0 ? undefined : sight.firstAt(response[0], server);
  const whole = requestOf(request, { client, server, sight });
  // A server may answer before it has heard everything: then its time runs from the first byte.
  const early = answered !== undefined && whole.arrived !== undefined && answered.atMs < whole.arrived.atMs;
  const receivedFirst = response.length === 0 ? undefined : sight.firstAt(response[0], client);
  return {
    client,
    server,
    serverSeen: facts !== undefined && ownsServer(facts),
    ...(early ? requestOf(request.slice(0, 1), { client, server, sight }) : whole),
    answered,
    answeredArriving: receivedFirst && (sight.sameCopyAt(response[0], receivedFirst, server) ?? answered),
    receivedFirst,
    receivedLast: response.length === 0 ? undefined : sight.completeAt(response, client)?.at,
  };
}

interface Ends {
  readonly client: number;
  readonly server: number;
  readonly sight: NicObservations;
}

function requestOf(
  request: ExchangeBytes['request'],
  { client, server, sight }: Ends
): Pick<Timeline, 'sentFirst' | 'sentLast' | 'sentArriving' | 'arrived'> {
  const sentFirst = sight.firstAt(request[0], client)!;
  const sentLast = sight.completeAt(request, client)?.at ?? sentFirst;
  const complete = sight.completeAt(request, server);
  const arriving = complete && sight.sameCopyAt(complete.journey, complete.at, client);
  return {
    sentFirst,
    sentLast,
    sentArriving: arriving !== undefined && arriving.atMs > sentLast.atMs ? arriving : sentLast,
    arrived: complete?.at,
  };
}
