/** How far a request and its response got. See docs/where-it-was-lost.md. */
import { type L7Record } from '@bpfnet/flow-model';
import { type ExchangeBytes } from './exchange-bytes';
import { type LossAttribution } from './loss-attribution';
import { type SentSegment, NOT_SEEN } from './sent-segments';
import { isAnswered } from '../../path/exchange-at-nic';
import { type CapturedConnection } from './captured-connection';

/** Flow ids; null where no NIC saw it. */
export interface FarthestNic {
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

export interface FarthestNics {
  readonly requestId: string;
  readonly request: FarthestNic;
  /** Null where no NIC saw a byte of a response. */
  readonly response: FarthestNic | null;
}

interface Seen {
  readonly connection: CapturedConnection;
  readonly attribution: LossAttribution;
}

interface Message {
  readonly segments: readonly SentSegment[];
  readonly fromServer: 0 | 1;
  /** The record says that its NIC saw all of it: counts where the NIC's packets were not read. */
  readonly isRecorded: (record: L7Record) => boolean;
}

export function farthestNics(requestId: string, { request, response }: ExchangeBytes, seen: Seen): FarthestNics {
  const isIt = (record: L7Record): boolean => record.request_id === requestId;
  const isAnswer = (record: L7Record): boolean => isIt(record) && isAnswered(record.outcome);
  return {
    requestId,
    request: farthestNicOf({ segments: request, fromServer: 0, isRecorded: isIt }, seen),
    response:
      response.length === 0 ? null : farthestNicOf({ segments: response, fromServer: 1, isRecorded: isAnswer }, seen),
  };
}

function farthestNicOf({ segments, fromServer, isRecorded }: Message, { connection, attribution }: Seen): FarthestNic {
  const path = connection.flows.map((_flow, nic) => nic);
  const backwards = fromServer === 1 ? path : [...path].reverse();
  const name = (nic: number | undefined): string | null =>
    nic === undefined ? null : connection.flows[nic].place.flowId;
  const sees = ({ transmissions }: SentSegment, nic: number): boolean =>
    transmissions.some(({ packets }) => packets[nic] !== NOT_SEEN);
  const recorded = (nic: number): boolean => {
    const { length, records } = connection.flows[nic];
    return length === 0 && records.exchanges.some(({ record }) => isRecorded(record));
  };
  const last = segments
    .flatMap(({ transmissions }) => transmissions.slice(-1))
    .reduce((a, b) => (sentLater(b, a, connection) ? b : a));
  return {
    whole: name(backwards.find((nic) => recorded(nic) || segments.every((segment) => sees(segment, nic)))),
    any: name(backwards.find((nic) => recorded(nic) || segments.some((segment) => sees(segment, nic)))),
    lastTransmission: name(last.last),
    transmissions: segments.reduce((most, { transmissions }) => Math.max(most, transmissions.length), 0),
    acknowledged: attribution.isAcknowledged(fromServer, segments[segments.length - 1].group),
  };
}

function sentLater(
  a: SentSegment['transmissions'][number],
  b: SentSegment['transmissions'][number],
  { flows }: CapturedConnection
): boolean {
  return a.first === b.first && flows[a.first].tNs[a.packets[a.first]] > flows[b.first].tNs[b.packets[b.first]];
}
