/** PostgreSQL's messages, read in place (PostgreSQL documentation, chapter "Frontend/Backend Protocol", sections 53.7 and 53.8). */
import { wireText } from '../kit/wire-text';

/** Length and code of what a client may send first, which has no type byte. */
export const FirstCode = {
  startup3: 3 << 16,
  cancel: 80877102,
  ssl: 80877103,
  gss: 80877104,
} as const;

export const TYPED_HEAD = 5;
export const FIRST_HEAD = 8;

const FRONTEND = typeSet('QPBDECSHFdcfpX');
const BACKEND = typeSet('RKSZTtDCEN123nsIGHWVvdcA');

function typeSet(types: string): ReadonlySet<number> {
  return new Set(Array.from(types, (c) => c.charCodeAt(0)));
}

export function typeCode(letter: string): number {
  return letter.charCodeAt(0);
}

export function isTypeOf(fromClient: boolean, type: number): boolean {
  return (fromClient ? FRONTEND : BACKEND).has(type);
}

/** Largest message that the server takes or gives (PQ_LARGE_MESSAGE_LIMIT). */
const MAX_MESSAGE = 0x3fffffff;

/** Body length of the typed message whose head is at `bytes[at]`; -1 where it is none. */
export function typedBodyLength(fromClient: boolean, bytes: Uint8Array, at: number): number {
  const length = u32(bytes, at + 1);
  return isTypeOf(fromClient, bytes[at]) && length >= 4 && length <= MAX_MESSAGE ? length - 4 : -1;
}

/** Body length of a client's first message; -1 where it is none. Its code counts as head. */
export function firstBodyLength(bytes: Uint8Array, at: number): number {
  const length = u32(bytes, at);
  const code = u32(bytes, at + 4);
  switch (code) {
    case FirstCode.ssl:
    case FirstCode.gss:
      return length === 8 ? 0 : -1;
    case FirstCode.cancel:
      // The key has 4 bytes, since protocol 3.2 up to 256.
      return length >= 16 && length <= 268 ? length - FIRST_HEAD : -1;
    default:
      return code >>> 16 === 3 && length > FIRST_HEAD && length <= 10000 ? length - FIRST_HEAD : -1;
  }
}

/** Are `bytes[from … to - 1]` whole messages of that side, with perhaps a cut one at the end? */
export function isChain(fromClient: boolean, bytes: Uint8Array, from: number, to: number): boolean {
  let p = from;
  for (let count = 0; count < 8 && p + TYPED_HEAD <= to; count++) {
    const body = typedBodyLength(fromClient, bytes, p);
    if (body < 0) {
      return false;
    }
    p += TYPED_HEAD + body;
  }
  return p > from;
}

/** Place after the NUL that ends the text at `from`; `to` where there is none. */
export function afterText(bytes: Uint8Array, from: number, to: number): number {
  let p = from;
  while (p < to && bytes[p] !== 0) {
    p++;
  }
  return Math.min(p + 1, to);
}

/** A name that is only compared, never shown; bounded. */
export function nameAt(bytes: Uint8Array, from: number, to: number): string {
  return wireText(bytes, from, afterText(bytes, from, to) - 1, 64);
}

/** A parameter of StartupMessage; empty where it is not there. */
export function startupParameter(bytes: Uint8Array, from: number, to: number, wanted: string): string {
  let p = from;
  while (p < to && bytes[p] !== 0) {
    const value = afterText(bytes, p, to);
    const end = afterText(bytes, value, to);
    if (value - p === wanted.length + 1 && wireText(bytes, p, value - 1, 32) === wanted && bytes[end - 1] === 0) {
      return wireText(bytes, value, end - 1, 128);
    }
    p = end;
  }
  return '';
}

interface ErrorFields {
  readonly sqlState: string;
  /** The connection is ended by the server. */
  readonly isFatal: boolean;
}

/** ErrorResponse: fields of a type byte and a text; only the code and the severity are read. */
export function readError(bytes: Uint8Array, from: number, to: number): ErrorFields {
  let sqlState = '';
  let isFatal = false;
  let p = from;
  while (p < to && bytes[p] !== 0) {
    const end = afterText(bytes, p + 1, to);
    if (bytes[p] === 0x43) {
      sqlState = wireText(bytes, p + 1, end - 1, 5);
    } else if (bytes[p] === 0x56) {
      const severity = wireText(bytes, p + 1, end - 1, 8);
      isFatal = severity === 'FATAL' || severity === 'PANIC';
    }
    p = end;
  }
  return { sqlState: /^[0-9A-Z]{5}$/.test(sqlState) ? sqlState : 'XX000', isFatal };
}

/** Rows that a CommandComplete reports ("SELECT 5", "INSERT 0 1"); undefined where it reports none. */
export function rowsOfTag(bytes: Uint8Array, from: number, to: number): number | undefined {
  const end = afterText(bytes, from, to) - 1;
  const match = /^[A-Z ]+(?: \d+)?? (\d{1,15})$/.exec(wireText(bytes, from, end, 64));
  return match === null ? undefined : Number(match[1]);
}

export function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
