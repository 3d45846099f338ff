/**
 * PostgreSQL's protocol 3 (PostgreSQL documentation, "Frontend/Backend Protocol", sections 53.2 and 53.7).
 *
 * An exchange is
 * - `SSLRequest` or `GSSENCRequest` with the server's one-byte answer (the status); after a yes nothing more is read,
 * - `connect`: from StartupMessage to the first ReadyForQuery or the refusal, with all steps of authentication,
 * - a simple query with everything up to ReadyForQuery, however many statements it holds,
 * - in the extended protocol each Execute with the Parse, Bind and Describe before it. The last before a Sync ends with ReadyForQuery, those
 *   before it with their CommandComplete. After an error the rest of the pipeline has the status `skipped`, as the server skips it,
 * - a Parse, Describe or Close without Execute up to its Sync: `PREPARE`, `DESCRIBE`, `CLOSE`,
 * - a CancelRequest and a FunctionCall.
 *
 * The operation is the statement's verb (`QUERY`, `EXECUTE` where it is not known), the resource its first table, or the database of a
 * `connect`; the status `OK` or the SQLSTATE. COPY data counts as bytes of its statement. Notices and notifications that come while nothing
 * is asked belong to nobody.
 *
 *   client stream  first message until StartupMessage, then typed messages
 *   server stream  one byte after SSLRequest and GSSENCRequest, else typed messages
 *
 * Limits: `MAX_NAMES` prepared statements and portals are remembered per connection. After a gap a response is read on from a segment that
 * is a chain of server messages.
 *
 * Masked: statements but for verb and table, users and passwords, parameters, rows, messages of errors and notices.
 */
import { Exchange } from '../exchange';
import { FramedParser, requestStart } from '../kit/framed-parser';
import { type FramedStream } from '../kit/framed-stream';
import { type L7Protocol, type ParserEvents, Probe } from '../protocol';
import { setBounded } from '../kit/bounded-map';
import { readStatement, type SqlStatement } from '../kit/sql-statement';
import {
  afterText,
  FIRST_HEAD,
  firstBodyLength,
  FirstCode,
  isChain,
  nameAt,
  readError,
  rowsOfTag,
  startupParameter,
  typedBodyLength,
  TYPED_HEAD,
  u32,
} from './messages';
import { probePostgresql } from './probe';

/** PostgreSQL and what speaks like it (CockroachDB, pgbouncer, YugabyteDB), protocol 3. */
export const postgresql: L7Protocol = {
  name: 'postgresql',
  probe: probePostgresql,
  createParser: (events) => new PostgresqlParser(events),
};

const MAX_NAMES = 1024;

/** What an exchange waits for. */
const enum Kind {
  /** One byte: yes or no. */
  Encryption,
  Connect,
  Simple,
  /** Messages of the extended protocol; with an Execute or without. */
  Extended,
}

class PostgresqlExchange extends Exchange {
  kind: Kind = Kind.Simple;
  /** ReadyForQuery ends it. */
  syncs = true;
  executes = false;
}

const UNKNOWN: SqlStatement = { verb: '', table: '' };

class PostgresqlParser extends FramedParser<PostgresqlExchange> {
  private started = false;
  /** Messages of the extended protocol that no Execute or Sync has closed. */
  private open: PostgresqlExchange | undefined;
  /** What the message at hand does when it ends. */
  private completes: 'no' | 'first' | 'ready' | 'encrypted' = 'no';
  private readonly statements = new Map<string, SqlStatement>();
  private readonly portals = new Map<string, SqlStatement>();

  constructor(events: ParserEvents) {
    super(events, { client: 1, server: TYPED_HEAD });
  }

  override data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    if (!this.off && fromClient && !this.started) {
      this.started = true;
      this.client.headBytes = bytes[from] === 0 ? FIRST_HEAD : TYPED_HEAD;
    }
    super.data(fromClient, bytes, from, to, seq, nowNs);
  }

  bodyLength(s: FramedStream, bytes: Uint8Array, at: number): number {
    switch (s.headBytes) {
      case FIRST_HEAD:
        return firstBodyLength(bytes, at);
      case TYPED_HEAD:
        return typedBodyLength(s.fromClient, bytes, at);
      default:
        return 0;
    }
  }

  message(s: FramedStream, nowNs: number): void {
    this.everRecognised = true;
    if (s.fromClient) {
      if (s.headBytes === FIRST_HEAD) {
        this.firstMessage(s, nowNs);
      } else {
        this.clientMessage(s, nowNs);
      }
    } else {
      this.serverMessage(s);
    }
    this.more(s, s.to - s.from, nowNs);
  }

  ended(s: FramedStream, nowNs: number): void {
    if (s.fromClient) {
      if (this.sending !== undefined) {
        this.sending.requestEnded = true;
      }
      if (this.sending?.op === 'CancelRequest') {
        this.queue.withoutResponse(this.sending);
        this.sending = undefined;
      }
      return;
    }
    const { completes } = this;
    this.completes = 'no';
    this.receiving = undefined;
    switch (completes) {
      case 'no':
        return;
      case 'first':
        this.queue.finish(this.queue.first?.outcome ?? 'ok');
        return;
      case 'ready':
        this.ready();
        return;
      case 'encrypted':
        // What follows is TLS or GSSAPI: another protocol's.
        this.queue.finish('ok');
        this.end(nowNs, false);
        this.events.stopped(false);
    }
  }

  // What the client says.

  private firstMessage(s: FramedStream, nowNs: number): void {
    switch (u32(s.bytes, s.from + 4)) {
      case FirstCode.ssl:
        this.begin(this.exchange(s, 'SSLRequest', '', Kind.Encryption), nowNs);
        this.server.headBytes = 1;
        return;
      case FirstCode.gss:
        this.begin(this.exchange(s, 'GSSENCRequest', '', Kind.Encryption), nowNs);
        this.server.headBytes = 1;
        return;
      case FirstCode.cancel:
        this.sending = this.exchange(s, 'CancelRequest', '', Kind.Simple);
        this.sending.requestLastNs = nowNs;
        this.sending.requestBytes = 0;
        return;
      default: {
        const database = startupParameter(s.bytes, s.from + FIRST_HEAD, s.to, 'database');
        this.begin(this.exchange(s, 'connect', database, Kind.Connect), nowNs);
        s.headBytes = TYPED_HEAD;
        this.server.headBytes = TYPED_HEAD;
      }
    }
  }

  private clientMessage(s: FramedStream, nowNs: number): void {
    const { bytes } = s;
    const body = s.from + TYPED_HEAD;
    switch (String.fromCharCode(bytes[s.from])) {
      case 'Q': {
        const statement = readStatement(bytes, body, afterText(bytes, body, s.to) - 1, 'postgresql');
        this.open = undefined;
        const op = statement.verb === '' ? 'QUERY' : statement.verb;
        this.begin(this.exchange(s, op, statement.table, Kind.Simple), nowNs);
        return;
      }
      case 'F':
        this.begin(this.exchange(s, 'FunctionCall', '', Kind.Simple), nowNs);
        return;
      case 'P': {
        const text = afterText(bytes, body, s.to);
        const statement = readStatement(bytes, text, afterText(bytes, text, s.to), 'postgresql');
        setBounded(this.statements, nameAt(bytes, body, s.to), statement, MAX_NAMES);
        this.extend(s, nowNs, 'PREPARE', statement);
        return;
      }
      case 'B': {
        const source = afterText(bytes, body, s.to);
        const statement = this.statements.get(nameAt(bytes, source, s.to)) ?? UNKNOWN;
        setBounded(this.portals, nameAt(bytes, body, s.to), statement, MAX_NAMES);
        this.extend(s, nowNs, 'BIND', statement);
        return;
      }
      case 'D':
        this.extend(s, nowNs, 'DESCRIBE', this.target(bytes, body, s.to));
        return;
      case 'C': {
        const statement = this.target(bytes, body, s.to);
        (bytes[body] === 0x53 ? this.statements : this.portals).delete(nameAt(bytes, body + 1, s.to));
        this.extend(s, nowNs, 'CLOSE', statement);
        return;
      }
      case 'E':
        this.execute(s, nowNs, this.portals.get(nameAt(bytes, body, s.to)) ?? UNKNOWN);
        return;
      case 'S':
        this.sync(s);
        return;
      case 'X':
        this.sending = undefined;
        return;
      default:
        // Flush, COPY data, passwords: of what is under way.
        return;
    }
  }

  /** The statement that a Describe or Close names: S or P, and a name. */
  private target(bytes: Uint8Array, body: number, to: number): SqlStatement {
    const name = nameAt(bytes, body + 1, to);
    return (bytes[body] === 0x53 ? this.statements.get(name) : this.portals.get(name)) ?? UNKNOWN;
  }

  private extend(s: FramedStream, nowNs: number, op: string, statement: SqlStatement): void {
    if (this.open !== undefined) {
      this.sending = this.open;
      if (op === 'BIND' || this.open.resource === '') {
        this.open.resource = statement.table;
      }
      return;
    }
    const { last } = this.queue;
    const isAfterExecute = last !== undefined && last.kind === Kind.Extended && last.executes && !last.syncs;
    if (isAfterExecute && (op === 'CLOSE' || op === 'DESCRIBE')) {
      this.sending = last;
      return;
    }
    const exchange = this.exchange(s, op, statement.table, Kind.Extended);
    exchange.syncs = false;
    this.open = exchange;
    this.begin(exchange, nowNs);
  }

  private execute(s: FramedStream, nowNs: number, statement: SqlStatement): void {
    const op = statement.verb === '' ? 'EXECUTE' : statement.verb;
    const { open } = this;
    if (open === undefined) {
      const exchange = this.exchange(s, op, statement.table, Kind.Extended);
      exchange.syncs = false;
      exchange.executes = true;
      this.begin(exchange, nowNs);
      return;
    }
    open.op = op;
    open.resource = statement.table;
    open.executes = true;
    this.sending = open;
    this.open = undefined;
  }

  private sync(s: FramedStream): void {
    const target = this.open ?? this.queue.last;
    this.open = undefined;
    if (target !== undefined && target.kind === Kind.Extended && !target.syncs) {
      target.syncs = true;
      this.sending = target;
      return;
    }
    // A Sync alone: no record of its own, but a ReadyForQuery.
    this.sending = undefined;
    this.queue.awaitSilently(this.exchange(s, 'SYNC', '', Kind.Extended));
  }

  private exchange(s: FramedStream, op: string, resource: string, kind: Kind): PostgresqlExchange {
    const { id, seq, firstNs } = requestStart(s);
    const exchange = new PostgresqlExchange(id, seq, firstNs, op, resource, { postgresql_rows: undefined });
    exchange.kind = kind;
    return exchange;
  }

  // What the server says.

  private serverMessage(s: FramedStream): void {
    const { bytes } = s;
    const type = String.fromCharCode(bytes[s.from]);
    const isUnasked = type === 'A' || type === 'N' || type === 'S';
    if (isUnasked && this.queue.first === undefined) {
      return;
    }
    const exchange = this.queue.answer(s.seq, s.firstNs);
    this.receiving = exchange;
    if (exchange === undefined) {
      return;
    }
    if (s.headBytes === 1) {
      this.encryptionAnswer(exchange, s, type);
      return;
    }
    const body = s.from + TYPED_HEAD;
    switch (type) {
      case 'E': {
        const error = readError(bytes, body, s.to);
        exchange.status = error.sqlState;
        exchange.outcome = isServersFault(error.sqlState) ? 'server_error' : 'client_error';
        exchange.fields.postgresql_rows = undefined;
        if (error.isFatal || exchange.kind === Kind.Connect) {
          this.completes = 'first';
        }
        return;
      }
      case 'C':
        this.commandComplete(exchange, rowsOfTag(bytes, body, s.to));
        return;
      case 'I':
      case 's':
        this.commandComplete(exchange, undefined);
        return;
      case 'W':
        // A replication stream: it has begun, and may last for days.
        this.succeed(exchange);
        this.completes = 'first';
        return;
      case 'Z':
        this.completes = 'ready';
        return;
      default:
        return;
    }
  }

  private encryptionAnswer(exchange: PostgresqlExchange, s: FramedStream, answer: string): void {
    // Servers before 7.0 answer with an error; its message is not read.
    exchange.status = answer === 'S' || answer === 'G' ? 'yes' : answer === 'N' ? 'no' : 'error';
    exchange.outcome = 'ok';
    s.headBytes = TYPED_HEAD;
    this.client.headBytes = FIRST_HEAD;
    this.completes = exchange.status === 'yes' ? 'encrypted' : 'first';
  }

  private commandComplete(exchange: PostgresqlExchange, rows: number | undefined): void {
    this.succeed(exchange);
    if (rows !== undefined && exchange.outcome === 'ok') {
      exchange.fields.postgresql_rows = (exchange.fields.postgresql_rows ?? 0) + rows;
    }
    if (exchange.kind === Kind.Extended && !exchange.syncs) {
      this.completes = 'first';
    }
  }

  private succeed(exchange: PostgresqlExchange): void {
    if (exchange.status === '') {
      exchange.status = 'OK';
      exchange.outcome = 'ok';
    }
  }

  /** ReadyForQuery: everything up to the next Sync is over, done or skipped after an error. */
  private ready(): void {
    let failed = false;
    for (let x = this.queue.first; x !== undefined; x = this.queue.first) {
      if (x.status === '') {
        x.status = failed ? 'skipped' : 'OK';
        x.outcome = failed ? 'client_error' : 'ok';
      }
      failed = failed || x.outcome !== 'ok';
      if (this.open === x) {
        this.open = undefined;
      }
      const { syncs } = x;
      this.queue.finish(x.outcome);
      if (syncs) {
        return;
      }
    }
  }

  // What goes wrong.

  begins(s: FramedStream, bytes: Uint8Array, from: number, to: number): boolean {
    s.headBytes = TYPED_HEAD;
    return s.fromClient
      ? bytes[from] !== 0 && probePostgresql(bytes, from, to) === Probe.Request
      : isChain(false, bytes, from, to) && to - from >= TYPED_HEAD + 1;
  }

  lost(s: FramedStream): void {
    if (!this.everRecognised) {
      this.stop();
      this.events.stopped(false);
      return;
    }
    this.open = undefined;
    if (s.fromClient) {
      this.sending = undefined;
      this.queue.requestsLost();
    } else {
      this.receiving = undefined;
      this.completes = 'no';
      this.queue.responsesLost();
    }
  }
}

/** Classes of errors that are not the client's doing (PostgreSQL documentation, appendix "Error Codes"). */
const SERVER_CLASSES: ReadonlySet<string> = new Set(['08', '53', '57', '58', 'F0', 'XX']);

function isServersFault(sqlState: string): boolean {
  return SERVER_CLASSES.has(sqlState.slice(0, 2)) && sqlState !== '57014';
}
