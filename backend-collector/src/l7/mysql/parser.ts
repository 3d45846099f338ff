/**
 * MySQL's classic protocol (MySQL source documentation, "Client/Server Protocol"; MariaDB knowledge base): one exchange per command that
 * is answered, and one, `connect`, for the whole dialogue from the client's answer to the greeting until the server accepts or rejects it.
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
 * What answers a command is response-reader.ts's matter.
 *
 * No record is written of commands that are never answered (COM_QUIT, COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA). After a switch to TLS or to
 * compression, and in a replication stream, nothing more is read. Limits: `MAX_PREPARED` statements are remembered per connection.
 *
 * Masked: statements but for verb and table, users, everything that proves who the user is, parameters, rows, error messages.
 */
import { type FramedStream } from '../kit/framed-stream';
import { FramedParser, requestStart } from '../kit/framed-parser';
import { type L7Protocol, type ParserEvents } from '../protocol';
import { setBounded } from '../kit/bounded-map';
import { readStatement, type SqlStatement } from '../kit/sql-statement';
import { wireText } from '../kit/wire-text';
import { type ErrPacket, isServersFault, PROGRESS, readErr } from './error-packet';
import { MysqlExchange } from './exchange';
import {
  Capability,
  Command,
  commandNameOf,
  databaseOf,
  FULL_PACKET,
  greetingCapabilities,
  HEAD,
  PacketKind,
  responseCapabilities,
  u16,
  u24,
  u32,
  type Capabilities,
} from './packets';
import { isCommand, probeMysql } from './probe';
import { ResponseReader } from './response-reader';

/** MySQL and MariaDB, classic protocol. */
export const mysql: L7Protocol = {
  name: 'mysql',
  probe: probeMysql,
  createParser: (events) => new MysqlParser(events),
};

const MAX_PREPARED = 1024;
const MAX_NAME = 128;
const PROTOCOL_VERSION = 10;

const enum Phase {
  Start,
  Authenticating,
  Commands,
  File,
}

class MysqlParser extends FramedParser<MysqlExchange> {
  private phase: Phase = Phase.Start;
  private offered: Capabilities | undefined;
  /** The client answered the greeting. */
  private introduced = false;
  private readonly response = new ResponseReader(this);
  /** The packet at hand is the response's last. */
  private completes = false;
  private readonly statements = new Map<number, SqlStatement>();
  private lastPrepared: SqlStatement | undefined;
  /** The next packet of the client, of the server belongs to the present one. */
  private continues: [boolean, boolean] = [false, false];

  constructor(events: ParserEvents) {
    super(events, { client: HEAD, server: HEAD });
  }

  bodyLength(_stream: FramedStream, bytes: Uint8Array, at: number): number {
    return u24(bytes, at);
  }

  message(s: FramedStream, nowNs: number): void {
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
    this.more(s, s.to - s.from, nowNs);
  }

  ended(s: FramedStream, nowNs: number): void {
    if (s.fromClient) {
      const { sending } = this;
      if (sending !== undefined && !this.continues[0]) {
        sending.requestEnded = true;
        if (sending.op === 'SSLRequest') {
          // What follows is TLS: another protocol's.
          this.leave(nowNs, false);
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
    this.response.agreed = {
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
        this.statements.delete(u32(s.bytes, at + 1));
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
        const statement = id === -1 ? this.lastPrepared : this.statements.get(id);
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
    const { id, seq, firstNs } = requestStart(s);
    const exchange = new MysqlExchange(id, seq, firstNs, op, resource, {
      mysql_command: command < 0 ? undefined : commandNameOf(command),
      mysql_error_code: undefined,
      mysql_rows: undefined,
    });
    exchange.command = command;
    return exchange;
  }

  // What the server says.

  private serverPacket(s: FramedStream): void {
    const { bytes } = s;
    const at = s.from + HEAD;
    const first = at < s.to ? bytes[at] : -1;
    this.receiving = undefined;
    if (this.phase === Phase.Start) {
      if (first === PROTOCOL_VERSION) {
        this.offered = greetingCapabilities(bytes, at, s.to);
        this.phase = Phase.Authenticating;
        return;
      }
      if (first === PacketKind.Err) {
        // Rejected before the client sent anything: there is no request to report.
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
    if (first === PacketKind.Err && s.to - at >= 3) {
      if (u16(bytes, at + 1) !== PROGRESS) {
        this.failed(exchange, readErr(bytes, at, s.to));
      }
      return;
    }
    if (exchange.op === 'connect' || exchange.command === Command.ChangeUser) {
      // 0xfe asks for another method, 1 is a step of the present one.
      if (first === PacketKind.Ok) {
        this.succeeded(exchange);
      }
      return;
    }
    switch (this.response.packet(exchange, s, at, first)) {
      case 'goes on':
        return;
      case 'complete':
        this.succeeded(exchange);
        return;
      case 'wants file':
        this.phase = Phase.File;
        this.sending = exchange;
        return;
      case 'nonsense':
        exchange.status = '';
        s.lose();
    }
  }

  prepared(id: number, { statement }: MysqlExchange): void {
    if (statement !== undefined) {
      setBounded(this.statements, id, statement, MAX_PREPARED);
    }
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
    this.response.restart();
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
      const flags = this.response.agreed?.flags ?? 0;
      if ((flags & (Capability.compress | Capability.zstdCompression)) !== 0) {
        this.leave(nowNs, true);
      }
    } else if (exchange.command === Command.BinlogDump || exchange.command === Command.BinlogDumpGtid) {
      this.leave(nowNs, true);
    }
  }

  // What goes wrong.

  begins(s: FramedStream, bytes: Uint8Array, from: number, to: number): boolean {
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
    return (
      sequence === 1 &&
      (isCount || (fits && ((first === PacketKind.Ok && to - from >= 11) || first === PacketKind.Err)))
    );
  }

  lost(s: FramedStream): void {
    this.continues = [false, false];
    if (!this.everRecognised && this.phase === Phase.Start) {
      this.stop();
      this.events.stopped(false);
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
      this.response.restart();
      this.queue.responsesLost();
    }
  }

  private leave(nowNs: number, forGood: boolean): void {
    this.end(nowNs, false);
    this.events.stopped(forGood);
  }
}
