/**
 * MySQL's classic protocol (MySQL source documentation, "Client/Server Protocol"; MariaDB knowledge base): one exchange per command that
 * is answered, and one, `connect`, for the whole dialogue from the client's answer to the greeting until the server accepts or refuses.
 *
 * The operation is the statement's verb, for other commands their name; the resource its first table, or the database that is chosen; the
 * status `OK` or the error's code and SQLSTATE. A prepared statement's execution says what was prepared.
 *
 *   phase         left when
 *   Start         the greeting (Authenticating), or a command (the capture began later: Commands)
 *   Authenticating  OK: Commands
 *   Commands      a LOCAL INFILE request (File), COM_CHANGE_USER (Authenticating)
 *   File          the empty packet: Commands
 *
 *   response      left when
 *   First         OK or ERR (complete), a column count (Definitions), the ids of a prepared statement (Prepared)
 *   Definitions   as many as announced: DefinitionsEnd, or Rows where EOF is deprecated
 *   Rows          EOF, OK in its place, or ERR; with SERVER_MORE_RESULTS_EXISTS: First
 *   Prepared      the definitions of parameters and columns: complete
 *
 * No record is written of commands that are never answered (COM_QUIT, COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA). After a switch to TLS or to
 * compression, and in a replication stream, nothing more is read. Limits: `MAX_PREPARED` statements are remembered per connection.
 *
 * Masked: statements but for verb and table, users, everything that proves who the user is, parameters, rows, error messages.
 */
import { REQUEST_ID_STREAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { Exchange } from '../exchange';
import { ExchangeQueue } from '../exchange-queue';
import { FramedStream, type MessageReceiver } from '../framed-stream';
import { type L7Parser, type ParserEvents } from '../protocol';
import { readStatement, type SqlStatement } from '../sql-statement';
import { wireText } from '../wire-text';
import {
  Capability,
  Command,
  commandNameOf,
  databaseOf,
  greetingCapabilities,
  lenenc,
  lenencSize,
  readErr,
  readOk,
  responseCapabilities,
  ServerStatus,
  u16,
  u24,
  u32,
  type Capabilities,
  type ErrPacket,
} from './packets';
import { isCommand } from './probe';

const MAX_PREPARED = 1024;
const MAX_NAME = 128;
const HEAD = 4;
const FULL_PACKET = 0xffffff;

const OK = 0x00;
const LOCAL_INFILE = 0xfb;
const EOF = 0xfe;
const ERR = 0xff;
/** MariaDB tells of a long statement's progress in packets that look like errors. */
const PROGRESS = 0xffff;

const enum Phase {
  Start,
  Authenticating,
  Commands,
  File,
}

const enum Response {
  First,
  Definitions,
  DefinitionsEnd,
  Rows,
  Prepared,
}

class MysqlExchange extends Exchange {
  /** Of COM_STMT_PREPARE: what is prepared. */
  statement: SqlStatement | undefined;
  command = -1;
}

export class MysqlParser implements L7Parser {
  private readonly queue: ExchangeQueue<MysqlExchange>;
  private readonly client: FramedStream;
  private readonly server: FramedStream;
  private phase: Phase = Phase.Start;
  private offered: Capabilities | undefined;
  private agreed: Capabilities | undefined;
  /** The client answered the greeting. */
  private introduced = false;
  private response: Response = Response.First;
  private definitions = 0;
  /** Ends of blocks of definitions that are still to come, of a prepared statement. */
  private blockEnds = 0;
  private completes = false;
  /** The exchange that the client's present packet belongs to. */
  private sending: MysqlExchange | undefined;
  private receiving: MysqlExchange | undefined;
  private readonly prepared = new Map<number, SqlStatement>();
  private lastPrepared: SqlStatement | undefined;
  private continues: [boolean, boolean] = [false, false];
  private everRecognised = false;
  private off = false;

  constructor(private readonly events: ParserEvents) {
    this.queue = new ExchangeQueue<MysqlExchange>(events);
    const receiver: MessageReceiver = {
      bodyLength: (_stream, bytes, at) => u24(bytes, at),
      starts: (stream) => {
        if (stream.fromClient) {
          this.events.requestStarts();
        }
      },
      message: (stream, nowNs) => this.message(stream, nowNs),
      more: (stream, count, nowNs) => this.credit(stream.fromClient, count, nowNs),
      ended: (stream, nowNs) => this.ended(stream, nowNs),
      begins: (stream, bytes, from, to) => this.begins(stream, bytes, from, to),
      skipped: (stream) => {
        if (!stream.fromClient) {
          this.queue.responseSkipped();
        }
      },
      lost: (stream) => this.lost(stream),
    };
    this.client = new FramedStream(true, HEAD, 4096, receiver);
    this.server = new FramedStream(false, HEAD, 256, receiver);
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

  private message(s: FramedStream, nowNs: number): void {
    const side = s.fromClient ? 0 : 1;
    const isContinuation = this.continues[side];
    this.continues[side] = s.messageLength === HEAD + FULL_PACKET;
    if (!isContinuation) {
      if (s.fromClient) {
        this.clientPacket(s, nowNs);
      } else {
        this.serverPacket(s);
      }
    }
    this.credit(s.fromClient, s.to - s.from, nowNs);
  }

  private credit(fromClient: boolean, count: number, nowNs: number): void {
    if (fromClient) {
      this.sending?.requestWent(count, nowNs);
    } else {
      this.receiving?.responseWent(count, nowNs);
    }
  }

  private ended(s: FramedStream, nowNs: number): void {
    if (s.fromClient) {
      const { sending } = this;
      if (sending !== undefined && !this.continues[0]) {
        sending.requestEnded = true;
        if (sending.op === 'SSLRequest') {
          this.leave(nowNs);
        }
      }
    } else if (this.completes) {
      this.completes = false;
      this.complete(nowNs);
    }
  }

  // What the client says.

  private clientPacket(s: FramedStream, nowNs: number): void {
    const sequence = s.bytes[s.from + 3];
    if (this.phase === Phase.Start && sequence !== 0) {
      s.lose();
      return;
    }
    switch (this.phase) {
      case Phase.Authenticating:
        if (!this.introduced) {
          this.introduction(s, nowNs);
        }
        return;
      case Phase.File:
        if (s.messageLength === HEAD) {
          this.phase = Phase.Commands;
        }
        return;
      default:
        this.command(s, nowNs);
    }
  }

  private introduction(s: FramedStream, nowNs: number): void {
    const from = s.from + HEAD;
    this.introduced = true;
    const theirs = responseCapabilities(s.bytes, from, s.to);
    const ours = this.offered ?? { flags: 0, cacheMetadata: false };
    this.agreed = {
      flags: theirs.flags & ours.flags,
      cacheMetadata: theirs.cacheMetadata && ours.cacheMetadata,
    };
    const isTls = (theirs.flags & Capability.ssl) !== 0 && s.messageLength === HEAD + 32;
    if (isTls) {
      const exchange = this.exchange(s, 'SSLRequest', '');
      exchange.requestBytes = s.to - s.from;
      exchange.requestLastNs = nowNs;
      exchange.status = 'TLS';
      this.everRecognised = true;
      this.queue.withoutResponse(exchange);
      this.sending = exchange;
      return;
    }
    const database = databaseOf(s.bytes, from, s.to, theirs.flags);
    const name = database === undefined ? '' : wireText(s.bytes, database.from, database.to, MAX_NAME);
    this.begin(this.exchange(s, 'connect', name), nowNs);
  }

  private command(s: FramedStream, nowNs: number): void {
    const at = s.from + HEAD;
    const code = s.to > at ? s.bytes[at] : -1;
    const name = commandNameOf(code);
    if (s.bytes[s.from + 3] !== 0 || name === undefined) {
      s.lose();
      return;
    }
    this.phase = Phase.Commands;
    this.everRecognised = true;
    this.sending = undefined;
    switch (code) {
      case Command.Quit:
      case Command.StmtSendLongData:
        return;
      case Command.StmtClose:
        this.prepared.delete(u32(s.bytes, at + 1));
        return;
      case Command.Query:
      case Command.StmtPrepare:
        this.statement(s, code, name, nowNs);
        return;
      case Command.StmtExecute:
      case Command.StmtBulkExecute:
      case Command.StmtFetch: {
        const id = s.to - at >= 5 ? u32(s.bytes, at + 1) : 0;
        // MariaDB: -1 is what was prepared last, perhaps not answered yet.
        const statement = id === -1 ? this.lastPrepared : this.prepared.get(id);
        const op = statement === undefined || statement.verb === '' ? name : statement.verb;
        this.begin(this.exchange(s, op, statement?.table ?? '', code), nowNs);
        return;
      }
      case Command.InitDb:
        this.begin(this.exchange(s, name, wireText(s.bytes, at + 1, s.to, MAX_NAME), code), nowNs);
        return;
      default:
        this.begin(this.exchange(s, name, '', code), nowNs);
        if (code === Command.ChangeUser) {
          this.phase = Phase.Authenticating;
        }
    }
  }

  private statement(s: FramedStream, code: number, name: string, nowNs: number): void {
    // Query attributes stand before the text: with none, their count 0 and the number of sets 1.
    const at = s.from + HEAD + 1;
    const hasAttributes = code === Command.Query && at < s.to && s.bytes[at] < 0x09;
    const statement =
      hasAttributes && s.bytes[at] !== 0
        ? { verb: '', table: '' }
        : readStatement(s.bytes, hasAttributes ? at + 2 : at, s.to, 'mysql');
    const isPrepare = code === Command.StmtPrepare;
    const op = isPrepare || statement.verb === '' ? name : statement.verb;
    const exchange = this.exchange(s, op, statement.table, code);
    if (isPrepare) {
      exchange.statement = statement;
      this.lastPrepared = statement;
    }
    this.begin(exchange, nowNs);
  }

  private exchange(s: FramedStream, op: string, resource: string, command = -1): MysqlExchange {
    const seq = toSeq(s.seq);
    const id = requestId(seq, s.bytes, s.from, Math.min(s.to, s.from + REQUEST_ID_STREAM_BYTES));
    const exchange = new MysqlExchange(id, seq, s.firstNs, op, resource, {
      mysql_command: command < 0 ? undefined : commandNameOf(command),
      mysql_error_code: undefined,
      mysql_rows: undefined,
    });
    exchange.command = command;
    return exchange;
  }

  private begin(exchange: MysqlExchange, nowNs: number): void {
    exchange.requestLastNs = nowNs;
    this.everRecognised = true;
    this.sending = exchange;
    this.queue.begin(exchange, nowNs);
  }

  // What the server says.

  private serverPacket(s: FramedStream): void {
    const { bytes } = s;
    const at = s.from + HEAD;
    const first = at < s.to ? bytes[at] : -1;
    this.receiving = undefined;
    if (this.phase === Phase.Start) {
      if (first === 10) {
        this.offered = greetingCapabilities(bytes, at, s.to);
        this.phase = Phase.Authenticating;
        return;
      }
      if (first === ERR) {
        // Refused before the client said anything: there is no request to report.
        this.events.orphanResponse();
        this.stop();
        return;
      }
    }
    const exchange = this.queue.answer(s.seq, s.firstNs);
    this.receiving = exchange;
    if (exchange === undefined) {
      return;
    }
    if (first === ERR && s.to - at >= 3) {
      if (u16(bytes, at + 1) !== PROGRESS) {
        this.failed(exchange, readErr(bytes, at, s.to));
      }
      return;
    }
    if (exchange.op === 'connect' || exchange.command === Command.ChangeUser) {
      // 0xfe asks for another method, 1 is a step of the present one.
      if (first === OK) {
        this.succeeded(exchange);
      }
      return;
    }
    this.answerPacket(exchange, s, at, first);
  }

  private answerPacket(exchange: MysqlExchange, s: FramedStream, at: number, first: number): void {
    switch (this.response) {
      case Response.First:
        this.firstPacket(exchange, s, at, first);
        return;
      case Response.Definitions:
        this.definitions--;
        if (this.definitions === 0) {
          this.response = this.usesEof === false ? Response.Rows : Response.DefinitionsEnd;
        }
        return;
      case Response.DefinitionsEnd:
        if (first === EOF && s.messageLength === HEAD + 5) {
          const hasCursor = (u16(s.bytes, at + 3) & ServerStatus.cursorExists) !== 0;
          this.response = Response.Rows;
          if (hasCursor) {
            this.succeeded(exchange);
          }
          return;
        }
        this.response = Response.Rows;
        this.row(exchange, s, at, first);
        return;
      case Response.Rows:
        this.row(exchange, s, at, first);
        return;
      case Response.Prepared:
        this.preparedPart(exchange, first, s.messageLength);
    }
  }

  private firstPacket(exchange: MysqlExchange, s: FramedStream, at: number, first: number): void {
    const { bytes } = s;
    switch (exchange.command) {
      case Command.Query:
      case Command.StmtExecute:
      case Command.StmtBulkExecute:
      case Command.ProcessInfo:
        break;
      case Command.StmtPrepare:
        this.beginPrepared(exchange, bytes, at, s.to);
        return;
      case Command.FieldList:
      case Command.StmtFetch:
        this.response = Response.Rows;
        this.row(exchange, s, at, first);
        return;
      case Command.BinlogDump:
      case Command.BinlogDumpGtid:
        this.succeeded(exchange);
        return;
      default:
        this.succeeded(exchange);
        return;
    }
    if (first === OK) {
      const ok = readOk(bytes, at, s.to);
      this.countRows(exchange, ok.affectedRows);
      this.endOfResult(exchange, ok.status);
    } else if (first === LOCAL_INFILE) {
      this.phase = Phase.File;
      this.sending = exchange;
    } else {
      this.columnCount(exchange, bytes, at, s.to);
    }
  }

  private columnCount(exchange: MysqlExchange, bytes: Uint8Array, at: number, to: number): void {
    let p = at;
    let follows = true;
    if (((this.agreed?.flags ?? 0) & Capability.optionalMetadata) !== 0) {
      follows = bytes[p] !== 0;
      p++;
    }
    const count = lenenc(bytes, p, to);
    p += lenencSize(bytes[p]);
    if (this.agreed?.cacheMetadata === true && p < to) {
      follows = bytes[p] !== 0;
    }
    if (count <= 0 || count > 4096) {
      // No server has tables as wide as that.
      exchange.status = '';
      this.server.lose();
      return;
    }
    this.countRows(exchange, 0);
    this.definitions = count;
    this.response = follows ? Response.Definitions : this.usesEof === false ? Response.Rows : Response.DefinitionsEnd;
  }

  /** Undefined where the handshake was not seen: then the packets tell. */
  private get usesEof(): boolean | undefined {
    return this.agreed === undefined ? undefined : (this.agreed.flags & Capability.deprecateEof) === 0;
  }

  private row(exchange: MysqlExchange, s: FramedStream, at: number, first: number): void {
    if (first !== EOF || s.messageLength >= HEAD + FULL_PACKET) {
      this.countRows(exchange, 1);
      return;
    }
    const isEof = s.messageLength === HEAD + 5;
    if (!isEof && s.messageLength < HEAD + 7) {
      this.countRows(exchange, 1);
      return;
    }
    this.endOfResult(exchange, isEof ? u16(s.bytes, at + 3) : readOk(s.bytes, at, s.to).status);
  }

  private endOfResult(exchange: MysqlExchange, status: number): void {
    this.response = Response.First;
    if ((status & ServerStatus.moreResults) === 0) {
      this.succeeded(exchange);
    }
  }

  /** COM_STMT_PREPARE_OK: id, numbers of columns and parameters, whose definitions follow. */
  private beginPrepared(exchange: MysqlExchange, bytes: Uint8Array, at: number, to: number): void {
    if (to - at < 9) {
      this.succeeded(exchange);
      return;
    }
    const columns = u16(bytes, at + 5);
    const parameters = u16(bytes, at + 7);
    this.remember(u32(bytes, at + 1), exchange.statement);
    this.definitions = columns + parameters;
    this.blockEnds = (columns > 0 ? 1 : 0) + (parameters > 0 ? 1 : 0);
    if (this.usesEof === false) {
      this.blockEnds = 0;
    }
    if (this.definitions + this.blockEnds === 0) {
      this.succeeded(exchange);
    } else {
      this.response = Response.Prepared;
    }
  }

  private preparedPart(exchange: MysqlExchange, first: number, messageLength: number): void {
    if (first === EOF && messageLength === HEAD + 5) {
      this.blockEnds--;
    } else {
      this.definitions--;
    }
    if (this.definitions <= 0 && (this.blockEnds <= 0 || this.usesEof === undefined)) {
      this.succeeded(exchange);
    }
  }

  private remember(id: number, statement: SqlStatement | undefined): void {
    if (statement === undefined) {
      return;
    }
    if (this.prepared.size === MAX_PREPARED) {
      const [oldest] = this.prepared.keys();
      this.prepared.delete(oldest);
    }
    this.prepared.set(id, statement);
  }

  private countRows(exchange: MysqlExchange, count: number): void {
    exchange.fields.mysql_rows = (exchange.fields.mysql_rows ?? 0) + count;
  }

  private succeeded(exchange: MysqlExchange): void {
    exchange.status = 'OK';
    exchange.outcome = 'ok';
    this.completes = true;
  }

  private failed(exchange: MysqlExchange, error: ErrPacket): void {
    exchange.status = error.sqlState === '' ? String(error.code) : `${error.code} ${error.sqlState}`;
    exchange.outcome = isServersFault(error) ? 'server_error' : 'client_error';
    exchange.fields.mysql_error_code = error.code;
    exchange.fields.mysql_rows = undefined;
    this.completes = true;
  }

  private complete(nowNs: number): void {
    const exchange = this.queue.first;
    this.response = Response.First;
    this.receiving = undefined;
    if (exchange === undefined) {
      return;
    }
    this.queue.finish(exchange.outcome);
    if (exchange.outcome !== 'ok') {
      return;
    }
    if (exchange.op === 'connect' || exchange.command === Command.ChangeUser) {
      this.phase = Phase.Commands;
      const flags = this.agreed?.flags ?? 0;
      if ((flags & (Capability.compress | Capability.zstdCompression)) !== 0) {
        this.leaveForGood(nowNs);
      }
    } else if (exchange.command === Command.BinlogDump || exchange.command === Command.BinlogDumpGtid) {
      this.leaveForGood(nowNs);
    }
  }

  // What goes wrong.

  private begins(s: FramedStream, bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < HEAD + 1 || u24(bytes, from) === 0) {
      return false;
    }
    const fits = u24(bytes, from) === to - from - HEAD;
    const sequence = bytes[from + 3];
    if (s.fromClient) {
      return fits && sequence === 0 && isCommand(bytes, from, to);
    }
    // A response's first packet: OK and ERR fill it, a column count is one byte long and a definition follows.
    const first = bytes[from + HEAD];
    const isCount = u24(bytes, from) === 1 && first > 0 && first < 0xfb && to - from > 9 && bytes[from + 8] === 2;
    return sequence === 1 && (isCount || (fits && ((first === OK && to - from >= 11) || first === ERR)));
  }

  private lost(s: FramedStream): void {
    this.continues = [false, false];
    if (!this.everRecognised && this.phase === Phase.Start) {
      this.stop();
      this.events.left(false);
      return;
    }
    if (this.phase !== Phase.Commands) {
      this.phase = Phase.Commands;
    }
    if (s.fromClient) {
      this.sending = undefined;
      this.queue.requestsLost();
    } else {
      this.receiving = undefined;
      this.completes = false;
      this.response = Response.First;
      this.queue.responsesLost();
    }
  }

  /** What follows is TLS: another protocol's. */
  private leave(nowNs: number): void {
    this.end(nowNs, false);
    this.events.left(false);
  }

  private leaveForGood(nowNs: number): void {
    this.end(nowNs, false);
    this.events.left(true);
  }

  private stop(): void {
    this.off = true;
    this.client.off = true;
    this.server.off = true;
  }
}

/** Too many connections, no memory, disk or table full, shutting down, lock wait, deadlock, read-only, interrupted. */
const SERVER_CODES: ReadonlySet<number> = new Set([
  1015, 1021, 1030, 1037, 1038, 1040, 1041, 1053, 1077, 1114, 1129, 1135, 1203, 1205, 1213, 1290, 1317, 1836, 3024,
]);

function isServersFault(error: ErrPacket): boolean {
  return SERVER_CODES.has(error.code) || error.sqlState.startsWith('08') || error.sqlState.startsWith('XX');
}
