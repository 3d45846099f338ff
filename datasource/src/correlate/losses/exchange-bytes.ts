/** Which bytes are a request's and which its response's, at all NICs: found from the span of whichever NIC saw most of it. */
import { seqDiff, toSeq } from '@bpfnet/flow-model';
import { type SentSegments, type SentSegment, NOT_SEEN } from './sent-segments';
import { isAnswered, type ExchangeAtNic } from '../../path/exchange-at-nic';
import { type CapturedFlow, type CapturedConnection } from './captured-connection';

export interface ExchangeBytes {
  /** In order of position; at least one. */
  readonly request: readonly SentSegment[];
  /** Empty where no NIC saw a byte of it. */
  readonly response: readonly SentSegment[];
}

/** Undefined where the packets of the request were not read, or no record says where it is. */
export function exchangeBytes(
  connection: CapturedConnection,
  sent: SentSegments,
  requestId: string
): ExchangeBytes | undefined {
  const withPackets = connection.flows.filter(({ length }) => length > 0);
  const seen = withPackets.flatMap((flow) =>
    flow.records.exchanges.filter(({ record }) => record.request_id === requestId).map((span) => ({ flow, span }))
  );
  // A NIC that saw the answer knows both ends of it.
  const best =
    seen.find(({ span }) => isAnswered(span.record.outcome)) ??
    seen.find(({ span }) => span.record.resp_seq !== undefined) ??
    seen[0];
  if (best === undefined) {
    return undefined;
  }
  const { flow, span } = best;
  const [request, response] =
    flow.records.l4Proto === 'tcp'
      ? streamRanges(flow, { span, baseNs: connection.baseNs, sent })
      : datagrams(flow, { span, baseNs: connection.baseNs, sent });
  return request.length === 0 ? undefined : { request, response };
}

interface Finding {
  readonly span: ExchangeAtNic;
  readonly baseNs: bigint;
  readonly sent: SentSegments;
}

/** Times of records are whole nanoseconds, and a store moves a line by some to keep two apart. */
const SAME_MOMENT_NS = 2000;

function streamRanges(
  flow: CapturedFlow,
  { span, baseNs, sent }: Finding
): readonly [readonly SentSegment[], readonly SentSegment[]] {
  const { record } = span;
  const startNs = Number(span.tsNs - baseNs);
  const request = {
    start: positionOf(flow, { fromServer: 0, seq: record.req_seq, nearNs: startNs }),
    untilNs: startNs + (record.cost_req_sent ?? 0) * 1e6,
    next: nextStart(flow, record.req_seq, 'req_seq'),
  };
  const response = {
    start: positionOf(flow, { fromServer: 1, seq: record.resp_seq, nearNs: startNs }),
    untilNs: startNs + record.latency_ms * 1e6,
    next: nextStart(flow, record.resp_seq, 'resp_seq'),
  };
  return [within(flow, sent, 0, request), within(flow, sent, 1, response)];
}

interface Range {
  readonly start: number | undefined;
  /** When its last byte had passed, ns on the clock of the NIC's host. */
  readonly untilNs: number;
  /** Bytes from its start to the next message's; Infinity where there is none. */
  readonly next: number;
}

function within(
  flow: CapturedFlow,
  { sides }: SentSegments,
  fromServer: 0 | 1,
  { start, untilNs, next }: Range
): readonly SentSegment[] {
  if (start === undefined) {
    return [];
  }
  let end = start + 1;
  for (let i = 0; i < flow.length; i++) {
    if (
      flow.fromServer[i] === fromServer &&
      flow.len[i] > 0 &&
      flow.span[i] > 0 &&
      flow.tNs[i] <= untilNs + SAME_MOMENT_NS
    ) {
      end = Math.max(end, Math.min(flow.start[i] + flow.len[i], start + next));
    }
  }
  return sides[fromServer].segments.filter(
    ({ group }) => group.start < end && group.end > start && group.end > group.start
  );
}

/** Where a number of one side lies, by that side's packet nearest in time. */
function positionOf(
  flow: CapturedFlow,
  { fromServer, seq, nearNs }: { readonly fromServer: 0 | 1; readonly seq: number | undefined; readonly nearNs: number }
): number | undefined {
  if (seq === undefined) {
    return undefined;
  }
  let best: number | undefined;
  for (let i = 0; i < flow.length; i++) {
    const carries = flow.fromServer[i] === fromServer && flow.span[i] > 0;
    if (carries && (best === undefined || Math.abs(flow.tNs[i] - nearNs) < Math.abs(flow.tNs[best] - nearNs))) {
      best = i;
    }
  }
  return best === undefined ? undefined : flow.start[best] + seqDiff(toSeq(seq), toSeq(flow.seq[best]));
}

function nextStart({ records: nic }: CapturedFlow, seq: number | undefined, key: 'req_seq' | 'resp_seq'): number {
  const ahead = nic.exchanges.map(({ record }) =>
    seq === undefined || record[key] === undefined ? 0 : seqDiff(toSeq(record[key]), toSeq(seq))
  );
  return Math.min(...ahead.filter((bytes) => bytes > 0), Infinity);
}

/** Datagrams have no numbers: there the time decides, on the clock of the NIC that saw it. */
function datagrams(
  flow: CapturedFlow,
  { span, baseNs, sent }: Finding
): readonly [readonly SentSegment[], readonly SentSegment[]] {
  const startNs = Number(span.tsNs - baseNs);
  const at = (fromServer: 0 | 1, tNs: number): readonly SentSegment[] => {
    const packet = flow.tNs.findIndex(
      (one, i) => flow.fromServer[i] === fromServer && Math.abs(one - tNs) <= SAME_MOMENT_NS
    );
    const { order } = flow.place;
    const carrying = sent.sides[fromServer].segments.find(({ group }) => group.seen[order].includes(packet));
    return packet === NOT_SEEN || carrying === undefined ? [] : [onlyTransmissionOf(carrying, order, packet)];
  };
  return [at(0, startNs), isAnswered(span.record.outcome) ? at(1, startNs + span.record.latency_ms * 1e6) : []];
}

/** Of equal datagrams the one in question: others are requests of their own. */
function onlyTransmissionOf({ group, transmissions: copies }: SentSegment, nic: number, packet: number): SentSegment {
  return { group, transmissions: copies.filter(({ packets }) => packets[nic] === packet) };
}
