/** The verdict as one sentence that a person can paste into a ticket. */
import { type L7Record } from '@bpfnet/flow-model';
import { type Contribution } from './contributions';
import { bytesText, durationText } from '@bpfnet/flow-model/quantity-text';
import { nicText } from '../losses/fate-text';
import { type NicPlace } from '../../path/packet-ref';
import { summaryRequest } from '../../path/request-words';
import { isAnswered } from '../../path/exchange-at-nic';
import { type Caveat } from '../caveats/caveats';
import { type Cost } from './verdict';
import { type EndpointTexts } from './endpoints-text';

/** Contributions below this share of the total are left out, but for the first. */
const LEAST_SHARE = 0.05;
const MOST_LISTED = 4;

/** `GET /api/orders from cart-7f9c to orders-5d8b`. */
export function subjectText(record: L7Record, { client, server }: EndpointTexts): string {
  return `${summaryRequest(record)} from ${client} to ${server}`;
}

interface AnsweredRequest {
  readonly record: L7Record;
  readonly endpoints: EndpointTexts;
  readonly totalMs: number;
  readonly contributions: readonly Contribution[];
  /** The last NIC that was captured, where the server is beyond it. */
  readonly lastNic: string;
  /** The round trip from there to the server, ms. */
  readonly roundTripBeyondMs: number | undefined;
  readonly responseBytes: number;
  /** Where most was lost: `lost between …`. */
  readonly lossWhere: string | undefined;
}

/** Without its full stop, as all clauses here. */
export function answeredClause(answered: AnsweredRequest): string {
  const { record, endpoints, totalMs, contributions } = answered;
  const status = isAnswered(record.outcome) ? record.l7_status : undefined;
  const listed = contributions
    .filter(({ ms }, i) => ms > 0 && (i === 0 || ms >= LEAST_SHARE * totalMs))
    .slice(0, MOST_LISTED)
    .map((one, i) => `${durationText(one.ms)}${i === 0 ? shareText(one.ms, totalMs) : ''} ${phrase(one, answered)}`);
  const verb = status === undefined ? 'was answered' : `returned ${status}`;
  return `${subjectText(record, endpoints)} ${verb} in ${durationText(totalMs)}: ${listed.join(', ')}`;
}

/** A clause as a sentence, with what the capture missed. */
export function sentenceOf(clause: string, caveats: readonly Caveat[], nics: readonly NicPlace[]): string {
  const dropped = caveats.filter((caveat) => caveat.kind === 'capture-dropped');
  const missed =
    dropped.length === 0
      ? ''
      : `; the capture dropped packets at ${listText(dropped.map(({ flowId }) => nicText(flowId, nics)))}`;
  return `${clause}${missed}.`;
}

function shareText(ms: number, totalMs: number): string {
  return totalMs > 0 ? ` (${Math.round((100 * ms) / totalMs)} %)` : '';
}

function phrase(
  { cause, cost }: Contribution,
  { lastNic, roundTripBeyondMs, responseBytes, lossWhere }: AnsweredRequest
): string {
  switch (cause) {
    case 'slow-server':
      return 'server time';
    case 'slow-network':
      return 'network';
    case 'slow-name-resolution':
      return 'name resolution';
    case 'slow-connect':
      return 'TCP handshake';
    case 'slow-tls':
      return 'TLS handshake';
    case 'slow-client':
      return 'client idle before sending';
    case 'loss':
      return `${lostThing(cost)} retransmission${lossWhere === undefined ? '' : ` (${lossWhere})`}`;
    case 'zero-window':
      return `${cost?.part === 'sending' ? 'server' : 'client'} zero window`;
    case 'beyond':
      return `network and server beyond ${lastNic}${
        roundTripBeyondMs === undefined ? '' : ` (round trip from there: ${durationText(roundTripBeyondMs)})`
      }`;
    default:
      return `transferring ${bytesText(responseBytes)}`;
  }
}

function lostThing(cost: Cost | undefined): string {
  switch (cost?.part) {
    case 'connect':
      return 'SYN';
    case 'response-retransmission':
    case 'receiving':
      return 'response';
    default:
      return 'request';
  }
}

/** `a`, `a and b`, `a, b and c`. */
function listText(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}
