/** How far a request and its response came. See docs/where-it-was-lost.md. */
import { type L7Record } from '@bpfnet/flow-model';
import { type ExchangeBytes } from './exchange-bytes';
import { type Fates } from './loss-attribution';
import { type Journey, NOT_SEEN } from './journeys';
import { isAnswered } from '../../path/exchange-at-nic';
import { type CapturedConnection } from './captured-connection';

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
  readonly watched: CapturedConnection;
  readonly fates: Fates;
}

interface Message {
  readonly journeys: readonly Journey[];
  readonly fromServer: 0 | 1;
  /** The record says that its NIC saw all of it: counts where the NIC's packets were not read. */
  readonly isTold: (record: L7Record) => boolean;
}

export function requestReach(requestId: string, { request, response }: ExchangeBytes, seen: Seen): RequestReach {
  const isIt = (record: L7Record): boolean => record.request_id === requestId;
  const isAnswer = (record: L7Record): boolean => isIt(record) && isAnswered(record.outcome);
  return {
    requestId,
    request: reachOf({ journeys: request, fromServer: 0, isTold: isIt }, seen),
    response: response.length === 0 ? null : reachOf({ journeys: response, fromServer: 1, isTold: isAnswer }, seen),
  };
}

function reachOf({ journeys, fromServer, isTold }: Message, { watched, fates }: Seen): Reach {
  const path = watched.flows.map((_watch, lane) => lane);
  const backwards = fromServer === 1 ? path : [...path].reverse();
  const name = (lane: number | undefined): string | null =>
    lane === undefined ? null : watched.flows[lane].place.flowId;
  const sees = ({ copies }: Journey, lane: number): boolean => copies.some(({ packets }) => packets[lane] !== NOT_SEEN);
  const told = (lane: number): boolean => {
    const { length, lane: records } = watched.flows[lane];
    return length === 0 && records.exchanges.some(({ record }) => isTold(record));
  };
  const last = journeys.flatMap(({ copies }) => copies.slice(-1)).reduce((a, b) => (sentLater(b, a, watched) ? b : a));
  return {
    whole: name(backwards.find((lane) => told(lane) || journeys.every((journey) => sees(journey, lane)))),
    any: name(backwards.find((lane) => told(lane) || journeys.some((journey) => sees(journey, lane)))),
    lastTransmission: name(last.last),
    transmissions: journeys.reduce((most, { copies }) => Math.max(most, copies.length), 0),
    acknowledged: fates.isAcknowledged(fromServer, journeys[journeys.length - 1].group),
  };
}

function sentLater(
  a: Journey['copies'][number],
  b: Journey['copies'][number],
  { flows: watches }: CapturedConnection
): boolean {
  return a.first === b.first && watches[a.first].tNs[a.packets[a.first]] > watches[b.first].tNs[b.packets[b.first]];
}
