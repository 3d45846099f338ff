/**
 * HTTP/1 as a state machine per direction: head, body by length or by chunks or until close, and again (RFC 9112 sections 2, 6, 7).
 * Heads may span segments, requests may be pipelined, bodies are skipped without a copy.
 *
 *   state       meaning                                       left when
 *   Head        a message may begin here                      the blank line
 *   Body        `remaining` bytes of a body                   remaining = 0
 *   ChunkSize   the line before a chunk                       its line feed: ChunkData, or Trailer after the last
 *   ChunkData   `remaining` bytes of a chunk and its CR LF    remaining = 0: ChunkSize
 *   Trailer     fields after the last chunk                   the blank line
 *   UntilClose  a response without length                     the connection ends
 *   Resync      after a gap or garbage: looks for a start line
 *
 * Limits: a head of more than `MAX_HEAD` bytes counts as garbage.
 */
import { REQUEST_ID_STREAM_BYTES, type RequestId, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { Exchange, type ProtocolFields } from '../exchange';
import { Http2Parser } from '../http2/parser';
import { Probe, type L7Parser, type L7Protocol, type ParserEvents } from '../protocol';
import { readTraceContext } from '../kit/trace-context';
import { emptyFields, holdsBlankLine, readFields, readRequestLine, readStatus, type RequestLine } from './head';
import { probeHttp1 } from './probe';

/** HTTP/1.0 and HTTP/1.1 (RFC 9112). */
export const http1: L7Protocol = {
  name: 'http',
  probe: probeHttp1,
  createParser: (events) => new Http1Parser(events),
};

const MAX_HEAD = 64 * 1024;

const enum State {
  Head,
  Body,
  ChunkSize,
  ChunkData,
  Trailer,
  UntilClose,
  Resync,
}

const CR = 0x0d;
const LF = 0x0a;

/** What was read of the head at hand; all parsers share it, since a head is handled at once. */
const line: RequestLine = { method: '', path: '', version: '' };
const fields = emptyFields();

/** Exchanges whose records are written, to be used again. */
const POOL: Exchange[] = [];

const NO_REQUEST: RequestId = { high: 0, low: 0 };

const STATUS_TEXTS: readonly string[] = Array.from({ length: 600 }, (_, status) => String(status));

function newExchange(): Exchange {
  // All fields are named here, so that all exchanges have one shape.
  const protocolFields: ProtocolFields = {
    http_method: undefined,
    http_path: undefined,
    http_host: undefined,
    http_status_code: undefined,
    http_version: undefined,
    http_content_type: undefined,
  };
  const exchange = new Exchange(NO_REQUEST, 0, 0, '', '', protocolFields);
  exchange.pool = POOL;
  return exchange;
}

/** One direction. */
class MessageStream {
  state: State = State.Head;
  remaining = 0;
  /** Of the message at hand, head included. */
  messageBytes = 0;
  /** A head that is not yet whole. */
  head: Uint8Array | undefined;
  headLength = 0;
  headSeq = 0;
  headNs = 0;
  /** Digits of a chunk size are over (an extension or the line end follows). */
  sizeEnded = false;
  sawGap = false;
  sawGarbage = false;
  /** The other side acknowledged what was not seen of this stream. */
  probablyGap = false;

  /** For another connection. */
  restart(): void {
    this.state = State.Head;
    this.remaining = 0;
    this.messageBytes = 0;
    this.head = undefined;
    this.headLength = 0;
    this.sizeEnded = false;
    this.sawGap = false;
    this.sawGarbage = false;
    this.probablyGap = false;
  }

  appendHead(bytes: Uint8Array, from: number, to: number): void {
    const need = this.headLength + to - from;
    if (this.head === undefined || this.head.length < need) {
      const grown = new Uint8Array(Math.max(2048, 2 * need));
      if (this.head !== undefined) {
        grown.set(this.head.subarray(0, this.headLength));
      }
      this.head = grown;
    }
    for (let i = from, o = this.headLength; i < to; i++, o++) {
      this.head[o] = bytes[i];
    }
    this.headLength = need;
  }
}

class Http1Parser implements L7Parser {
  private readonly request = new MessageStream();
  private readonly response = new MessageStream();
  /** Requests whose response did not end yet, in order. */
  private readonly pending: Exchange[] = [];
  /** The request whose body is under way. */
  private sending: Exchange | undefined;
  /** The exchange whose response is under way. */
  private answering: Exchange | undefined;
  private pipelined = false;
  private everRecognised = false;
  private off = false;
  /** What reads the streams after an upgrade. */
  private successor: L7Parser | undefined;

  constructor(private readonly events: ParserEvents) {}

  restart(): void {
    this.request.restart();
    this.response.restart();
    this.pending.length = 0;
    this.sending = undefined;
    this.answering = undefined;
    this.pipelined = false;
    this.everRecognised = false;
    this.off = false;
    this.successor = undefined;
  }

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    const s = fromClient ? this.request : this.response;
    s.probablyGap = false;
    let p = from;
    while (p < to && !this.off) {
      switch (s.state) {
        case State.Head:
          p = this.readHead(s, bytes, p, to, (seq + (p - from)) | 0, nowNs);
          break;
        case State.Body:
        case State.ChunkData:
          p += this.skip(s, to - p, nowNs);
          break;
        case State.ChunkSize:
          p = this.readChunkSize(s, bytes, p, to);
          break;
        case State.Trailer:
          p = this.readTrailer(s, bytes, p, to, nowNs);
          break;
        case State.UntilClose:
          this.touch(s, to - p, nowNs);
          p = to;
          break;
        case State.Resync:
          p = this.resync(s, bytes, p, to);
          break;
      }
    }
    if (p < to) {
      this.successor?.data(fromClient, bytes, p, to, (seq + (p - from)) | 0, nowNs);
    }
  }

  gap(fromClient: boolean, length: number, nowNs: number): void {
    if (this.off) {
      return;
    }
    const s = fromClient ? this.request : this.response;
    const withinBody = (s.state === State.Body || s.state === State.ChunkData) && length <= s.remaining;
    if (withinBody) {
      this.skip(s, length, nowNs);
      return;
    }
    if (s.state === State.UntilClose) {
      this.touch(s, length, nowNs);
      return;
    }
    s.sawGap = true;
    if (s === this.response && this.answering !== undefined) {
      // A body of known length that ended somewhere in the gap did arrive; of another nobody knows.
      const exchange = this.answering;
      this.finishResponse(exchange, s.state === State.Body ? outcomeOf(exchange) : 'gap');
    }
    this.sending = undefined;
    s.headLength = 0;
    s.state = State.Resync;
  }

  unseenAcknowledged(fromClient: boolean): void {
    (fromClient ? this.request : this.response).probablyGap = true;
  }

  expire(beforeNs: number, nowNs: number): void {
    for (const exchange of this.pending) {
      if (!exchange.answered && !exchange.reported && exchange.requestFirstNs <= beforeNs) {
        exchange.responseLastNs = nowNs;
        exchange.outcome = this.response.sawGap || this.response.probablyGap ? 'gap' : 'unanswered';
        exchange.reported = true;
        this.events.ended(exchange);
      }
    }
  }

  end(nowNs: number, wasReset: boolean): void {
    for (const exchange of this.pending) {
      if (exchange.reported) {
        continue;
      }
      if (exchange === this.answering) {
        const isWhole = this.response.state === State.UntilClose;
        exchange.outcome = wasReset && !isWhole ? 'reset' : outcomeOf(exchange);
      } else {
        exchange.responseLastNs = nowNs;
        exchange.outcome = this.unansweredOutcome(wasReset);
      }
      this.events.ended(exchange);
    }
    this.pending.length = 0;
    this.answering = undefined;
    this.off = true;
  }

  private unansweredOutcome(wasReset: boolean): Exchange['outcome'] {
    if (this.response.sawGap || this.response.probablyGap) {
      return 'gap';
    }
    if (this.response.sawGarbage) {
      return 'parse_error';
    }
    return wasReset ? 'reset' : 'unanswered';
  }

  private readHead(s: MessageStream, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): number {
    if (s.headLength > 0) {
      return this.continueHead(s, bytes, from, to, nowNs);
    }
    let p = from;
    // Empty lines before a start line are to be passed over (RFC 9112 section 2.2).
    while (p < to && (bytes[p] === CR || bytes[p] === LF)) {
      p++;
    }
    if (p === to) {
      return to;
    }
    s.headSeq = (seq + (p - from)) | 0;
    s.headNs = nowNs;
    const end = readFields(fields, bytes, p, to);
    if (end >= 0) {
      return this.takeHead(s, bytes, p, end, nowNs) ? end : this.garbage(s, p);
    }
    if (!this.mayBegin(s, bytes, p, to)) {
      return this.garbage(s, p);
    }
    if (s === this.request) {
      this.events.requestStarts();
    }
    s.appendHead(bytes, p, to);
    return to;
  }

  private continueHead(s: MessageStream, bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    const before = s.headLength;
    s.appendHead(bytes, from, to);
    const head = s.head ?? bytes;
    // Only what is new is searched: a head may come letter by letter.
    if (!holdsBlankLine(head, Math.max(0, before - 3), s.headLength)) {
      if (s.headLength > MAX_HEAD || !this.mayBegin(s, head, 0, s.headLength)) {
        s.headLength = 0;
        return this.garbage(s, to);
      }
      return to;
    }
    const end = readFields(fields, head, 0, s.headLength);
    s.headLength = 0;
    const next = from + end - before;
    return this.takeHead(s, head, 0, end, nowNs) ? next : this.garbage(s, next);
  }

  private mayBegin(s: MessageStream, bytes: Uint8Array, from: number, to: number): boolean {
    const probe = probeHttp1(bytes, from, to);
    return probe === Probe.Unsure || probe === (s === this.request ? Probe.Request : Probe.Response);
  }

  private garbage(s: MessageStream, at: number): number {
    if (!this.everRecognised) {
      this.off = true;
      this.events.stopped(false);
      return at;
    }
    s.sawGarbage = true;
    s.state = State.Resync;
    return at;
  }

  /** Takes a whole head whose fields were read; false where it is none, and then `Resync` finds none at the same place. */
  private takeHead(s: MessageStream, bytes: Uint8Array, from: number, to: number, nowNs: number): boolean {
    s.messageBytes = to - from;
    return s === this.request ? this.takeRequest(bytes, from, to, nowNs) : this.takeResponse(bytes, from, to, nowNs);
  }

  private takeRequest(bytes: Uint8Array, from: number, to: number, nowNs: number): boolean {
    const s = this.request;
    if (!readRequestLine(line, bytes, from, to)) {
      return false;
    }
    const seq = toSeq(s.headSeq);
    const id = requestId(seq, bytes, from, Math.min(from + REQUEST_ID_STREAM_BYTES, to));
    const exchange = POOL.pop() ?? newExchange();
    exchange.begin(id, seq, s.headNs, line.method, line.path);
    exchange.fields.http_method = line.method;
    exchange.fields.http_path = line.path;
    exchange.fields.http_host = fields.host;
    exchange.fields.http_status_code = undefined;
    exchange.fields.http_version = line.version;
    exchange.fields.http_content_type = undefined;
    if (fields.trace !== undefined) {
      const trace = readTraceContext(fields.trace);
      exchange.traceId = trace?.traceId;
      exchange.parentId = trace?.parentId;
      exchange.traceSource = trace?.source;
    }
    exchange.requestLastNs = nowNs;
    exchange.requestBytes = s.messageBytes;
    this.everRecognised = true;
    if (this.pending.length > 0 && !this.response.sawGap && !this.response.probablyGap) {
      this.pipelined = true;
    }
    this.pending.push(exchange);
    this.sending = exchange;
    this.events.began(exchange);
    this.beginBody(s, 0, nowNs);
    return true;
  }

  private takeResponse(bytes: Uint8Array, from: number, to: number, nowNs: number): boolean {
    const s = this.response;
    const status = readStatus(bytes, from, to);
    if (status === 0) {
      return false;
    }
    this.everRecognised = true;
    if (status < 200 && status !== 101) {
      // An interim response: the real one follows (RFC 9110 section 15.2).
      s.messageBytes = 0;
      return true;
    }
    this.pairAfterGap();
    const exchange = this.pending[0];
    if (status === 101 && fields.upgrade === 'h2c') {
      this.upgradeToHttp2(exchange, nowNs);
      return true;
    }
    this.answering = exchange;
    if (exchange === undefined) {
      this.events.orphanResponse();
    } else {
      exchange.answered = true;
      exchange.status = STATUS_TEXTS[status];
      exchange.fields.http_status_code = status;
      exchange.fields.http_content_type = fields.contentType;
      exchange.responseSeq = toSeq(s.headSeq);
      exchange.responseFirstNs = s.headNs;
      exchange.responseLastNs = nowNs;
      exchange.responseBytes = s.messageBytes;
    }
    const method = exchange?.fields.http_method;
    if (status === 101 || (method === 'CONNECT' && status < 300)) {
      this.leaveHttp(exchange, fields.upgrade, nowNs);
      return true;
    }
    const bodiless = method === 'HEAD' || status === 204 || status === 304;
    if (bodiless) {
      this.finishMessage(s, nowNs);
    } else {
      this.beginBody(s, -1, nowNs);
    }
    return true;
  }

  /**
   * A response after lost ones answers the last request, unless the client pipelines: it would not have sent the last one before it had the
   * answers to the others, which the capture missed.
   */
  private pairAfterGap(): void {
    if (!this.response.sawGap) {
      return;
    }
    this.response.sawGap = false;
    while (!this.pipelined && this.pending.length > 1) {
      const missed = this.pending[0];
      missed.responseLastNs = missed.requestLastNs;
      this.finishResponse(missed, 'gap');
    }
  }

  /** After an upgrade or through a tunnel there is no more HTTP. */
  private leaveHttp(exchange: Exchange | undefined, upgrade: string | undefined, nowNs: number): void {
    if (exchange !== undefined) {
      this.finishResponse(exchange, outcomeOf(exchange));
    }
    this.end(nowNs, false);
    this.events.stopped(true, upgrade !== undefined && /^[a-z][a-z0-9./+-]{0,31}$/.test(upgrade) ? upgrade : undefined);
  }

  /** The request that asked for HTTP/2 is answered there, as stream 1 (RFC 7540 section 3.2). */
  private upgradeToHttp2(exchange: Exchange | undefined, nowNs: number): void {
    if (exchange !== undefined) {
      this.pending.shift();
    }
    this.end(nowNs, false);
    this.successor = new Http2Parser(this.events, exchange?.reported === false ? exchange : undefined);
    this.events.upgradedTo(this.successor);
  }

  /** @param whenAbsent body length where no field says one: 0 for requests, -1 (until close) for responses */
  private beginBody(s: MessageStream, whenAbsent: number, nowNs: number): void {
    if (fields.chunked) {
      s.state = State.ChunkSize;
      s.remaining = 0;
      s.sizeEnded = false;
      return;
    }
    if (fields.contentLength === -2) {
      // A length that makes no sense: where this message ends is unknown.
      s.sawGarbage = true;
      s.state = State.Resync;
      return;
    }
    const length = fields.contentLength >= 0 ? fields.contentLength : whenAbsent;
    if (length === 0) {
      this.finishMessage(s, nowNs);
    } else if (length < 0) {
      s.state = State.UntilClose;
    } else {
      s.state = State.Body;
      s.remaining = length;
    }
  }

  /** Passes over up to `available` bytes of a body or chunk; returns how many. */
  private skip(s: MessageStream, available: number, nowNs: number): number {
    const n = Math.min(available, s.remaining);
    s.remaining -= n;
    this.touch(s, n, nowNs);
    if (s.remaining === 0) {
      if (s.state === State.Body) {
        this.finishMessage(s, nowNs);
      } else {
        s.state = State.ChunkSize;
        s.sizeEnded = false;
      }
    }
    return n;
  }

  /** RFC 9112 section 7.1: hexadecimal size, perhaps an extension, line end. */
  private readChunkSize(s: MessageStream, bytes: Uint8Array, from: number, to: number): number {
    for (let p = from; p < to; p++) {
      const byte = bytes[p];
      s.messageBytes++;
      if (byte === LF) {
        if (s.remaining === 0) {
          s.state = State.Trailer;
          s.sizeEnded = true;
        } else {
          s.remaining += 2;
          s.state = State.ChunkData;
        }
        return p + 1;
      }
      const digit = s.sizeEnded ? -1 : hexDigit(byte);
      if (digit < 0) {
        s.sizeEnded = true;
      } else if (s.remaining >= 2 ** 40) {
        s.sawGarbage = true;
        s.state = State.Resync;
        return to;
      } else {
        s.remaining = s.remaining * 16 + digit;
      }
    }
    return to;
  }

  /** `sizeEnded` says here that the present line is empty so far. */
  private readTrailer(s: MessageStream, bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    for (let p = from; p < to; p++) {
      const byte = bytes[p];
      s.messageBytes++;
      if (byte === LF) {
        if (s.sizeEnded) {
          this.finishMessage(s, nowNs);
          return p + 1;
        }
        s.sizeEnded = true;
      } else if (byte !== CR) {
        s.sizeEnded = false;
      }
    }
    return to;
  }

  /** Bytes of the message at hand were seen. */
  private touch(s: MessageStream, count: number, nowNs: number): void {
    s.messageBytes += count;
    if (s === this.request) {
      if (this.sending !== undefined) {
        this.sending.requestLastNs = nowNs;
        this.sending.requestBytes = s.messageBytes;
      }
    } else if (this.answering !== undefined) {
      this.answering.responseLastNs = nowNs;
      this.answering.responseBytes = s.messageBytes;
    }
  }

  private finishMessage(s: MessageStream, nowNs: number): void {
    this.touch(s, 0, nowNs);
    s.state = State.Head;
    if (s === this.request) {
      if (this.sending !== undefined) {
        this.sending.requestEnded = true;
        this.sending = undefined;
      }
    } else if (this.answering !== undefined) {
      this.finishResponse(this.answering, outcomeOf(this.answering));
    }
  }

  private finishResponse(exchange: Exchange, outcome: Exchange['outcome']): void {
    this.pending.shift();
    this.answering = undefined;
    if (exchange.reported) {
      return;
    }
    exchange.outcome = outcome;
    exchange.reported = true;
    if (exchange === this.sending) {
      this.events.ended(exchange);
    } else {
      this.events.endedPooled(exchange);
    }
  }

  /** Looks for a start line: a request's at the front of a segment, a response's at the front of any line. */
  private resync(s: MessageStream, bytes: Uint8Array, from: number, to: number): number {
    if (s === this.request) {
      if (probeHttp1(bytes, from, to) === Probe.Request) {
        s.state = State.Head;
        return from;
      }
      return to;
    }
    for (let p = from; p < to; p++) {
      if (bytes[p] === 0x48 && (p === from || bytes[p - 1] === LF) && probeHttp1(bytes, p, to) === Probe.Response) {
        s.state = State.Head;
        return p;
      }
    }
    return to;
  }
}

function outcomeOf(exchange: Exchange): Exchange['outcome'] {
  const status = exchange.fields.http_status_code ?? 0;
  return status >= 500 ? 'server_error' : status >= 400 ? 'client_error' : 'ok';
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) {
    return byte - 0x30;
  }
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
