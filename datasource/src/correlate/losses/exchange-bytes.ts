/** Which bytes are a request's and which its response's, at all NICs: found from the span of whichever NIC saw most of it. */
import { seqDiff, toSeq } from '@bpfnet/flow-model';
import { type BothWays, type Journey, NOT_SEEN } from './journeys';
import { isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { type CapturedFlow, type CapturedConnection } from './captured-connection';

export interface ExchangeBytes {
  /** In order of position; at least one. */
  readonly request: readonly Journey[];
  /** Empty where no NIC saw a byte of it. */
  readonly response: readonly Journey[];
}

/** Undefined where the packets of the request were not read, or no span tells where it is. */
export function exchangeBytes(
  watched: CapturedConnection,
  journeys: BothWays,
  requestId: string
): ExchangeBytes | undefined {
  const withPackets = watched.flows.filter(({ length }) => length > 0);
  const seen = withPackets.flatMap((watch) =>
    watch.lane.exchanges.filter(({ record }) => record.request_id === requestId).map((span) => ({ watch, span }))
  );
  // A NIC that saw the answer knows both ends of it.
  const best =
    seen.find(({ span }) => isAnswered(span.record.outcome)) ??
    seen.find(({ span }) => span.record.resp_seq !== undefined) ??
    seen[0];
  if (best === undefined) {
    return undefined;
  }
  const { watch, span } = best;
  const [request, response] =
    watch.lane.l4Proto === 'tcp'
      ? streamRanges(watch, { span, baseNs: watched.baseNs, journeys })
      : datagrams(watch, { span, baseNs: watched.baseNs, journeys });
  return request.length === 0 ? undefined : { request, response };
}

interface Finding {
  readonly span: ExchangeAtNic;
  readonly baseNs: bigint;
  readonly journeys: BothWays;
}

/** Times of records are whole nanoseconds, and a store moves a line by some to tell it from another. */
const SAME_MOMENT_NS = 2000;

function streamRanges(
  watch: CapturedFlow,
  { span, baseNs, journeys }: Finding
): readonly [readonly Journey[], readonly Journey[]] {
  const { record } = span;
  const startNs = Number(span.tsNs - baseNs);
  const request = {
    start: positionOf(watch, { fromServer: 0, seq: record.req_seq, nearNs: startNs }),
    untilNs: startNs + (record.cost_req_sent ?? 0) * 1e6,
    next: nextStart(watch, record.req_seq, 'req_seq'),
  };
  const response = {
    start: positionOf(watch, { fromServer: 1, seq: record.resp_seq, nearNs: startNs }),
    untilNs: startNs + record.latency_ms * 1e6,
    next: nextStart(watch, record.resp_seq, 'resp_seq'),
  };
  return [within(watch, journeys, 0, request), within(watch, journeys, 1, response)];
}

interface Range {
  readonly start: number | undefined;
  /** When its last byte had passed, ns on the watch's clock. */
  readonly untilNs: number;
  /** Bytes from its start to the next message's; Infinity where there is none. */
  readonly next: number;
}

function within(
  watch: CapturedFlow,
  { ways }: BothWays,
  fromServer: 0 | 1,
  { start, untilNs, next }: Range
): readonly Journey[] {
  if (start === undefined) {
    return [];
  }
  let end = start + 1;
  for (let i = 0; i < watch.length; i++) {
    if (
      watch.fromServer[i] === fromServer &&
      watch.len[i] > 0 &&
      watch.span[i] > 0 &&
      watch.tNs[i] <= untilNs + SAME_MOMENT_NS
    ) {
      end = Math.max(end, Math.min(watch.start[i] + watch.len[i], start + next));
    }
  }
  return ways[fromServer].all.filter(({ group }) => group.start < end && group.end > start && group.end > group.start);
}

/** Where a number of one side lies, by that side's packet nearest in time. */
function positionOf(
  watch: CapturedFlow,
  { fromServer, seq, nearNs }: { readonly fromServer: 0 | 1; readonly seq: number | undefined; readonly nearNs: number }
): number | undefined {
  if (seq === undefined) {
    return undefined;
  }
  let best: number | undefined;
  for (let i = 0; i < watch.length; i++) {
    const carries = watch.fromServer[i] === fromServer && watch.span[i] > 0;
    if (carries && (best === undefined || Math.abs(watch.tNs[i] - nearNs) < Math.abs(watch.tNs[best] - nearNs))) {
      best = i;
    }
  }
  return best === undefined ? undefined : watch.start[best] + seqDiff(toSeq(seq), toSeq(watch.seq[best]));
}

function nextStart({ lane }: CapturedFlow, seq: number | undefined, key: 'req_seq' | 'resp_seq'): number {
  const ahead = lane.exchanges.map(({ record }) =>
    seq === undefined || record[key] === undefined ? 0 : seqDiff(toSeq(record[key]), toSeq(seq))
  );
  return Math.min(...ahead.filter((bytes) => bytes > 0), Infinity);
}

/** Datagrams have no numbers: there the time decides, on the clock of the NIC that saw it. */
function datagrams(
  watch: CapturedFlow,
  { span, baseNs, journeys }: Finding
): readonly [readonly Journey[], readonly Journey[]] {
  const startNs = Number(span.tsNs - baseNs);
  const at = (fromServer: 0 | 1, tNs: number): readonly Journey[] => {
    const packet = watch.tNs.findIndex(
      (one, i) => watch.fromServer[i] === fromServer && Math.abs(one - tNs) <= SAME_MOMENT_NS
    );
    const { order } = watch.place;
    const carrying = journeys.ways[fromServer].all.find(({ group }) => group.seen[order].includes(packet));
    return packet === NOT_SEEN || carrying === undefined ? [] : [onlyCopyOf(carrying, order, packet)];
  };
  return [at(0, startNs), isAnswered(span.record.outcome) ? at(1, startNs + span.record.latency_ms * 1e6) : []];
}

/** Of equal datagrams the one in question: others are requests of their own. */
function onlyCopyOf({ group, copies }: Journey, lane: number, packet: number): Journey {
  return { group, copies: copies.filter(({ packets }) => packets[lane] === packet) };
}
