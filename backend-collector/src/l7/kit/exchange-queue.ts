/**
 * The requests of a connection that wait for their responses, in order; for protocols that answer in the order of the requests. Pairs,
 * reports, and says honestly what cannot be paired.
 *
 * Invariants: an exchange is reported once. At most `MAX_WAITING` wait; what comes beyond, and what comes while the place in a pipeline is
 * lost, is reported at once with the outcome `gap` and is not paired.
 *
 * After a gap in the responses the next one answers the first request that began after the gap was noticed: a client that does not pipeline
 * had the answers to those before, which the capture missed, wholly or in part. A client that does pipeline leaves no such hint: all that waits is reported as `gap`, and pairing begins again
 * with the first request after `QUIET_NS` in which neither side sent.
 */
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Exchange } from '../exchange';
import { type ParserEvents } from '../protocol';

const MAX_WAITING = 4096;
const QUIET_NS = 200e6;

export class ExchangeQueue<E extends Exchange> {
  private readonly waiting: E[] = [];
  private pipelined = false;
  private responsesMissing = false;
  private probablyMissing = false;
  /** How many at the front began before responses went missing; once a request began after that. */
  private missed: number | undefined;
  private placeLost = false;
  /** An unexpected response was reported since the last request; one is reported, however many messages it has. */
  private orphanReported = false;
  private lastByteNs = 0;

  constructor(private readonly events: Pick<ParserEvents, 'began' | 'ended' | 'orphanResponse'>) {}

  /** Whom the next response answers. */
  get first(): E | undefined {
    return this.waiting[0];
  }

  get last(): E | undefined {
    return this.waiting[this.waiting.length - 1];
  }

  get length(): number {
    return this.waiting.length;
  }

  /** Bytes of either side were seen; `fromClient` says whose. Called after what they meant was handled. */
  seen(fromClient: boolean, nowNs: number): void {
    this.lastByteNs = nowNs;
    if (!fromClient) {
      this.probablyMissing = false;
      if (!this.responsesMissing) {
        this.missed = undefined;
      }
    }
  }

  /** Acknowledged, but not captured so far: bytes of the server's stream. */
  responseUnseen(): void {
    this.probablyMissing = true;
  }

  /** A request's head is there. */
  begin(exchange: E, nowNs: number): void {
    if (this.placeLost && this.waiting.length === 0 && nowNs - this.lastByteNs >= QUIET_NS) {
      this.placeLost = false;
    }
    this.events.began(exchange);
    this.orphanReported = false;
    if (this.placeLost || this.waiting.length === MAX_WAITING) {
      this.placeLost = true;
      this.report(exchange, 'gap');
      return;
    }
    if (this.responsesMissing || this.probablyMissing) {
      this.missed ??= this.waiting.length;
    }
    if (this.waiting.length > (this.missed ?? 0)) {
      this.pipelined = true;
    }
    this.waiting.push(exchange);
  }

  /** Waits for a response that no record is written of. */
  awaitSilently(exchange: E): void {
    exchange.reported = true;
    if (!this.placeLost && this.waiting.length < MAX_WAITING) {
      this.waiting.push(exchange);
    }
  }

  /** A request that is never answered is complete as it is. */
  withoutResponse(exchange: E): void {
    this.events.began(exchange);
    exchange.responseLastNs = exchange.requestLastNs;
    this.report(exchange, 'ok');
  }

  /** A response's first byte, or a later one's: returns the exchange that it belongs to, if any is known. */
  answer(seq: number, firstNs: number): E | undefined {
    this.settle();
    const exchange = this.waiting.at(0);
    if (exchange === undefined) {
      if (!this.orphanReported) {
        this.orphanReported = true;
        this.events.orphanResponse();
      }
    } else if (!exchange.answered) {
      exchange.answered = true;
      exchange.responseSeq = toSeq(seq);
      exchange.responseFirstNs = firstNs;
      exchange.responseLastNs = firstNs;
    }
    return exchange;
  }

  /** A response is read again after missing ones: what they answered is reported. */
  settle(): void {
    if (!this.responsesMissing) {
      return;
    }
    this.responsesMissing = false;
    for (let n = this.missed ?? this.waiting.length; n > 0; n--) {
      this.finish('gap');
    }
    this.missed = undefined;
  }

  /** Bytes of responses passed by unread, since the place in them is lost: whatever waits may be answered there. */
  responseSkipped(): void {
    this.missed = this.waiting.length;
  }

  /** The first exchange is complete. */
  finish(outcome: Exchange['outcome']): void {
    const exchange = this.waiting.shift();
    if (this.missed !== undefined && this.missed > 0) {
      this.missed--;
    }
    if (exchange !== undefined && !exchange.reported) {
      if (!exchange.answered) {
        exchange.responseLastNs = exchange.requestLastNs;
      }
      this.report(exchange, outcome);
    }
  }

  /** The place in the stream of requests was lost. */
  requestsLost(): void {
    if (this.pipelined) {
      this.losePlace();
    }
  }

  /** The place in the stream of responses was lost. */
  responsesLost(): void {
    if (this.pipelined) {
      this.losePlace();
      return;
    }
    this.responsesMissing = true;
    const first = this.waiting.at(0);
    if (first !== undefined && first.answered) {
      this.finish(first.status === '' ? 'gap' : first.outcome);
    }
  }

  expire(beforeNs: number, nowNs: number): void {
    for (const exchange of this.waiting) {
      if (!exchange.answered && !exchange.reported && exchange.requestFirstNs <= beforeNs) {
        exchange.responseLastNs = nowNs;
        this.report(exchange, this.responsesMissing ? 'gap' : 'unanswered');
      }
    }
  }

  /** The connection ended: everything that waits is reported. */
  end(nowNs: number, wasReset: boolean): void {
    const missing = this.responsesMissing ? 'gap' : wasReset ? 'reset' : 'unanswered';
    for (const exchange of this.waiting.splice(0)) {
      if (exchange.reported) {
        continue;
      }
      if (!exchange.answered) {
        exchange.responseLastNs = nowNs;
      }
      this.report(exchange, exchange.status === '' ? missing : exchange.outcome);
    }
  }

  private losePlace(): void {
    while (this.waiting.length > 0) {
      this.finish('gap');
    }
    this.placeLost = true;
  }

  private report(exchange: E, outcome: Exchange['outcome']): void {
    exchange.outcome = outcome;
    exchange.reported = true;
    this.events.ended(exchange);
  }
}
