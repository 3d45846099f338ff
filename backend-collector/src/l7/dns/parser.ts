/**
 * DNS over TCP (RFC 1035 section 4.2.2, RFC 7766): each message after its length in two bytes. Fields as in datagrams.ts.
 *
 * Questions may be pipelined and answered in any order: an answer belongs to the question with its id, type and name. A zone transfer
 * (AXFR, RFC 5936; IXFR, RFC 1995) is answered by several messages and ends with the SOA record that it began with.
 *
 * Limits: a message has at most 65 535 bytes, and is collected only where it is spread over segments. At most `MAX_PENDING` questions
 * wait; beyond that the oldest is reported as unanswered. After a gap reading begins again with the next segment that starts
 * with a message.
 */
import { REQUEST_ID_STREAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { Exchange } from '../exchange';
import { FramedStream, type MessageReceiver } from '../kit/framed-stream';
import { Probe, type L7Parser, type L7Protocol, type ParserEvents } from '../protocol';
import { RecordType } from './codes';
import { HEADER_BYTES, readMessage, type DnsMessage } from './message';
import { LENGTH_BYTES, probeStream } from './probe';
import { addAnswer, operationOf, outcomeOf, questionFields, statusOf, subjectOf } from './question';

const MAX_MESSAGE = 0xffff;
const MAX_PENDING = 1024;

export const dnsOverTcp: L7Protocol = {
  name: 'dns',
  probe: probeStream,
  createParser: (events) => new DnsStreamParser(events),
};

interface Pending {
  readonly exchange: Exchange;
  readonly id: number;
  readonly subject: string | undefined;
  readonly type: number;
  /** Of a zone transfer: serial of the SOA that it began with. */
  serial: number | undefined;
}

class DnsStreamParser implements L7Parser, MessageReceiver {
  private readonly requests = new FramedStream(true, LENGTH_BYTES, MAX_MESSAGE, this);
  private readonly responses = new FramedStream(false, LENGTH_BYTES, MAX_MESSAGE, this);
  private pending: Pending[] = [];
  private recognised = false;
  private responsesMissing = false;

  constructor(private readonly events: ParserEvents) {}

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    (fromClient ? this.requests : this.responses).push(bytes, from, to, seq, nowNs);
  }

  gap(fromClient: boolean, length: number, nowNs: number): void {
    (fromClient ? this.requests : this.responses).gap(length, nowNs);
  }

  unseenAcknowledged(): void {
    // A gap is reported once it is certain.
  }

  expire(beforeNs: number, nowNs: number): void {
    for (const { exchange } of this.pending) {
      if (!exchange.answered && exchange.requestFirstNs <= beforeNs) {
        this.giveUp(exchange, this.responsesMissing ? 'gap' : 'unanswered', nowNs);
      }
    }
  }

  end(nowNs: number, wasReset: boolean): void {
    for (const { exchange } of this.pending) {
      // A transfer that was cut short keeps its last answer's code.
      const outcome = wasReset ? 'reset' : exchange.answered ? exchange.outcome : 'unanswered';
      this.giveUp(exchange, this.responsesMissing ? 'gap' : outcome, nowNs);
    }
    this.pending = [];
    this.requests.off = true;
    this.responses.off = true;
  }

  bodyLength(_stream: FramedStream, bytes: Uint8Array, at: number): number {
    const length = (bytes[at] << 8) | bytes[at + 1];
    return length < HEADER_BYTES ? -1 : length;
  }

  begins(stream: FramedStream, bytes: Uint8Array, from: number, to: number): boolean {
    return probeStream(bytes, from, to) === (stream.fromClient ? Probe.Request : Probe.Response);
  }

  message(stream: FramedStream, nowNs: number): void {
    const message = readMessage(stream.bytes, stream.from + LENGTH_BYTES, stream.to);
    if (message === undefined || message.isResponse === stream.fromClient) {
      this.notOurs(stream);
      return;
    }
    this.recognised = true;
    if (stream.fromClient) {
      this.takeRequest(stream, message, nowNs);
    } else {
      this.takeResponse(stream, message, nowNs);
    }
  }

  more(): void {
    // A message is handed out whole.
  }

  ended(): void {
    // As above.
  }

  starts(stream: FramedStream): void {
    if (stream.fromClient) {
      this.events.requestStarts();
    }
  }

  lost(stream: FramedStream): void {
    this.responsesMissing ||= !stream.fromClient;
  }

  private notOurs(stream: FramedStream): void {
    if (this.recognised) {
      stream.lose();
      return;
    }
    this.requests.off = true;
    this.responses.off = true;
    this.events.stopped(false);
  }

  private takeRequest(stream: FramedStream, message: DnsMessage, nowNs: number): void {
    if (this.pending.length === MAX_PENDING) {
      const oldest = this.pending.shift();
      if (oldest !== undefined) {
        this.giveUp(oldest.exchange, 'unanswered', nowNs);
      }
    }
    const seq = toSeq(stream.seq);
    const id = requestId(seq, stream.bytes, stream.from, Math.min(stream.to, stream.from + REQUEST_ID_STREAM_BYTES));
    const exchange = new Exchange(id, seq, stream.firstNs, operationOf(message), message.name, questionFields(message));
    exchange.requestLastNs = nowNs;
    exchange.requestBytes = stream.messageLength;
    exchange.requestEnded = true;
    this.events.began(exchange);
    this.pending.push({ exchange, id: message.id, subject: subjectOf(message), type: message.type, serial: undefined });
  }

  private takeResponse(stream: FramedStream, message: DnsMessage, nowNs: number): void {
    const subject = subjectOf(message);
    const at = this.pending.findIndex((p) => p.id === message.id && (subject === undefined || p.subject === subject));
    if (at < 0) {
      this.events.orphanResponse();
      return;
    }
    const pending = this.pending[at];
    const { exchange } = pending;
    const isFirst = !exchange.answered;
    if (isFirst) {
      exchange.answered = true;
      exchange.responseSeq = toSeq(stream.seq);
      exchange.responseFirstNs = stream.firstNs;
    }
    exchange.responseLastNs = nowNs;
    exchange.responseBytes += stream.messageLength;
    exchange.status = statusOf(message);
    exchange.outcome = outcomeOf(message);
    addAnswer(exchange.fields, message);
    if (isTransferOpen(pending, message, isFirst)) {
      return;
    }
    this.pending.splice(at, 1);
    if (!exchange.reported) {
      exchange.reported = true;
      this.events.ended(exchange);
    }
  }

  private giveUp(exchange: Exchange, outcome: Exchange['outcome'], nowNs: number): void {
    if (exchange.reported) {
      return;
    }
    exchange.outcome = outcome;
    exchange.responseLastNs = exchange.answered ? exchange.responseLastNs : nowNs;
    exchange.reported = true;
    this.events.ended(exchange);
  }
}

/** True where further messages answer the same question. */
function isTransferOpen(pending: Pending, message: DnsMessage, isFirst: boolean): boolean {
  if (pending.type !== RecordType.Axfr && pending.type !== RecordType.Ixfr) {
    return false;
  }
  if (message.rcode !== 0 || message.answers === 0) {
    return false;
  }
  if (isFirst) {
    pending.serial = message.firstSerial;
    if (message.answers === 1) {
      // A SOA alone begins a transfer, or says that there is nothing to transfer (RFC 1995 section 2).
      return pending.serial !== undefined && pending.type === RecordType.Axfr;
    }
  }
  return pending.serial !== undefined && message.lastSerial !== pending.serial;
}
