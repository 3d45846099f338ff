/** One request with its response, as a protocol's parser found it in the streams of a connection. Times are nanoseconds of the pipeline's clock. */
import { type RequestId } from '@bpfnet/flow-model/ids';
import { type L7Record, type ProtocolField } from '@bpfnet/flow-model/records';
import { type Outcome, type TraceSource } from '@bpfnet/flow-model/words';
import { type Flow } from '../flow/flow';

/**
 * What a protocol adds to the record beside the fields that all have: a parser sets them under the record's own names, and the record
 * carries them as they are.
 */
export type ProtocolFields = {
  -readonly [Name in ProtocolField]?: L7Record[Name];
};

export class Exchange {
  /** Both words of the `RequestId`: an object of its own would be made for each request. */
  requestIdHigh = 0;
  requestIdLow = 0;
  /** Sequence number of the request's first byte, 0 … 2^32 - 1. */
  requestSeq = 0;
  requestFirstNs = 0;
  op = '';
  /** Empty where there is none. */
  resource = '';
  fields: ProtocolFields;

  outcome: Outcome = 'unanswered';
  /** Normalised status; empty where unanswered. */
  status = '';
  /** Where it is not the name of the parser's protocol: as in the record's `l7_proto`. */
  proto: string | undefined;
  traceId: string | undefined;
  parentId: string | undefined;
  traceSource: TraceSource | undefined;

  requestLastNs = 0;
  /** Bytes of the message in the stream, head and body. */
  requestBytes = 0;
  requestEnded = false;
  /** Written as unanswered already; a response that comes after all is ignored. */
  reported = false;

  /** True once the response's first byte was seen. */
  answered = false;
  responseSeq = 0;
  responseFirstNs = 0;
  responseLastNs = 0;
  responseBytes = 0;

  // Counters of the flow when the request began; the conversation fills them in.
  clientPacketsBefore = 0;
  serverPacketsBefore = 0;
  clientRetransBefore = 0;
  serverRetransBefore = 0;
  /** Packets that the kernel had dropped. */
  kernelDropsBefore = 0;

  // What of the flow is the exchange's, once it is over: packets of either side, and the chunks that they lie in.
  clientPackets = 0;
  serverPackets = 0;
  clientRetrans = 0;
  serverRetrans = 0;
  firstChunk = 0;
  lastChunk = 0;
  /** The record's `l7_proto`. */
  l7Proto: string | undefined;
  /** The side of the flow that asked: the client's, unless a handshake that was seen late contradicts the messages. */
  clientSide: 0 | 1 = 0;
  /** Packets that the kernel dropped while the exchange was open. */
  captureDrops = 0;
  /** Where the exchange goes once it is written, to be used again. */
  pool: Exchange[] | undefined;

  constructor(
    requestId: RequestId,
    requestSeq: number,
    requestFirstNs: number,
    op: string,
    resource: string,
    fields: ProtocolFields
  ) {
    this.fields = fields;
    this.begin(requestId, requestSeq, requestFirstNs, op, resource);
  }

  /** Uses the object for another exchange; `fields` are left to the caller. */
  begin(requestId: RequestId, requestSeq: number, requestFirstNs: number, op: string, resource: string): void {
    this.requestIdHigh = requestId.high;
    this.requestIdLow = requestId.low;
    this.requestSeq = requestSeq;
    this.requestFirstNs = requestFirstNs;
    this.op = op;
    this.resource = resource;
    this.outcome = 'unanswered';
    this.status = '';
    this.proto = undefined;
    this.traceId = undefined;
    this.parentId = undefined;
    this.traceSource = undefined;
    this.requestLastNs = requestFirstNs;
    this.requestBytes = 0;
    this.requestEnded = false;
    this.reported = false;
    this.answered = false;
    this.responseSeq = 0;
    this.responseFirstNs = 0;
    this.responseLastNs = 0;
    this.responseBytes = 0;
  }

  /** It is over: what the flow counts from here on is not its own. @param kernelDrops packets that the kernel dropped so far */
  concludeAt(flow: Flow, kernelDrops: number): void {
    this.l7Proto = flow.l7Proto;
    this.lastChunk = flow.chunkId;
    this.captureDrops = kernelDrops - this.kernelDropsBefore;
  }

  /** More bytes of the request passed. What is sent after the answer began does not move the request's end. */
  requestWent(count: number, nowNs: number): void {
    this.requestBytes += count;
    if (!this.answered) {
      this.requestLastNs = nowNs;
    }
  }

  /** More bytes of the response passed. */
  responseWent(count: number, nowNs: number): void {
    this.responseBytes += count;
    this.responseLastNs = nowNs;
  }
}

export interface ExchangeEvents {
  /** Packets that the kernel dropped so far. */
  readonly kernelDrops: number;
  /** An exchange of the flow is complete; its record is written when this returns. */
  exchangeEnded(flow: Flow, exchange: Exchange): void;
  /** The same for one that nobody touches any more: its record is written soon, and it goes back to its `pool`. */
  exchangeEndedPooled(flow: Flow, exchange: Exchange): void;
  orphanResponse(flow: Flow): void;
  /** The flow's `inner_traceid`. */
  connectionId(flow: Flow): string;
}
