/**
 * HTTP/2 streams as exchanges (RFC 9113 section 8.1). A stream begins with the client's HEADERS and is complete when the server has ended its
 * side; the trailers of gRPC come with that end. The frames themselves are frame-stream.ts's matter.
 *
 *   seen                                      becomes
 *   HEADERS of a new odd stream from client   the request
 *   HEADERS of 1xx                            nothing (section 8.1: interim)
 *   HEADERS with a status from server         the answer begins
 *   END_STREAM from server                    the exchange is complete
 *   RST_STREAM from either side               outcome `reset`
 *   GOAWAY from server                        streams above its last id: outcome `reset`
 *   PUSH_PROMISE                              nothing: the client did not ask. Its answer counts as one without a request
 *
 * A connection that began before the capture refers to headers that were not seen. Method and path then read "?", and the http_* fields
 * are absent. A message's bytes are its HEADERS, CONTINUATION and DATA frames with their headers; window updates and the like
 * belong to the connection. `MAX_STREAMS` streams are followed at once; the oldest makes room.
 */
import { REQUEST_ID_STREAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { Exchange, type ProtocolFields } from '../exchange';
import { type L7Parser, type L7Protocol, type ParserEvents } from '../protocol';
import { readTraceContext } from '../kit/trace-context';
import { errorName, grpcStatus, type GrpcStatus } from './error-codes';
import { FrameStream, type FrameEvents, type HeaderBlock } from './frame-stream';
import { type Headers } from './hpack';
import { probeHttp2 } from './probe';

/** HTTP/2 in clear text (RFC 9113), gRPC over it included. Records say `http` with version 2, or `grpc`. */
export const http2: L7Protocol = {
  name: 'http',
  probe: probeHttp2,
  createParser: (events) => new Http2Parser(events),
};

const MAX_STREAMS = 1024;

const NOT_SEEN = '?';
const GRPC = 'grpc';

interface Stream {
  readonly exchange: Exchange;
  grpc: GrpcStatus | undefined;
  /** Frames were lost while it was open, and may have been its own. */
  sawGap: boolean;
}

export class Http2Parser implements L7Parser {
  private readonly client: FrameStream;
  private readonly server: FrameStream;
  /** Streams whose answer did not end yet, the oldest first. */
  private readonly streams = new Map<number, Stream>();
  private lastClientStream = 0;
  private everRecognised = false;
  private off = false;

  /** @param upgraded the HTTP/1.1 request that asked for HTTP/2; it is stream 1 (RFC 7540 section 3.2) */
  constructor(
    private readonly events: ParserEvents,
    upgraded?: Exchange
  ) {
    this.client = new FrameStream(this.frameEvents(true));
    this.server = new FrameStream(this.frameEvents(false));
    if (upgraded !== undefined) {
      this.everRecognised = true;
      this.lastClientStream = 1;
      this.streams.set(1, { exchange: upgraded, grpc: undefined, sawGap: false });
    }
  }

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    if (!this.off) {
      (fromClient ? this.client : this.server).data(bytes, from, to, seq, nowNs);
    }
  }

  gap(fromClient: boolean, length: number, nowNs: number): void {
    if (!this.off) {
      (fromClient ? this.client : this.server).gap(length, nowNs);
    }
  }

  unseenAcknowledged(): void {
    // Streams have numbers, so an answer finds its request whatever was lost.
  }

  expire(beforeNs: number, nowNs: number): void {
    for (const { exchange, sawGap } of this.streams.values()) {
      if (!exchange.answered && !exchange.reported && exchange.requestFirstNs <= beforeNs) {
        exchange.responseLastNs = nowNs;
        this.report(exchange, sawGap ? 'gap' : 'unanswered');
      }
    }
  }

  end(nowNs: number, wasReset: boolean): void {
    for (const id of [...this.streams.keys()]) {
      this.giveUp(id, wasReset, nowNs);
    }
    this.off = true;
  }

  private frameEvents(fromClient: boolean): FrameEvents {
    return {
      frameStarts: () => {
        if (fromClient) {
          this.events.requestStarts();
        }
      },
      headerBlock: (block, nowNs) => {
        if (fromClient) {
          this.clientHeaders(block, nowNs);
        } else {
          this.serverHeaders(block, nowNs);
        }
      },
      data: (id, length, endsStream, nowNs) => this.takeData(fromClient, id, length, endsStream, nowNs),
      resetStream: (id, code, nowNs) => this.takeReset(id, errorName(code), nowNs),
      goAway: (lastStreamId, nowNs) => {
        if (!fromClient) {
          this.refuseAbove(lastStreamId, nowNs);
        }
      },
      lost: () => {
        for (const stream of this.streams.values()) {
          stream.sawGap = true;
        }
      },
      notHttp2: () => {
        if (!this.everRecognised) {
          this.off = true;
          this.events.stopped(false);
        }
      },
    };
  }

  private clientHeaders(block: HeaderBlock, nowNs: number): void {
    const { streamId } = block;
    const open = this.streams.get(streamId);
    if (open !== undefined) {
      // Trailers of the request.
      open.exchange.requestBytes += block.length;
      this.requestTouched(open.exchange, block.endsStream, nowNs);
      return;
    }
    const isRequest = (streamId & 1) === 1 && streamId > this.lastClientStream && mayBeRequest(block.headers);
    if (!isRequest) {
      return;
    }
    this.everRecognised = true;
    this.lastClientStream = streamId;
    if (this.streams.size >= MAX_STREAMS) {
      this.makeRoom(nowNs);
    }
    const exchange = requestOf(block);
    exchange.requestBytes = block.length;
    this.streams.set(streamId, { exchange, grpc: undefined, sawGap: false });
    this.events.began(exchange);
    this.requestTouched(exchange, block.endsStream, nowNs);
  }

  private serverHeaders(block: HeaderBlock, nowNs: number): void {
    const { headers } = block;
    const status = headers?.[':status'];
    const stream = this.streams.get(block.streamId);
    if (stream === undefined) {
      if (isFinalStatus(status)) {
        this.everRecognised = true;
        this.events.orphanResponse();
      }
      return;
    }
    this.everRecognised = true;
    if (!stream.exchange.answered) {
      if (status !== undefined && !isFinalStatus(status)) {
        return;
      }
      beginAnswer(stream.exchange, block, status);
    }
    stream.grpc ??= grpcStatus(headers?.['grpc-status']);
    if (stream.grpc !== undefined) {
      becomeGrpc(stream.exchange);
    }
    stream.exchange.responseBytes += block.length;
    stream.exchange.responseLastNs = nowNs;
    if (block.endsStream) {
      this.complete(block.streamId, stream);
    }
  }

  private takeData(fromClient: boolean, id: number, length: number, endsStream: boolean, nowNs: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      return;
    }
    const { exchange } = stream;
    if (fromClient) {
      exchange.requestBytes += length;
      this.requestTouched(exchange, endsStream, nowNs);
      return;
    }
    if (exchange.answered) {
      exchange.responseBytes += length;
      exchange.responseLastNs = nowNs;
    }
    if (endsStream) {
      this.complete(id, stream);
    }
  }

  private requestTouched(exchange: Exchange, endsStream: boolean, nowNs: number): void {
    exchange.requestLastNs = nowNs;
    exchange.requestEnded ||= endsStream;
  }

  private takeReset(id: number, code: string, nowNs: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      return;
    }
    const { exchange } = stream;
    this.streams.delete(id);
    exchange.fields.http_reset_code = code;
    exchange.responseLastNs = nowNs;
    this.report(exchange, 'reset');
  }

  /** Section 6.8: the server has not looked at these, and never will. */
  private refuseAbove(lastStreamId: number, nowNs: number): void {
    for (const id of [...this.streams.keys()]) {
      if (id > lastStreamId) {
        this.takeReset(id, 'GOAWAY', nowNs);
      }
    }
  }

  private complete(id: number, stream: Stream): void {
    this.streams.delete(id);
    const { exchange } = stream;
    if (!exchange.answered) {
      // The end of an answer whose headers were lost.
      this.report(exchange, 'gap');
      return;
    }
    this.report(exchange, settleStatus(stream));
  }

  private makeRoom(nowNs: number): void {
    for (const id of this.streams.keys()) {
      this.giveUp(id, false, nowNs);
      return;
    }
  }

  /** Reports a stream that did not end, or whose end was not seen. */
  private giveUp(id: number, wasReset: boolean, nowNs: number): void {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      return;
    }
    this.streams.delete(id);
    const { exchange } = stream;
    if (exchange.answered) {
      settleStatus(stream);
      this.report(exchange, wasReset ? 'reset' : 'gap');
      return;
    }
    exchange.responseLastNs = nowNs;
    this.report(exchange, stream.sawGap ? 'gap' : wasReset ? 'reset' : 'unanswered');
  }

  private report(exchange: Exchange, outcome: Exchange['outcome']): void {
    if (!exchange.reported) {
      exchange.outcome = outcome;
      exchange.reported = true;
      this.events.ended(exchange);
    }
  }
}

/** Headers that were read and have no method are a request's trailers; what was not seen may be anything. */
function mayBeRequest(headers: Headers | undefined): boolean {
  return headers === undefined || headers.unknown || headers[':method'] !== undefined;
}

function isFinalStatus(status: string | undefined): status is string {
  return status !== undefined && /^[2-5]\d\d$/.test(status);
}

function requestOf(block: HeaderBlock): Exchange {
  const { headers = { unknown: true } } = block;
  const path = headers[':path'];
  const method = headers[':method'];
  const isGrpc = headers['content-type']?.startsWith('application/grpc') === true;
  const fields: ProtocolFields = {
    http_method: method,
    http_path: path,
    http_host: headers[':authority'] ?? headers.host,
    // Filled in by the response; named here so that all exchanges have one shape.
    http_status_code: undefined,
    http_version: '2',
    http_content_type: undefined,
    http_stream_id: block.streamId,
    http_reset_code: undefined,
    grpc_status: undefined,
  };
  const seq = toSeq(block.seq);
  const exchange = new Exchange(
    requestId(seq, block.start, 0, Math.min(REQUEST_ID_STREAM_BYTES, block.startLength)),
    seq,
    block.firstNs,
    method ?? NOT_SEEN,
    path ?? connectTarget(headers) ?? NOT_SEEN,
    fields
  );
  if (isGrpc) {
    becomeGrpc(exchange);
  }
  const trace = readTraceContext(headers);
  exchange.traceId = trace?.traceId;
  exchange.parentId = trace?.parentId;
  exchange.traceSource = trace?.source;
  return exchange;
}

/** CONNECT has no path but an authority (section 8.5). */
function connectTarget(headers: Headers): string | undefined {
  return headers[':method'] === 'CONNECT' ? headers[':authority'] : undefined;
}

/** Media types in both directions say so, and so does the trailer. gRPC's path is `/` service `/` method. */
function becomeGrpc(exchange: Exchange): void {
  if (exchange.proto === GRPC) {
    return;
  }
  exchange.proto = GRPC;
  const [, service, method] = /^\/(.+)\/([^/]+)$/.exec(exchange.fields.http_path ?? '') ?? [];
  exchange.op = method ?? NOT_SEEN;
  exchange.resource = service ?? exchange.fields.http_path ?? NOT_SEEN;
}

function beginAnswer(exchange: Exchange, block: HeaderBlock, status: string | undefined): void {
  exchange.answered = true;
  exchange.responseSeq = toSeq(block.seq);
  exchange.responseFirstNs = block.firstNs;
  exchange.fields.http_status_code = status === undefined ? undefined : Number(status);
  const type = block.headers?.['content-type'];
  exchange.fields.http_content_type = type?.split(';', 1)[0].trim();
  if (type?.startsWith('application/grpc') === true) {
    becomeGrpc(exchange);
  }
}

/** Status and outcome of an answer, as far as it came. */
function settleStatus(stream: Stream): Exchange['outcome'] {
  const { exchange, grpc } = stream;
  const code = exchange.fields.http_status_code;
  if (exchange.proto === GRPC && (code === undefined || code === 200)) {
    exchange.status = grpc?.name ?? '';
    exchange.fields.grpc_status = grpc?.code;
    // gRPC: an answer that ends without a status is UNKNOWN to the client; here its trailers may not have been readable.
    return grpc?.outcome ?? 'gap';
  }
  exchange.status = code === undefined ? NOT_SEEN : String(code);
  return code === undefined ? 'gap' : code >= 500 ? 'server_error' : code >= 400 ? 'client_error' : 'ok';
}
