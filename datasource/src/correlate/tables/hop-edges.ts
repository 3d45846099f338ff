/** The hops of a request's path as rows. */
import { emptyRow } from '@bpfnet/flow-model/frame-columns';
import { HOP_EDGE_COLUMNS, type HopEdgeRow } from '@bpfnet/flow-model/frames';
import { type L7Record } from '@bpfnet/flow-model/records';
import { natText } from '../../path/connection-addresses';
import { type ConnectionStory } from '../connection-story';
import { durationText } from '@bpfnet/flow-model/quantity-text';
import { type HopTime, hopTime, type OneWay } from '../clocks/hop-times';
import { isAnswered, roundTripOf, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { oneWayText } from '../clocks/time-text';

/** The story of the same request, where its packets were read. */
export type HopsStory = Pick<ConnectionStory, 'hops' | 'losses' | 'exchangeLosses' | 'nics'>;

interface EdgeOptions {
  readonly story: HopsStory | undefined;
  /** Takes sentences on what is odd. */
  readonly notes: string[];
}

export function edgeBetween(source: ExchangeAtNic, target: ExchangeAtNic, { story, notes }: EdgeOptions): HopEdgeRow {
  const [from, to] = [source.record, target.record];
  const time =
    story?.hops.find((hop) => hop.from === from.inner_traceid && hop.to === to.inner_traceid) ??
    timeBySpans(source, target);
  if (time.back.kind === 'unknown' && time.back.why === 'stamps-contradict') {
    notes.push(
      `The time to the client between ${nicOnHost(from)} and ${nicOnHost(to)} came out negative and is not shown.`
    );
  }
  const lost =
    roundTripOf(from).kind === 'unanswered' && roundTripOf(to).kind === 'known' && !lostByCapture(source, target);
  const nat = natText(from, to);
  const losses = (story?.losses ?? []).filter((loss) => isOn(time, loss));
  const ofRequest = (story?.exchangeLosses ?? []).filter((loss) => isOn(time, loss));
  const requestLoss = ofRequest.find(({ part }) => part === 'request');
  const responseLoss = ofRequest.find(({ part }) => part === 'response');
  return {
    id: `${time.from}-${time.to}`,
    source: time.from,
    target: time.to,
    mainstat: lost ? 'response lost' : timesText(time),
    secondarystat: [...estimateTexts(time), ...(nat === '' ? [] : [nat])].join('; '),
    sameClock: time.sameClock,
    toServerMs: exactMs(time.there),
    toClientMs: exactMs(time.back),
    roundTripMs: time.back.kind === 'unknown' && time.back.why === 'stamps-contradict' ? null : time.sumMs,
    ...estimates(time),
    sentSegments: story === undefined ? null : losses.reduce((sum, { sent }) => sum + sent, 0),
    lostSegments: story === undefined ? null : losses.reduce((sum, loss) => sum + loss.lost, 0),
    requestSegmentsLost: story === undefined ? null : (requestLoss?.segments ?? 0),
    requestRetransmittedAfterMs: requestLoss?.retransmittedAfterMs ?? null,
    responseSegmentsLost: story === undefined ? null : (responseLoss?.segments ?? 0),
    responseRetransmittedAfterMs: responseLoss?.retransmittedAfterMs ?? null,
    nat,
    lost: lost ? 'response' : '',
  };
}

/** Either way. */
function isOn(hop: HopTime, { from, to }: { readonly from: string; readonly to: string }): boolean {
  return (from === hop.from && to === hop.to) || (from === hop.to && to === hop.from);
}

/** By the times of the records: first byte to first byte, and what the latencies leave for the response. */
function timeBySpans(source: ExchangeAtNic, target: ExchangeAtNic): HopTime {
  const end = ({ record, tsNs }: ExchangeAtNic) => {
    const requestMs = Number(tsNs - source.tsNs) / 1e6;
    const trip = roundTripOf(record);
    const responseMs = trip.kind === 'known' ? requestMs + trip.ms : null;
    return { flowId: record.inner_traceid, stamps: { requestMs, responseMs } };
  };
  return hopTime(end(source), end(target), source.record.host === target.record.host ? 'same' : 'not-compared');
}

function exactMs(time: OneWay): number | null {
  return time.kind === 'exact' ? time.ms : null;
}

function estimates({ there, back }: HopTime) {
  const bars = there.kind === 'estimated' ? there : back.kind === 'estimated' ? back : undefined;
  return {
    toServerEstimateMs: there.kind === 'estimated' ? there.ms : null,
    toClientEstimateMs: back.kind === 'estimated' ? back.ms : null,
    estimateIfSymmetricMs: bars?.ifSymmetricMs ?? null,
    estimateAtMostMs: bars?.atMostMs ?? null,
  };
}

/** `to server 1.9 ms, ± 0.2 if symmetric, at most ± 1.9`. */
function estimateTexts({ there, back }: HopTime): readonly string[] {
  return [
    ...(there.kind === 'estimated' ? [`to server ${oneWayText(there)}`] : []),
    ...(back.kind === 'estimated' ? [`to client ${oneWayText(back)}`] : []),
  ];
}

function timesText({ there, back, sumMs }: HopTime): string {
  if (there.kind === 'exact' && back.kind === 'exact') {
    return `${durationText(there.ms)} to server, ${durationText(back.ms)} to client`;
  }
  const contradicts = back.kind === 'unknown' && back.why === 'stamps-contradict';
  if (sumMs !== null && !contradicts) {
    return `${durationText(sumMs)} round trip`;
  }
  return there.kind === 'exact' ? `${durationText(there.ms)} to server` : 'unknown';
}

const EMPTY: HopEdgeRow = emptyRow(HOP_EDGE_COLUMNS);

/** To what was not observed. */
export function openEdge(source: string, target: string, secondarystat: string): HopEdgeRow {
  return {
    ...EMPTY,
    id: `${source}-${target}`,
    source,
    target,
    mainstat: 'unknown',
    secondarystat,
  };
}

export function beyondText(last: L7Record, requestLostBefore: boolean): string {
  if (requestLostBefore) {
    return '';
  }
  return isAnswered(last.outcome)
    ? `${durationText(last.latency_ms)} from here to the response`
    : `last seen at ${nicOnHost(last)}`;
}

function lostByCapture(...spans: readonly ExchangeAtNic[]): boolean {
  return spans.some(({ record }) => (record.capture_drops ?? 0) > 0);
}

export function nicOnHost(record: { readonly host: string; readonly nic_name: string }): string {
  return `${record.nic_name} on ${record.host}`;
}
