/** Puts a request's timeline, costs and reach together to a verdict. */
import { type L7Record } from '@bpfnet/flow-model';
import { type Caveat } from '../caveats/caveats';
import { connectionVerdict } from './connection-verdict';
import { contributions } from './contributions';
import { costsOf } from './costs';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { lostWhere, nicText } from '../losses/fate-text';
import { type LossAttribution } from '../losses/loss-attribution';
import { type Followed, type HostClocks } from '../clocks/host-clocks';
import { placeText } from '../../path/packet-ref';
import { answeredParts, unansweredParts } from './parts';
import { partsOfSpans } from './parts-of-spans';
import { connectionSetupParts } from './connection-setup';
import { type FarthestNics } from '../losses/farthest-nic';
import { type Retransmission } from '../losses/retransmissions';
import { leastRoundTripMs } from '../losses/round-trip';
import { answeredSentence, listText, subjectText } from './sentence';
import { NicObservations } from '../losses/nic-observations';
import { isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { type Timeline, timelineOf } from './timeline';
import { unansweredEnding } from './unanswered';
import { type Cause, type Cost, type Part, type Verdict } from './verdict';
import { endpointTexts } from './endpoints-text';

export interface VerdictInput {
  readonly requestId: string | undefined;
  readonly nameResolution: readonly ExchangeAtNic[];
  readonly followed: Followed;
  readonly attribution: LossAttribution;
  readonly exchange: ExchangeBytes | undefined;
  readonly clocks: HostClocks;
  readonly farthest: FarthestNics | null;
  readonly retransmissions: readonly Retransmission[];
  readonly caveats: readonly Caveat[];
}

/** Answered within this and nothing lost: fast. */
const FAST_MS = 20;

/** Null where the packets of an unanswered request were not read, or where there is neither a request nor a connection that failed. */
export function verdictOf(input: VerdictInput): Verdict | null {
  const observations = new NicObservations(input.followed.connection, input.followed.sent);
  if (input.requestId === undefined) {
    return connectionVerdict(observations, input);
  }
  const timeline = input.exchange && timelineOf(input.exchange, observations);
  const record = timeline && recordOf(input.requestId, timeline, observations);
  if (input.exchange === undefined || timeline === undefined || record === undefined) {
    return answeredBySpans(input.requestId, observations, input.caveats);
  }
  const request: Request = {
    ...input,
    requestId: input.requestId,
    exchange: input.exchange,
    observations,
    timeline,
    record,
  };
  return timeline.receivedLast === undefined || record.outcome === 'reset' ? unanswered(request) : answered(request);
}

interface Request extends VerdictInput {
  readonly requestId: string;
  readonly exchange: ExchangeBytes;
  readonly observations: NicObservations;
  readonly timeline: Timeline;
  /** The span of the NIC nearest to the client. */
  readonly record: L7Record;
}

function recordOf(requestId: string, { client }: Timeline, { connection }: NicObservations): L7Record | undefined {
  const spanAt = (nic: number) =>
    connection.flows[nic].records.exchanges.find(({ record }) => record.request_id === requestId);
  const nics = [client, ...connection.flows.map((_flow, nic) => nic)];
  return nics.map(spanAt).find((span) => span !== undefined)?.record;
}

function answered(request: Request): Verdict {
  const { observations, timeline, record, exchange, requestId, caveats } = request;
  const parts = [...connectionSetup(request), ...answeredParts({ observations, timeline, clocks: clocksOf(request) })];
  const costs = costsFor(request, parts);
  const totalMs = sum(parts);
  const shares = contributions(parts, costs);
  const lost = costs.find(({ kind, ms }) => (kind === 'timeout' || kind === 'retransmission') && ms > 0);
  const responseBytes = exchange.response.reduce((bytes, { group }) => bytes + group.end - group.start, 0);
  const sentence = answeredSentence({
    record,
    endpoints: endpointTexts(observations.connection, record),
    totalMs,
    contributions: shares,
    lastNic: placeText(observations.connection.flows[timeline.server].place),
    roundTripBeyondMs: leastRoundTripMs(observations.connection.flows[timeline.server], 0),
    responseBytes,
    lossWhere: lost && whereOf(lost, request),
  });
  const cause: Cause = totalMs <= FAST_MS && lost === undefined ? 'fast' : shares[0].cause;
  return { requestId, cause, totalMs, parts, costs, sentence: withCaveats(sentence, request), caveats };
}

/** Without packets: null where the request was not answered, since its records do not say why. */
function answeredBySpans(requestId: string, observations: NicObservations, caveats: readonly Caveat[]): Verdict | null {
  const spans = observations.connection.flows.flatMap(({ place, records: nic }) =>
    nic.exchanges
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
    endpoints: endpointTexts(observations.connection, record),
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
  const { observations, timeline, record, requestId, caveats } = request;
  const before = connectionSetup(request);
  const parts = [
    ...before,
    ...unansweredParts({ observations, timeline, clocks: clocksOf(request) }, record.latency_ms),
  ];
  const costs = costsFor(request, parts);
  const { cause, text } = unansweredEnding({
    ...request,
    nics: nicsOf(observations),
    reset: costs.find(({ kind }) => kind === 'reset'),
  });
  const subject = subjectText(record, endpointTexts(observations.connection, record));
  const sentence =
    cause === 'reset'
      ? `${subject} ${text}.`
      : `${subject} was not answered${record.latency_ms < 1 ? '' : ` within ${durationText(record.latency_ms)}`}: ${text}.`;
  return { requestId, cause, totalMs: sum(parts), parts, costs, sentence: withCaveats(sentence, request), caveats };
}

function connectionSetup({ observations, timeline, requestId, nameResolution }: Request): readonly Part[] {
  return connectionSetupParts({
    observations,
    nic: timeline.client,
    sent: timeline.sentFirst,
    requestId,
    nameResolution,
  });
}

function costsFor({ observations, timeline, retransmissions }: Request, parts: readonly Part[]): readonly Cost[] {
  return costsOf({ observations, timeline, parts, retransmissions, nics: nicsOf(observations) });
}

function clocksOf({ observations, timeline, clocks }: Request) {
  const host = (nic: number): string => observations.connection.flows[nic].place.host;
  const [client, server] = [host(timeline.client), host(timeline.server)];
  return client === server ? 'same' : clocks.between(client, server);
}

/** Where the dearest loss was, by the retransmission that the cost rests on. */
function whereOf(cost: Cost, { retransmissions, observations }: Request): string | undefined {
  const again = cost.packets[cost.packets.length - 1];
  const one = retransmissions.find(
    ({ again: ref }) => ref.flowId === again.flowId && ref.chunkId === again.chunkId && ref.index === again.index
  );
  return one && lostWhere(one.fateOfBefore, nicsOf(observations));
}

function nicsOf({ connection }: NicObservations) {
  return connection.flows.map(({ place }) => place);
}

function withCaveats(sentence: string, { caveats, observations }: Pick<Request, 'caveats' | 'observations'>): string {
  const dropped = caveats.filter((caveat) => caveat.kind === 'capture-dropped');
  if (dropped.length === 0) {
    return sentence;
  }
  const places = dropped.map((caveat) => nicText(caveat.flowId, nicsOf(observations)));
  return `${sentence.slice(0, -1)}; the capture itself lost packets at ${listText(places)}.`;
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { ms }) => total + ms, 0);
}
