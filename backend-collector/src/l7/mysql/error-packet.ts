/** ERR_Packet: what went wrong, and whose fault it is. Its message is not read. */
import { u16 } from './packets';

/** Instead of an error's code: MariaDB reports the progress of a long statement in packets that look like errors. */
export const PROGRESS = 0xffff;

export interface ErrPacket {
  readonly code: number;
  /** Empty where the server did not say. */
  readonly sqlState: string;
}

export function readErr(bytes: Uint8Array, from: number, to: number): ErrPacket {
  const code = to - from >= 3 ? u16(bytes, from + 1) : 0;
  let sqlState = '';
  if (to - from >= 9 && bytes[from + 3] === 0x23) {
    for (let i = from + 4; i < from + 9; i++) {
      sqlState += String.fromCharCode(bytes[i]);
    }
  }
  return { code, sqlState: /^[0-9A-Z]{5}$/.test(sqlState) ? sqlState : '' };
}

/** Too many connections, no memory, disk or table full, shutting down, lock wait, deadlock, read-only, interrupted. */
const SERVER_CODES: ReadonlySet<number> = new Set([
  1015, 1021, 1030, 1037, 1038, 1040, 1041, 1053, 1077, 1114, 1129, 1135, 1203, 1205, 1213, 1290, 1317, 1836, 3024,
]);

/** Errors that are not the client's doing. */
export function isServersFault(error: ErrPacket): boolean {
  return SERVER_CODES.has(error.code) || error.sqlState.startsWith('08') || error.sqlState.startsWith('XX');
}
