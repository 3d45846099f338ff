/**
 * The packets that answer a command (MySQL source documentation, "Command Phase"):
 *
 *   state          left when
 *   First          OK (complete), a column count (Definitions), the ids of a prepared statement (Prepared)
 *   Definitions    as many as announced: DefinitionsEnd, or Rows where EOF is deprecated
 *   DefinitionsEnd EOF: Rows; with a cursor: complete
 *   Rows           EOF, or OK in its place; with SERVER_MORE_RESULTS_EXISTS: First
 *   Prepared       the definitions of parameters and columns: complete
 *
 * Errors, and the answers to authentication, are the parser's own matter.
 */
import { type FramedStream } from '../kit/framed-stream';
import { type MysqlExchange } from './exchange';
import {
  Capability,
  Command,
  FULL_PACKET,
  HEAD,
  lenenc,
  lenencSize,
  PacketKind,
  readOk,
  ServerStatus,
  u16,
  u32,
  type Capabilities,
} from './packets';

/** No server has tables as wide as that. */
const MAX_COLUMNS = 4096;

const enum State {
  First,
  Definitions,
  DefinitionsEnd,
  Rows,
  Prepared,
}

/** What a packet means: the answer goes on, is complete, asks for a file, or is none. */
type Progress = 'goes on' | 'complete' | 'wants file' | 'nonsense';

export class ResponseReader {
  /** Undefined where the handshake was not seen: then it follows from the packets. */
  agreed: Capabilities | undefined;
  private state: State = State.First;
  private definitions = 0;
  /** Ends of blocks of definitions that are still to come, of a prepared statement. */
  private blockEnds = 0;

  constructor(private readonly onPrepared: { prepared(id: number, exchange: MysqlExchange): void }) {}

  /** The next packet is an answer's first. */
  restart(): void {
    this.state = State.First;
  }

  /** Takes the stream's present packet, whose body begins at `at` with the byte `first` (-1 where it is empty). */
  packet(exchange: MysqlExchange, s: FramedStream, at: number, first: number): Progress {
    switch (this.state) {
      case State.First:
        return this.firstPacket(exchange, s, at, first);
      case State.Definitions:
        this.definitions--;
        if (this.definitions === 0) {
          this.state = this.usesEof === false ? State.Rows : State.DefinitionsEnd;
        }
        return 'goes on';
      case State.DefinitionsEnd:
        this.state = State.Rows;
        if (first === PacketKind.Eof && s.messageLength === HEAD + 5) {
          const hasCursor = (u16(s.bytes, at + 3) & ServerStatus.cursorExists) !== 0;
          return hasCursor ? 'complete' : 'goes on';
        }
        return this.row(exchange, s, at, first);
      case State.Rows:
        return this.row(exchange, s, at, first);
      case State.Prepared:
        return this.preparedPart(first, s.messageLength);
    }
  }

  private firstPacket(exchange: MysqlExchange, s: FramedStream, at: number, first: number): Progress {
    const { bytes } = s;
    switch (exchange.command) {
      case Command.Query:
      case Command.StmtExecute:
      case Command.StmtBulkExecute:
      case Command.ProcessInfo:
        break;
      case Command.StmtPrepare:
        return this.beginPrepared(exchange, bytes, at, s.to);
      case Command.FieldList:
      case Command.StmtFetch:
        this.state = State.Rows;
        return this.row(exchange, s, at, first);
      default:
        return 'complete';
    }
    if (first === PacketKind.Ok) {
      const ok = readOk(bytes, at, s.to);
      exchange.countRows(ok.affectedRows);
      return this.endOfResult(ok.status);
    }
    return first === PacketKind.LocalInfile ? 'wants file' : this.columnCount(exchange, bytes, at, s.to);
  }

  private columnCount(exchange: MysqlExchange, bytes: Uint8Array, at: number, to: number): Progress {
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
    if (count <= 0 || count > MAX_COLUMNS) {
      return 'nonsense';
    }
    exchange.countRows(0);
    this.definitions = count;
    this.state = follows ? State.Definitions : this.usesEof === false ? State.Rows : State.DefinitionsEnd;
    return 'goes on';
  }

  private get usesEof(): boolean | undefined {
    return this.agreed === undefined ? undefined : (this.agreed.flags & Capability.deprecateEof) === 0;
  }

  private row(exchange: MysqlExchange, s: FramedStream, at: number, first: number): Progress {
    const isEof = s.messageLength === HEAD + 5;
    const mayEnd = first === PacketKind.Eof && s.messageLength < HEAD + FULL_PACKET;
    if (!mayEnd || (!isEof && s.messageLength < HEAD + 7)) {
      exchange.countRows(1);
      return 'goes on';
    }
    return this.endOfResult(isEof ? u16(s.bytes, at + 3) : readOk(s.bytes, at, s.to).status);
  }

  private endOfResult(status: number): Progress {
    this.state = State.First;
    return (status & ServerStatus.moreResults) === 0 ? 'complete' : 'goes on';
  }

  /** COM_STMT_PREPARE_OK: id, numbers of columns and parameters, whose definitions follow. */
  private beginPrepared(exchange: MysqlExchange, bytes: Uint8Array, at: number, to: number): Progress {
    if (to - at < 9) {
      return 'complete';
    }
    const columns = u16(bytes, at + 5);
    const parameters = u16(bytes, at + 7);
    this.onPrepared.prepared(u32(bytes, at + 1), exchange);
    this.definitions = columns + parameters;
    this.blockEnds = this.usesEof === false ? 0 : (columns > 0 ? 1 : 0) + (parameters > 0 ? 1 : 0);
    if (this.definitions + this.blockEnds === 0) {
      return 'complete';
    }
    this.state = State.Prepared;
    return 'goes on';
  }

  private preparedPart(first: number, messageLength: number): Progress {
    if (first === PacketKind.Eof && messageLength === HEAD + 5) {
      this.blockEnds--;
    } else {
      this.definitions--;
    }
    const isLast = this.definitions <= 0 && (this.blockEnds <= 0 || this.usesEof === undefined);
    return isLast ? 'complete' : 'goes on';
  }
}
