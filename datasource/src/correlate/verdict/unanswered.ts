/** Why there is no answer, in words that end a sentence. */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { type Fate, type LossAttribution } from '../losses/loss-attribution';
import { lostWhere, nicText } from '../losses/fate-text';
import { type NicPlace } from '../../path/packet-ref';
import { type FarthestNic, type FarthestNics } from '../losses/farthest-nic';
import { type Timeline } from './timeline';
import { type Cause, type Cost } from './verdict';

export interface UnansweredRequest {
  readonly attribution: LossAttribution;
  readonly exchange: ExchangeBytes;
  readonly timeline: Timeline;
  readonly farthest: FarthestNics | null;
  readonly nics: readonly NicPlace[];
  readonly reset: Cost | undefined;
}

export interface Ending {
  readonly cause: Cause;
  readonly text: string;
}

export function unansweredEnding(request: UnansweredRequest): Ending {
  const { farthest, reset, nics, timeline } = request;
  if (reset !== undefined && (farthest?.response ?? null) === null && reset.text.startsWith('The server')) {
    return { cause: 'reset', text: `was ${resetText(reset)}, before any response` };
  }
  if (farthest?.response) {
    return { cause: 'response-lost', text: responseText(request, farthest.response) };
  }
  if (farthest !== null && farthest.request.whole === nics[timeline.server].flowId && timeline.serverSeen) {
    const heard = farthest.request.acknowledged ? ', which acknowledged it and' : ', which';
    return {
      cause: 'no-response',
      text: `it reached the server at ${nicText(farthest.request.whole, nics)}${heard} sent no response`,
    };
  }
  const fate = lastFate(request, 0);
  const sent = timesText(farthest?.request);
  if (fate?.kind === 'lost') {
    return { cause: 'request-lost', text: `it was ${lostWhere(fate, nics)}${sent}` };
  }
  const last = nicText(farthest?.request.any ?? null, nics);
  const beyond =
    farthest?.request.acknowledged === true
      ? 'the server acknowledged it and sent no response'
      : 'what became of it beyond is not known';
  return farthest?.request.acknowledged === true
    ? { cause: 'no-response', text: `it was last seen at ${last}${sent}; ${beyond}` }
    : { cause: 'not-known', text: `it was last seen at ${last}${sent}; ${beyond}` };
}

function responseText(request: UnansweredRequest, response: FarthestNic): string {
  const { nics, timeline } = request;
  const fate = lastFate(request, 1);
  const { answered, arrived } = timeline;
  const took = answered && arrived ? ` after ${durationText(Math.max(0, answered.atMs - arrived.atMs))}` : '';
  const where = fate?.kind === 'lost' ? lostWhere(fate, nics) : `last seen at ${nicText(response.any, nics)}`;
  return `the server answered${took}, and its response was ${where}${timesText(response)}`;
}

function timesText(farthest: FarthestNic | undefined): string {
  return farthest === undefined || farthest.transmissions < 2 ? '' : ` (sent ${farthest.transmissions} times)`;
}

/** Of the transmission whose loss is certain and latest; else of the last. */
function lastFate({ attribution, exchange }: UnansweredRequest, fromServer: 0 | 1): Fate | undefined {
  const segments = fromServer === 1 ? exchange.response : exchange.request;
  const all = segments.flatMap((segment) =>
    segment.transmissions.map((_transmission, i) => attribution.fateOf(fromServer, segment, i))
  );
  return [...all].reverse().find(({ kind }) => kind === 'lost') ?? all[all.length - 1];
}

function resetText({ text }: Cost): string {
  return text.replace(/^The (server|client) reset the connection (after .*)\.$/, 'reset by the $1 $2');
}
