/** Why a request was not answered, in words that end a sentence. */
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { type Fate, type LossAttribution } from '../losses/loss-attribution';
import { lostWhere, nicText } from '../losses/fate-text';
import { type NicPlace } from '../../path/packet-ref';
import { type FarthestNic, type FarthestNics } from '../losses/farthest-nic';
import { type Timeline } from './timeline';
import { type Cause, type Cost } from './verdict';

interface UnansweredRequest {
  readonly attribution: LossAttribution;
  readonly exchange: ExchangeBytes;
  readonly timeline: Timeline;
  readonly farthest: FarthestNics | null;
  readonly nics: readonly NicPlace[];
  readonly reset: Extract<Cost, { readonly kind: 'reset' }> | undefined;
}

interface Ending {
  readonly cause: Cause;
  readonly text: string;
}

export function unansweredEnding(request: UnansweredRequest): Ending {
  const { farthest, reset, nics, timeline } = request;
  if (reset?.by === 'server' && (farthest?.response ?? null) === null) {
    return {
      cause: 'reset',
      text: `was reset by the server after ${durationText(reset.afterMs)}, before any response`,
    };
  }
  if (farthest?.response) {
    return { cause: 'response-lost', text: responseText(request, farthest.response) };
  }
  if (farthest !== null && farthest.request.whole === nics[timeline.server].flowId && timeline.serverSeen) {
    const where = `request reached the server at ${nicText(farthest.request.whole, nics)}`;
    const acknowledged = farthest.request.acknowledged ? ' and was acknowledged' : '';
    return { cause: 'no-response', text: `${where}${acknowledged}, but no response was sent` };
  }
  const fate = lastFate(request, 0);
  const sent = timesText(farthest?.request);
  if (fate?.kind === 'lost') {
    return { cause: 'request-lost', text: `request ${lostWhere(fate, nics)}${sent}` };
  }
  const lastSeen = `request last seen at ${nicText(farthest?.request.any ?? null, nics)}${sent}`;
  return farthest?.request.acknowledged === true
    ? { cause: 'no-response', text: `${lastSeen}; the server acknowledged it but sent no response` }
    : { cause: 'not-known', text: `${lastSeen}; its fate beyond that is unknown` };
}

function responseText(request: UnansweredRequest, response: FarthestNic): string {
  const { nics, timeline } = request;
  const fate = lastFate(request, 1);
  const { answered, arrived } = timeline;
  const took = answered && arrived ? ` after ${durationText(Math.max(0, answered.atMs - arrived.atMs))}` : '';
  const where = fate?.kind === 'lost' ? lostWhere(fate, nics) : `last seen at ${nicText(response.any, nics)}`;
  return `the server responded${took}; response ${where}${timesText(response)}`;
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
