/** MySQL's packets, read in place (MySQL source documentation, "Client/Server Protocol"; MariaDB knowledge base, "Protocol"). */

/** Length and sequence number stand before each packet's body. */
export const HEAD = 4;
/** A body as long as that goes on in the next packet. */
export const FULL_PACKET = 0xffffff;

/** What a body of the server's begins with. */
export const PacketKind = { Ok: 0x00, LocalInfile: 0xfb, Eof: 0xfe, Err: 0xff } as const;

export const Command = {
  Quit: 0x01,
  InitDb: 0x02,
  Query: 0x03,
  FieldList: 0x04,
  Statistics: 0x09,
  ProcessInfo: 0x0a,
  Ping: 0x0e,
  ChangeUser: 0x11,
  BinlogDump: 0x12,
  StmtPrepare: 0x16,
  StmtExecute: 0x17,
  StmtSendLongData: 0x18,
  StmtClose: 0x19,
  StmtFetch: 0x1c,
  BinlogDumpGtid: 0x1e,
  StmtBulkExecute: 0xfa,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'COM_SLEEP'],
  [0x01, 'COM_QUIT'],
  [0x02, 'COM_INIT_DB'],
  [0x03, 'COM_QUERY'],
  [0x04, 'COM_FIELD_LIST'],
  [0x05, 'COM_CREATE_DB'],
  [0x06, 'COM_DROP_DB'],
  [0x07, 'COM_REFRESH'],
  [0x08, 'COM_SHUTDOWN'],
  [0x09, 'COM_STATISTICS'],
  [0x0a, 'COM_PROCESS_INFO'],
  [0x0c, 'COM_PROCESS_KILL'],
  [0x0d, 'COM_DEBUG'],
  [0x0e, 'COM_PING'],
  [0x11, 'COM_CHANGE_USER'],
  [0x12, 'COM_BINLOG_DUMP'],
  [0x13, 'COM_TABLE_DUMP'],
  [0x15, 'COM_REGISTER_SLAVE'],
  [0x16, 'COM_STMT_PREPARE'],
  [0x17, 'COM_STMT_EXECUTE'],
  [0x18, 'COM_STMT_SEND_LONG_DATA'],
  [0x19, 'COM_STMT_CLOSE'],
  [0x1a, 'COM_STMT_RESET'],
  [0x1b, 'COM_SET_OPTION'],
  [0x1c, 'COM_STMT_FETCH'],
  [0x1e, 'COM_BINLOG_DUMP_GTID'],
  [0x1f, 'COM_RESET_CONNECTION'],
  [0xfa, 'COM_STMT_BULK_EXECUTE'],
]);

export function commandNameOf(command: number): string | undefined {
  return NAMES.get(command);
}

export const Capability = {
  longPassword: 1,
  connectWithDb: 1 << 3,
  compress: 1 << 5,
  ssl: 1 << 11,
  secureConnection: 1 << 15,
  pluginAuthLenencData: 1 << 21,
  deprecateEof: 1 << 24,
  optionalMetadata: 1 << 25,
  zstdCompression: 1 << 26,
} as const;

/** MariaDB's own, above bit 32. */
const CACHE_METADATA = 1 << 4;

export const ServerStatus = { moreResults: 0x0008, cursorExists: 0x0040 } as const;

export interface Capabilities {
  readonly flags: number;
  /** MariaDB caches metadata of prepared statements: a byte more after a column count. */
  readonly cacheMetadata: boolean;
}

/** Of the greeting whose payload is `bytes[from … to - 1]` (Protocol::HandshakeV10). */
export function greetingCapabilities(bytes: Uint8Array, from: number, to: number): Capabilities {
  let p = from + 1;
  while (p < to && bytes[p] !== 0) {
    p++;
  }
  p += 1 + 4 + 8 + 1;
  const flags = p + 7 <= to ? u16(bytes, p) | (u16(bytes, p + 5) << 16) : p + 2 <= to ? u16(bytes, p) : 0;
  const extended = p + 18 <= to && (flags & Capability.longPassword) === 0 ? u32(bytes, p + 14) : 0;
  return { flags, cacheMetadata: (extended & CACHE_METADATA) !== 0 };
}

/** Of the client's answer (Protocol::HandshakeResponse41, SSLRequest). */
export function responseCapabilities(bytes: Uint8Array, from: number, to: number): Capabilities {
  const flags = to - from >= 4 ? u32(bytes, from) : 0;
  const extended = to - from >= 32 && (flags & Capability.longPassword) === 0 ? u32(bytes, from + 28) : 0;
  return { flags, cacheMetadata: (extended & CACHE_METADATA) !== 0 };
}

/** Where the database's name is in the client's answer; undefined where there is none, or where it is cut. */
export function databaseOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  flags: number
): { readonly from: number; readonly to: number } | undefined {
  if ((flags & Capability.connectWithDb) === 0) {
    return undefined;
  }
  // After flags, packet size, character set and reserved bytes: the user's name, then what proves who it is.
  let p = endOfText(bytes, from + 32, to) + 1;
  if ((flags & Capability.pluginAuthLenencData) !== 0) {
    const length = lenenc(bytes, p, to);
    p += lenencSize(bytes[p]) + Math.max(0, length);
  } else if ((flags & Capability.secureConnection) !== 0) {
    p += 1 + bytes[p];
  } else {
    p = endOfText(bytes, p, to) + 1;
  }
  const end = endOfText(bytes, p, to);
  return p < end && end < to ? { from: p, to: end } : undefined;
}

function endOfText(bytes: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && bytes[p] !== 0) {
    p++;
  }
  return p;
}

/** A length-encoded integer; -1 where it is cut or none. */
export function lenenc(bytes: Uint8Array, at: number, to: number): number {
  if (at >= to) {
    return -1;
  }
  const first = bytes[at];
  if (first < 0xfb) {
    return first;
  }
  if (at + lenencSize(first) > to) {
    return -1;
  }
  switch (first) {
    case 0xfc:
      return u16(bytes, at + 1);
    case 0xfd:
      return u16(bytes, at + 1) | (bytes[at + 3] << 16);
    case 0xfe:
      return (u32(bytes, at + 1) >>> 0) + (u32(bytes, at + 5) >>> 0) * 2 ** 32;
    default:
      return -1;
  }
}

export function lenencSize(first: number): number {
  return first < 0xfb ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9;
}

interface OkPacket {
  readonly affectedRows: number;
  readonly status: number;
}

/** OK_Packet, also in the place of an EOF. */
export function readOk(bytes: Uint8Array, from: number, to: number): OkPacket {
  let p = from + 1;
  const affectedRows = lenenc(bytes, p, to);
  p += lenencSize(bytes[p] ?? 0);
  p += lenencSize(bytes[p] ?? 0);
  return { affectedRows: Math.max(0, affectedRows), status: p + 2 <= to ? u16(bytes, p) : 0 };
}

export function u16(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

export function u24(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) | (bytes[at + 2] << 16);
}

/** Signed, for bit tests; `>>> 0` for a number. */
export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) | (u16(bytes, at + 2) << 16);
}
