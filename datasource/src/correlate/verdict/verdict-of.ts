/** Puts a request's timeline, costs and reach together to a verdict. */
import { type L7Record } from '@bpfnet/flow-model';
import { type Caveat } from '../caveats/caveats';
import { connectionVerdict } from './connection-verdict';
import { contributions } from './contributions';
import { costsOf } from './costs';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { lostWhere, nicText } from '../losses/fate-text';
import { type Fates } from '../losses/loss-attribution';
import { type Followed, type HostClocks } from '../clocks/host-clocks';
import { placeText } from '../../path/packet-ref';
import { answeredParts, unansweredParts } from './parts';
import { partsOfSpans } from './parts-of-spans';
import { preludeParts } from './connection-setup';
import { type RequestReach } from '../losses/farthest-nic';
import { type Retransmission } from '../losses/retransmissions';
import { leastRoundTripMs } from '../losses/round-trip';
import { answeredSentence, listText, subjectText } from './sentence';
import { NicObservations } from '../losses/nic-observations';
import { isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { type Timeline, timelineOf } from './timeline';
import { unansweredEnding } from './unanswered';
import { type Cause, type Cost, type Part, type Verdict } from './verdict';
import { whoOf } from './endpoints-text';

export interface VerdictInput {
  readonly requestId: string | undefined;
  readonly nameResolution: readonly ExchangeAtNic[];
  readonly followed: Followed;
  readonly fates: Fates;
  readonly exchange: ExchangeBytes | undefined;
  readonly clocks: HostClocks;
  readonly reach: RequestReach | null;
  readonly retransmissions: readonly Retransmission[];
  readonly caveats: readonly Caveat[];
}

/** Answered within this and nothing lost: fast. */
const FAST_MS = 20;

/** Null where the packets of an unanswered request were not read, or where there is neither a request nor a connection that failed. */
export function verdictOf(input: VerdictInput): Verdict | null {
  const sight = new NicObservations(input.followed.watched, input.followed.journeys);
  if (input.requestId === undefined) {
    return connectionVerdict(sight, input);
  }
  const timeline = input.exchange && timelineOf(input.exchange, sight);
  const record = timeline && recordOf(input.requestId, timeline, sight);
  if (input.exchange === undefined || timeline === undefined || record === undefined) {
    return answeredBySpans(input.requestId, sight, input.caveats);
  }
  const request: Request = { ...input, requestId: input.requestId, exchange: input.exchange, sight, timeline, record };
  return timeline.receivedLast === undefined || record.outcome === 'reset' ? unanswered(request) : answered(request);
}

interface Request extends VerdictInput {
  readonly requestId: string;
  readonly exchange: ExchangeBytes;
  readonly sight: NicObservations;
  readonly timeline: Timeline;
  /** The span of the NIC nearest to the client. */
  readonly record: L7Record;
}

function recordOf(
  requestId: string,
  { client }: Timeline,
  { connection: watched }: NicObservations
): L7Record | undefined {
  const spanAt = (lane: number) =>
    watched.flows[lane].lane.exchanges.find(({ record }) => record.request_id === requestId);
  const lanes = [client, ...watched.flows.map((_watch, lane) => lane)];
  return lanes.map(spanAt).find((span) => span !== undefined)?.record;
}

function answered(request: Request): Verdict {
  const { sight, timeline, record, exchange, requestId, caveats } = request;
  const parts = [...prelude(request), ...answeredParts({ sight, timeline, clocks: clocksOf(request) })];
  const costs = costsFor(request, parts);
  const totalMs = sum(parts);
  const shares = contributions(parts, costs);
  const lost = costs.find(({ kind, ms }) => (kind === 'timeout' || kind === 'retransmission') && ms > 0);
  const responseBytes = exchange.response.reduce((bytes, { group }) => bytes + group.end - group.start, 0);
  const sentence = answeredSentence({
    record,
    who: whoOf(sight.connection, record),
    totalMs,
    contributions: shares,
    lastNic: placeText(sight.connection.flows[timeline.server].place),
    roundTripBeyondMs: leastRoundTripMs(sight.connection.flows[timeline.server], 0),
    responseBytes,
    lossWhere: lost && whereOf(lost, request),
  });
  const cause: Cause = totalMs <= FAST_MS && lost === undefined ? 'fast' : shares[0].cause;
  return { requestId, cause, totalMs, parts, costs, sentence: withCaveats(sentence, request), caveats };
}

/** Without packets: null where the request was not answered, since its records do not say why. */
function answeredBySpans(requestId: string, sight: NicObservations, caveats: readonly Caveat[]): Verdict | null {
  const spans = sight.connection.flows.flatMap(({ place, lane }) =>
    lane.exchanges
      .filter(({ record }) => record.request_id === requestId && isAnswered(record.outcome))
      .map(({ record }) => ({ place, record }))
  );
  if (spans.length === 0) {
    return null;
  }
  const [{ record }] = spans;
  const last = spans[spans.length - 1];
  const parts = partsOfSpans(record, last.record);
  const totalMs = sum(parts);
  const shares = contributions(parts, []);
  const sentence = answeredSentence({
    record,
    who: whoOf(sight.connection, record),
    totalMs,
    contributions: shares,
    lastNic: placeText(last.place),
    roundTripBeyondMs: undefined,
    responseBytes: record.direction === 'incoming' ? record.tx_bytes : record.rx_bytes,
    lossWhere: undefined,
  });
  return {
    requestId,
    cause: totalMs <= FAST_MS ? 'fast' : shares[0].cause,
    totalMs,
    parts,
    costs: [],
    sentence,
    caveats,
  };
}

function unanswered(request: Request): Verdict {
  const { sight, timeline, record, requestId, caveats } = request;
  const before = prelude(request);
  const parts = [...before, ...unansweredParts({ sight, timeline, clocks: clocksOf(request) }, record.latency_ms)];
  const costs = costsFor(request, parts);
  const { cause, text } = unansweredEnding({
    ...request,
    nics: nicsOf(sight),
    reset: costs.find(({ kind }) => kind === 'reset'),
  });
  const subject = subjectText(record, whoOf(sight.connection, record));
  const sentence =
    cause === 'reset'
      ? `${subject} ${text}.`
      : `${subject} was not answered${record.latency_ms < 1 ? '' : ` within ${durationText(record.latency_ms)}`}: ${text}.`;
  return { requestId, cause, totalMs: sum(parts), parts, costs, sentence: withCaveats(sentence, request), caveats };
}

function prelude({ sight, timeline, requestId, nameResolution }: Request): readonly Part[] {
  return preludeParts({ sight, lane: timeline.client, sent: timeline.sentFirst, requestId, nameResolution });
}

function costsFor({ sight, timeline, retransmissions }: Request, parts: readonly Part[]): readonly Cost[] {
  return costsOf({ sight, timeline, parts, retransmissions, nics: nicsOf(sight) });
}

function clocksOf({ sight, timeline, clocks }: Request) {
  const host = (lane: number): string => sight.connection.flows[lane].place.host;
  const [client, server] = [host(timeline.client), host(timeline.server)];
  return client === server ? 'same' : clocks.between(client, server);
}

/** Where the dearest loss was, by the retransmission that the cost rests on. */
function whereOf(cost: Cost, { retransmissions, sight }: Request): string | undefined {
  const again = cost.packets[cost.packets.length - 1];
  const one = retransmissions.find(
    ({ again: ref }) => ref.flowId === again.flowId && ref.chunkId === again.chunkId && ref.index === again.index
  );
  return one && lostWhere(one.fateOfBefore, nicsOf(sight));
}

function nicsOf({ connection: watched }: NicObservations) {
  return watched.flows.map(({ place }) => place);
}

function withCaveats(sentence: string, { caveats, sight }: Pick<Request, 'caveats' | 'sight'>): string {
  const dropped = caveats.filter((caveat) => caveat.kind === 'capture-dropped');
  if (dropped.length === 0) {
    return sentence;
  }
  const places = dropped.map((caveat) => nicText(caveat.lane, nicsOf(sight)));
  return `${sentence.slice(0, -1)}; the capture itself lost packets at ${listText(places)}.`;
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { ms }) => total + ms, 0);
}
