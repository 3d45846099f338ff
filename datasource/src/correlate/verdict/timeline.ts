/**
 * The instants of a request that its parts lie between, at the NIC nearest to the client and the one nearest to the server.
 *
 * What is measured at the server's NIC falls out of the sum of all parts, so the total needs one clock only.
 */
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { NOT_SEEN } from '../losses/sent-segments';
import { ownsServer } from '../../path/path-ends';
import { type Instant, type NicObservations } from '../losses/nic-observations';

export interface Timeline {
  /** The NICs nearest to the client and to the server that saw the request; the same where one NIC has to do for both. */
  readonly client: number;
  readonly server: number;
  /** The server itself is behind that NIC, so that what happens beyond is its own time. */
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
export function timelineOf({ request, response }: ExchangeBytes, observations: NicObservations): Timeline | undefined {
  const { flows } = observations.connection;
  const saw = (nic: number): boolean => request[0].transmissions.some(({ packets }) => packets[nic] !== NOT_SEEN);
  const nics = flows.map((_flow, nic) => nic).filter(saw);
  if (nics.length === 0) {
    return undefined;
  }
  const client = nics[0];
  const complete = nics.filter((nic) => observations.completeAt(request, nic) !== undefined);
  const server = complete[complete.length - 1] ?? nics[nics.length - 1];
  const facts = flows[server].records.facts;
  const answered = response.length === 0 ? undefined : observations.firstAt(response[0], server);
  const whole = requestOf(request, { client, server, observations });
  // A server may answer before it has heard everything: then its time runs from the first byte.
  const early = answered !== undefined && whole.arrived !== undefined && answered.atMs < whole.arrived.atMs;
  const receivedFirst = response.length === 0 ? undefined : observations.firstAt(response[0], client);
  return {
    client,
    server,
    serverSeen: facts !== undefined && ownsServer(facts),
    ...(early ? requestOf(request.slice(0, 1), { client, server, observations }) : whole),
    answered,
    answeredArriving:
      receivedFirst && (observations.sameTransmissionAt(response[0], receivedFirst, server) ?? answered),
    receivedFirst,
    receivedLast: response.length === 0 ? undefined : observations.completeAt(response, client)?.at,
  };
}

interface Ends {
  readonly client: number;
  readonly server: number;
  readonly observations: NicObservations;
}

function requestOf(
  request: ExchangeBytes['request'],
  { client, server, observations }: Ends
): Pick<Timeline, 'sentFirst' | 'sentLast' | 'sentArriving' | 'arrived'> {
  const sentFirst = observations.firstAt(request[0], client)!;
  const sentLast = observations.completeAt(request, client)?.at ?? sentFirst;
  const complete = observations.completeAt(request, server);
  const arriving = complete && observations.sameTransmissionAt(complete.segment, complete.at, client);
  return {
    sentFirst,
    sentLast,
    sentArriving: arriving !== undefined && arriving.atMs > sentLast.atMs ? arriving : sentLast,
    arrived: complete?.at,
  };
}
