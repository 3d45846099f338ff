/**
 * A parser over two framed streams (framed-stream.ts) whose messages are paired in order: bytes are credited to the exchange that each side's
 * present message belongs to, until the last byte of that message was seen.
 */
import { REQUEST_ID_STREAM_BYTES, type RequestId, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Exchange } from '../exchange';
import { FramedStream, type MessageReceiver } from './framed-stream';
import { PairedParser } from './paired-parser';
import { type ParserEvents } from '../protocol';

/** How much of each message is read: statements are long, a response begins with what it says. */
const CLIENT_PREFIX = 4096;
const SERVER_PREFIX = 256;

export abstract class FramedParser<E extends Exchange> extends PairedParser<E> implements MessageReceiver {
  protected readonly client: FramedStream;
  protected readonly server: FramedStream;
  protected everRecognised = false;
  /** The exchanges that the present messages of client and server belong to. */
  protected sending: E | undefined;
  protected receiving: E | undefined;

  constructor(events: ParserEvents, headBytes: { readonly client: number; readonly server: number }) {
    super(events);
    this.client = new FramedStream(true, headBytes.client, CLIENT_PREFIX, this);
    this.server = new FramedStream(false, headBytes.server, SERVER_PREFIX, this);
  }

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    if (!this.off) {
      (fromClient ? this.client : this.server).push(bytes, from, to, seq, nowNs);
      this.queue.seen(fromClient, nowNs);
    }
  }

  gap(fromClient: boolean, length: number, nowNs: number): void {
    (fromClient ? this.client : this.server).gap(length, nowNs);
  }

  abstract bodyLength(stream: FramedStream, bytes: Uint8Array, at: number): number;
  abstract message(stream: FramedStream, nowNs: number): void;
  abstract ended(stream: FramedStream, nowNs: number): void;
  abstract begins(stream: FramedStream, bytes: Uint8Array, from: number, to: number): boolean;
  abstract lost(stream: FramedStream): void;

  starts(stream: FramedStream): void {
    if (stream.fromClient) {
      this.events.requestStarts();
    }
  }

  more(stream: FramedStream, count: number, nowNs: number): void {
    if (stream.fromClient) {
      this.sending?.requestWent(count, nowNs);
    } else {
      this.receiving?.responseWent(count, nowNs);
    }
  }

  skipped(stream: FramedStream): void {
    if (!stream.fromClient) {
      this.queue.responseSkipped();
    }
  }

  /** A request that begins with the message at hand. */
  protected begin(exchange: E, nowNs: number): void {
    exchange.requestLastNs = nowNs;
    this.everRecognised = true;
    this.sending = exchange;
    this.queue.begin(exchange, nowNs);
  }

  protected override stop(): void {
    super.stop();
    this.client.off = true;
    this.server.off = true;
  }
}

/** What identifies the request that begins with the stream's present message. */
export function requestStart(s: FramedStream): {
  readonly id: RequestId;
  readonly seq: number;
  readonly firstNs: number;
} {
  const seq = toSeq(s.seq);
  const id = requestId(seq, s.bytes, s.from, Math.min(s.to, s.from + REQUEST_ID_STREAM_BYTES));
  return { id, seq, firstNs: s.firstNs };
}
