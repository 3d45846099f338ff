/** What parsers have in common whose server answers in the order of the requests: the queue of exchanges, and how it ends. */
import { type Exchange } from '../exchange';
import { ExchangeQueue } from './exchange-queue';
import { type L7Parser, type ParserEvents } from '../protocol';

export abstract class PairedParser<E extends Exchange> implements L7Parser {
  protected readonly queue: ExchangeQueue<E>;
  /** Nothing more is read. */
  protected off = false;

  /** @param reports who hears of exchanges, where that is not `events` itself */
  constructor(
    protected readonly events: ParserEvents,
    reports: ConstructorParameters<typeof ExchangeQueue>[0] = events
  ) {
    this.queue = new ExchangeQueue<E>(reports);
  }

  abstract data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void;

  abstract gap(fromClient: boolean, length: number, nowNs: number): void;

  unseenAcknowledged(fromClient: boolean): void {
    if (!fromClient) {
      this.queue.responseUnseen();
    }
  }

  expire(beforeNs: number, nowNs: number): void {
    this.queue.expire(beforeNs, nowNs);
  }

  end(nowNs: number, wasReset: boolean): void {
    this.queue.end(nowNs, wasReset);
    this.stop();
  }

  protected stop(): void {
    this.off = true;
  }
}
