/**
 * Reports commands as they are complete; a transfer whose reply came before its last data waits for its data connection to end, until the
 * control connection ends at most.
 */
import { type ParserEvents } from '../protocol';
import { type FtpExchange } from './exchange';

export class HeldTransfers {
  /** Nothing waits any more. */
  isClosed = false;
  private readonly held = new Set<FtpExchange>();

  constructor(private readonly events: ParserEvents) {}

  began(exchange: FtpExchange): void {
    this.events.began(exchange);
  }

  orphanResponse(): void {
    this.events.orphanResponse();
  }

  ended(exchange: FtpExchange): void {
    const { data } = exchange;
    if (data === undefined || !data.isOpen || this.isClosed) {
      fillIn(exchange);
      this.events.ended(exchange);
      return;
    }
    this.held.add(exchange);
    const report = this.events.endedDeferred(exchange);
    data.onEnd = () => {
      if (this.held.delete(exchange)) {
        fillIn(exchange);
        report();
      }
    };
  }

  releaseAll(): void {
    for (const { data } of this.held) {
      data?.onEnd?.();
    }
  }
}

function fillIn({ data, fields }: FtpExchange): void {
  if (data === undefined || Number.isNaN(data.firstNs)) {
    return;
  }
  fields.ftp_data_inner_traceid = data.id();
  fields.ftp_data_bytes = data.bytes;
  fields.ftp_data_ms = Math.round((data.lastNs - data.firstNs) / 1e3) / 1e3;
}
