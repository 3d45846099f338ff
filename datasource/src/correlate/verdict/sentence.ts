/** The verdict in one sentence that a person can paste into a ticket. */
import { type L7Record } from '@bpfnet/flow-model';
import { type Contribution } from './contributions';
import { bytesText, durationText } from '@bpfnet/flow-model/quantity-text';
import { summaryRequest } from '../../path/request-words';
import { isAnswered } from '../../path/exchange-at-nic';
import { type Cost } from './verdict';
import { type EndpointTexts } from './endpoints-text';

/** Contributions below this share of the total are left out, but for the first. */
const WORTH_TELLING = 0.05;
const MOST_TOLD = 4;

/** `GET /api/orders from cart-7f9c to orders-5d8b`. */
export function subjectText(record: L7Record, { client, server }: EndpointTexts): string {
  return `${summaryRequest(record)} from ${client} to ${server}`;
}

export interface AnsweredSentence {
  readonly record: L7Record;
  readonly endpoints: EndpointTexts;
  readonly totalMs: number;
  readonly contributions: readonly Contribution[];
  /** The last NIC that was captured, where the server is beyond it. */
  readonly lastNic: string;
  /** From there to the server and back, ms. */
  readonly roundTripBeyondMs: number | undefined;
  readonly responseBytes: number;
  /** Where most was lost: `lost between …`. */
  readonly lossWhere: string | undefined;
}

export function answeredSentence(input: AnsweredSentence): string {
  const { record, endpoints: who, totalMs, contributions } = input;
  const status = isAnswered(record.outcome) && record.l7_status !== undefined ? ` with ${record.l7_status}` : '';
  const told = contributions
    .filter(({ ms }, i) => ms > 0 && (i === 0 || ms >= WORTH_TELLING * totalMs))
    .slice(0, MOST_TOLD)
    .map((one, i) => `${durationText(one.ms)}${i === 0 ? shareText(one.ms, totalMs) : ''} ${phrase(one, input)}`);
  return `${subjectText(record, who)} was answered${status} after ${durationText(totalMs)}: ${listText(told)}.`;
}

function shareText(ms: number, totalMs: number): string {
  return totalMs > 0 ? ` (${Math.round((100 * ms) / totalMs)} %)` : '';
}

function phrase(
  { cause, cost }: Contribution,
  { lastNic, roundTripBeyondMs, responseBytes, lossWhere }: AnsweredSentence
): string {
  switch (cause) {
    case 'slow-server':
      return 'in the server';
    case 'slow-network':
      return 'on the network';
    case 'slow-name-resolution':
      return 'resolving the name';
    case 'slow-connect':
      return 'connecting';
    case 'slow-tls':
      return 'for the TLS handshake';
    case 'slow-client':
      return 'in the client before it sent';
    case 'loss':
      return `waiting for ${lostThing(cost)} to be sent again${lossWhere === undefined ? '' : ` (${lossWhere})`}`;
    case 'zero-window':
      return `waiting for ${cost?.part === 'sending' ? 'the server' : 'the client'} to make room (window 0)`;
    case 'beyond':
      return `beyond ${lastNic}, network and server together${
        roundTripBeyondMs === undefined ? '' : ` (a round trip there takes ${durationText(roundTripBeyondMs)})`
      }`;
    default:
      return `transferring ${bytesText(responseBytes)}`;
  }
}

function lostThing(cost: Cost | undefined): string {
  switch (cost?.part) {
    case 'connect':
      return 'the SYN';
    case 'response-retransmission':
      return 'the response';
    case 'receiving':
      return 'parts of the response';
    default:
      return 'the request';
  }
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
