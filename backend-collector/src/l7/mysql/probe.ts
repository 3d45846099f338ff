/**
 * The server speaks first: its greeting (or its refusal) is the surest sign. In the middle of a connection a command is known by its
 * sequence number 0, a length that fits the segment, and an SQL verb, or the fixed form of an execution or a ping.
 */
import { Probe } from '../protocol';
import { beginsStatement } from '../kit/sql-statement';
import { Command, u16, u24, u32 } from './packets';

const PROTOCOL_VERSION = 10;
const ERR = 0xff;

export function probeMysql(bytes: Uint8Array, from: number, to: number): Probe {
  const size = to - from;
  if (size < 5 || bytes[from + 3] !== 0) {
    return Probe.NotOurs;
  }
  const length = u24(bytes, from);
  const first = bytes[from + 4];
  if (first === PROTOCOL_VERSION) {
    return length >= 30 && length < 512 && isVersion(bytes, from + 5, to) ? Probe.Response : Probe.NotOurs;
  }
  if (length !== size - 4) {
    return Probe.NotOurs;
  }
  if (first === ERR) {
    const code = size >= 7 ? u16(bytes, from + 5) : 0;
    return length > 8 && length < 512 && code >= 1000 && code < 4200 ? Probe.Response : Probe.NotOurs;
  }
  return isCommand(bytes, from, to) ? Probe.Request : Probe.NotOurs;
}

/** Is `bytes[from … to - 1]` exactly one command that nothing else looks like? */
export function isCommand(bytes: Uint8Array, from: number, to: number): boolean {
  switch (bytes[from + 4]) {
    case Command.Query:
    case Command.StmtPrepare: {
      const text = from + (bytes[from + 5] === 0 ? 7 : 5);
      return beginsStatement(bytes, text, to, 'mysql');
    }
    case Command.StmtExecute:
      return to - from >= 14 && bytes[from + 9] <= 0x0f && u32(bytes, from + 10) === 1;
    case Command.Ping:
      return to - from === 5;
    default:
      return false;
  }
}

/** A version's text: "8.0.36", "5.5.5-10.11.6-MariaDB". */
function isVersion(bytes: Uint8Array, from: number, to: number): boolean {
  const end = Math.min(to, from + 100);
  let p = from;
  while (p < end && bytes[p] >= 0x20 && bytes[p] < 0x7f) {
    p++;
  }
  return p > from + 2 && p < end && bytes[p] === 0 && bytes[from] >= 0x30 && bytes[from] <= 0x39;
}
