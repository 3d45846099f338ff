/** Puts a request's timeline, parts and costs together into a verdict. */
import { type L7Record } from '@bpfnet/flow-model';
import { type Caveat } from '../caveats/caveats';
import { connectionVerdict } from './connection-verdict';
import { contributions } from './contributions';
import { costsOf } from './costs';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type ExchangeBytes } from '../losses/exchange-bytes';
import { lostWhere } from '../losses/fate-text';
import { type LossAttribution } from '../losses/loss-attribution';
import { type Followed, type HostClocks } from '../clocks/host-clocks';
import { placeText } from '../../path/packet-ref';
import { answeredParts, partsOfRecords, unansweredParts } from './parts';
import { connectionSetupParts } from './connection-setup';
import { type FarthestNics } from '../losses/farthest-nic';
import { type Retransmission } from '../losses/retransmissions';
import { leastRoundTripMs } from '../losses/round-trip';
import { answeredClause, sentenceOf, subjectText } from './sentence';
import { NicObservations } from '../losses/nic-observations';
import { isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { type Timeline, timelineOf } from './timeline';
import { unansweredEnding } from './unanswered';
import { type Cause, type Part, type Verdict } from './verdict';
import { endpointTexts } from './endpoints-text';

interface VerdictInput {
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
  const nics = nicsOf(observations);
  const parts = [...connectionSetup(request), ...answeredParts({ observations, timeline, clocks: clocksOf(request) })];
  const costs = costsOf({ ...request, parts });
  const totalMs = sum(parts);
  const shares = contributions(parts, costs);
  const lost = costs.find((cost) => cost.kind === 'timeout' || cost.kind === 'retransmission');
  const responseBytes = exchange.response.reduce((bytes, { group }) => bytes + group.end - group.start, 0);
  const clause = answeredClause({
    record,
    endpoints: endpointTexts(observations.connection, record),
    totalMs,
    contributions: shares,
    lastNic: placeText(observations.connection.flows[timeline.server].place),
    roundTripBeyondMs: leastRoundTripMs(observations.connection.flows[timeline.server], 0),
    responseBytes,
    lossWhere: lost && lostWhere(lost.fate, nics),
  });
  const cause: Cause = totalMs <= FAST_MS && lost === undefined ? 'fast' : shares[0].cause;
  return { requestId, cause, totalMs, parts, costs, sentence: sentenceOf(clause, caveats, nics), caveats };
}

/** Without packets: null where the request was not answered, since its records do not say why. */
function answeredBySpans(requestId: string, observations: NicObservations, caveats: readonly Caveat[]): Verdict | null {
  const spans = observations.connection.flows.flatMap(({ place, records }) =>
    records.exchanges
      .filter(({ record }) => record.request_id === requestId && isAnswered(record.outcome))
      .map(({ record }) => ({ place, record }))
  );
  if (spans.length === 0) {
    return null;
  }
  const [{ record }] = spans;
  const last = spans[spans.length - 1];
  const parts = partsOfRecords(record, last.record);
  const totalMs = sum(parts);
  const shares = contributions(parts, []);
  const clause = answeredClause({
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
    sentence: sentenceOf(clause, [], []),
    caveats,
  };
}

function unanswered(request: Request): Verdict {
  const { observations, timeline, record, requestId, caveats } = request;
  const nics = nicsOf(observations);
  const before = connectionSetup(request);
  const parts = [
    ...before,
    ...unansweredParts({ observations, timeline, clocks: clocksOf(request) }, record.latency_ms),
  ];
  const costs = costsOf({ ...request, parts });
  const { cause, text } = unansweredEnding({
    ...request,
    nics,
    reset: costs.find((cost) => cost.kind === 'reset'),
  });
  const subject = subjectText(record, endpointTexts(observations.connection, record));
  const within = record.latency_ms < 1 ? '' : ` within ${durationText(record.latency_ms)}`;
  const clause = cause === 'reset' ? `${subject} ${text}` : `${subject} was not answered${within}: ${text}`;
  const sentence = sentenceOf(clause, caveats, nics);
  return { requestId, cause, totalMs: sum(parts), parts, costs, sentence, caveats };
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

function clocksOf({ observations, timeline, clocks }: Request) {
  const host = (nic: number): string => observations.connection.flows[nic].place.host;
  const [client, server] = [host(timeline.client), host(timeline.server)];
  return client === server ? 'same' : clocks.between(client, server);
}

function nicsOf({ connection }: NicObservations) {
  return connection.flows.map(({ place }) => place);
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((total, { ms }) => total + ms, 0);
}
