/** How far a request and its response came. See docs/where-it-was-lost.md. */
import { type ExchangeBytes } from './exchange-bytes';
import { type Fates } from './fates';
import { type Journey, NOT_SEEN } from './journeys';
import { type Watched } from './watch';

/** Lanes; null where no NIC saw it. */
export interface Reach {
  /** The last NIC on the way that saw every byte. */
  readonly whole: string | null;
  /** The last NIC that saw any byte, of any transmission. */
  readonly any: string | null;
  /** The last NIC that saw the last transmission. */
  readonly lastTransmission: string | null;
  /** How often the byte that was sent most often was sent. */
  readonly transmissions: number;
  /** The other side acknowledged the last byte. */
  readonly acknowledged: boolean;
}

export interface RequestReach {
  readonly requestId: string;
  readonly request: Reach;
  /** Null where no NIC saw a byte of a response. */
  readonly response: Reach | null;
}

interface Seen {
  readonly watched: Watched;
  readonly fates: Fates;
}

export function requestReach(requestId: string, { request, response }: ExchangeBytes, seen: Seen): RequestReach {
  return {
    requestId,
    request: reachOf(request, 0, seen),
    response: response.length === 0 ? null : reachOf(response, 1, seen),
  };
}

function reachOf(journeys: readonly Journey[], fromServer: 0 | 1, { watched, fates }: Seen): Reach {
  const path = watched.watches.map((_watch, lane) => lane);
  const backwards = fromServer === 1 ? path : [...path].reverse();
  const name = (lane: number | undefined): string | null =>
    lane === undefined ? null : watched.watches[lane].place.lane;
  const sees = (journey: Journey, lane: number): boolean =>
    journey.copies.some(({ packets }) => packets[lane] !== NOT_SEEN);
  const last = journeys.flatMap(({ copies }) => copies.slice(-1)).reduce((a, b) => (sentLater(b, a, watched) ? b : a));
  return {
    whole: name(backwards.find((lane) => journeys.every((journey) => sees(journey, lane)))),
    any: name(backwards.find((lane) => journeys.some((journey) => sees(journey, lane)))),
    lastTransmission: name(last.last),
    transmissions: Math.max(...journeys.map(({ copies }) => copies.length)),
    acknowledged: fates.isAcknowledged(fromServer, journeys[journeys.length - 1].group),
  };
}

function sentLater(a: Journey['copies'][number], b: Journey['copies'][number], { watches }: Watched): boolean {
  return a.first === b.first && watches[a.first].tNs[a.packets[a.first]] > watches[b.first].tNs[b.packets[b.first]];
}
