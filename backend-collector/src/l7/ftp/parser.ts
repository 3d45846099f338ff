/**
 * FTP's control connection (RFC 959; RFC 2228, 2428, 3659): each command with its final reply.
 *
 *   op        the command, upper case; `UNKNOWN` for a word that is none
 *   resource  its argument as far as it may be shown (commands.ts), as `ftp_argument`
 *   status    code of the final reply; a preliminary one (1yz) begins the answer and does not end it
 *   outcome   2yz, 3yz ok; 4yz server_error (cannot now); 5yz client_error (will not)
 *
 *   state      meaning                                  left when
 *   Reply      a reply may begin                        its line: one with "-" after the code → Lines, else handled
 *   Lines      inside a reply of several lines          the line with the same code and a blank
 *
 * The greeting answers no command and has no record. A STAT during a transfer is answered before the transfer is (section 4.1.3).
 * After AUTH was granted (234, 334) the rest is encrypted: reading ends.
 *
 * Masked: arguments of PASS, ACCT, ADAT and protected commands wholly, of USER unless anonymous, of SITE but for its first word; the text
 * of replies is never kept. Transfers carry the bytes, the time and the id of their data connection (related-connections.ts); a
 * transfer whose reply comes before its last data waits for them (held-transfers.ts).
 */
import { REQUEST_ID_STREAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type ProtocolFields } from '../exchange';
import { PairedParser } from '../kit/paired-parser';
import { type L7Protocol, type ParserEvents } from '../protocol';
import { RelatedConnection } from '../related-connections';
import { wireText } from '../kit/wire-text';
import { isCommand, isTransfer, shownArgument } from './commands';
import { dataPort } from './data-port';
import { FtpExchange } from './exchange';
import { HeldTransfers } from './held-transfers';
import { LineStream, MAX_LINE, type Line } from './line-stream';
import { probeFtp } from './probe';
import { replyCode } from './reply-code';

export const ftp: L7Protocol = {
  name: 'ftp',
  probe: (bytes, from, to, srcPort, dstPort) => probeFtp(bytes, from, to, srcPort, dstPort),
  createParser: (events) => new FtpParser(events),
};

const DATA_PROTOCOL = 'ftp-data';
const UNKNOWN = 'UNKNOWN';
/** Of a telnet sequence that may stand before ABOR (RFC 959 section 4.1.3). */
const TELNET_IAC = 0xff;

class FtpParser extends PairedParser<FtpExchange> {
  private readonly commands = new LineStream(isCommandStart);
  private readonly replies = new LineStream(isReplyStart);
  private readonly transfers: HeldTransfers;
  /** A STAT under way beside a transfer. */
  private aside: FtpExchange | undefined;
  /** Code of the reply of several lines that is under way, else 0. */
  private openReply = 0;
  private replyFirst: { readonly seq: number; readonly ns: number } | undefined;
  private replyBytes = 0;
  /** Announced for the next transfer. */
  private nextData: RelatedConnection | undefined;
  private anyCommand = false;
  private anyReply = false;
  /** In the segment at hand. */
  private commandsEnded = 0;
  private nowNs = 0;

  constructor(events: ParserEvents) {
    const transfers = new HeldTransfers(events);
    super(events, transfers);
    this.transfers = transfers;
  }

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    if (this.off) {
      return;
    }
    this.nowNs = nowNs;
    const stream = fromClient ? this.commands : this.replies;
    if (fromClient && !stream.isWithinLine) {
      this.events.requestStarts();
    }
    stream.push(bytes, from, to, { seq, nowNs }, (line) => {
      if (fromClient) {
        this.takeCommand(line);
      } else {
        this.takeReplyLine(line);
      }
      return !this.off;
    });
    if (fromClient && stream.isWithinLine && this.commandsEnded > 0) {
      this.events.requestStarts();
    }
    this.commandsEnded = 0;
    this.queue.seen(fromClient, nowNs);
  }

  gap(fromClient: boolean): void {
    if (fromClient) {
      this.commands.gap();
      this.queue.requestsLost();
    } else {
      this.replies.gap();
      this.openReply = 0;
      this.replyFirst = undefined;
      this.queue.responsesLost();
    }
  }

  override end(nowNs: number, wasReset: boolean): void {
    this.transfers.isClosed = true;
    super.end(nowNs, wasReset);
    if (this.aside !== undefined && !this.aside.answered) {
      this.aside.responseLastNs = nowNs;
      this.aside.outcome = wasReset ? 'reset' : 'unanswered';
      this.events.ended(this.aside);
    }
    this.aside = undefined;
    this.transfers.releaseAll();
  }

  private takeCommand(line: Line): void {
    let from = 0;
    while (from + 1 < line.length && line.bytes[from] === TELNET_IAC) {
      from += 2;
    }
    const text = wireText(line.bytes, from, line.length, MAX_LINE);
    const [, word, rest] = /^([^ ]*) ?(.*)$/s.exec(text) ?? ['', '', ''];
    const name = word.toUpperCase();
    const op = isCommand(name) ? name : UNKNOWN;
    if (op === UNKNOWN && !this.anyCommand && !this.anyReply) {
      // Taken for FTP by its first bytes only, and none after all.
      this.off = true;
      this.events.stopped(false);
      return;
    }
    const argument = shownArgument(op, rest);
    const fields: ProtocolFields = {
      ftp_argument: argument === '' ? undefined : argument,
      ftp_data_inner_traceid: undefined,
      ftp_data_bytes: undefined,
      ftp_data_ms: undefined,
    };
    const seq = toSeq(line.seq);
    const id = requestId(seq, line.bytes, 0, Math.min(line.length, REQUEST_ID_STREAM_BYTES));
    const exchange = new FtpExchange(id, seq, line.firstNs, op, argument, fields);
    exchange.requestLastNs = this.nowNs;
    exchange.requestBytes = line.wireLength;
    exchange.requestEnded = true;
    if (op === 'PORT' || op === 'EPRT') {
      exchange.announces = dataPort(op, rest);
    } else if (isTransfer(op)) {
      exchange.data = this.nextData;
      this.nextData = undefined;
    }
    this.anyCommand = true;
    this.commandsEnded++;
    if (op === 'STAT' && this.aside === undefined && this.isTransferring()) {
      this.aside = exchange;
      this.events.began(exchange);
    } else {
      this.queue.begin(exchange, this.nowNs);
    }
  }

  private isTransferring(): boolean {
    const first = this.queue.first;
    return first !== undefined && isTransfer(first.op) && first.answered;
  }

  private takeReplyLine(line: Line): void {
    this.replyFirst ??= { seq: line.seq, ns: line.firstNs };
    this.replyBytes += line.wireLength;
    const code = replyCode(line.bytes, 0, line.length);
    const separator = line.length > 3 ? line.bytes[3] : 0x20;
    if (this.openReply !== 0) {
      if (code !== this.openReply || separator !== 0x20) {
        return;
      }
    } else if (code < 0) {
      // Neither a reply nor inside one: after a gap, the rest of one.
      this.replyFirst = undefined;
      this.replyBytes = 0;
      return;
    } else if (separator === 0x2d) {
      this.openReply = code;
      return;
    }
    const first = this.replyFirst;
    const size = this.replyBytes;
    this.openReply = 0;
    this.replyFirst = undefined;
    this.replyBytes = 0;
    this.anyReply = true;
    if (!this.anyCommand) {
      // The greeting; or, where the capture began later, what answers a command before it.
      return;
    }
    this.takeReply(code, line, first, size);
  }

  private takeReply(
    code: number,
    line: Line,
    first: { readonly seq: number; readonly ns: number },
    size: number
  ): void {
    const isAside = this.aside !== undefined && code >= 211 && code <= 213;
    const exchange = isAside ? this.answerAside(first) : this.queue.answer(first.seq, first.ns);
    if (exchange === undefined) {
      return;
    }
    exchange.responseLastNs = this.nowNs;
    exchange.responseBytes += size;
    if (code < 200) {
      return;
    }
    exchange.status = String(code);
    const outcome = code < 400 ? 'ok' : code < 500 ? 'server_error' : 'client_error';
    if (isAside) {
      this.aside = undefined;
      exchange.outcome = outcome;
      this.events.ended(exchange);
      return;
    }
    this.announceData(exchange, code, line);
    this.queue.finish(outcome);
    if (exchange.op === 'AUTH' && (code === 234 || code === 334)) {
      this.end(this.nowNs, false);
      this.events.stopped(true);
    }
  }

  private answerAside(first: { readonly seq: number; readonly ns: number }): FtpExchange | undefined {
    const exchange = this.aside;
    if (exchange !== undefined) {
      exchange.answered = true;
      exchange.responseSeq = toSeq(first.seq);
      exchange.responseFirstNs = first.ns;
    }
    return exchange;
  }

  private announceData(exchange: FtpExchange, code: number, line: Line): void {
    const isPassive = (exchange.op === 'PASV' && code === 227) || (exchange.op === 'EPSV' && code === 229);
    const port = isPassive
      ? dataPort(code === 227 ? 'PASV' : 'EPSV', wireText(line.bytes, 4, line.length, MAX_LINE))
      : code < 300
        ? exchange.announces
        : undefined;
    if (port !== undefined) {
      this.nextData = new RelatedConnection(DATA_PROTOCOL);
      this.events.expectsConnection(this.nextData, isPassive ? 'server' : 'client', port);
    }
  }
}

function isCommandStart(bytes: Uint8Array, from: number, to: number): boolean {
  const [, word] = /^([A-Za-z]{3,4})[ \r\n]/.exec(wireText(bytes, from, to, 5)) ?? [];
  return word !== undefined && isCommand(word.toUpperCase());
}

function isReplyStart(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from > 3 && replyCode(bytes, from, to - from) >= 0;
}
