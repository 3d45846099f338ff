/**
 * Is this the beginning of a TLS handshake? A record of handshake type and version 3.x whose first message is a ClientHello or a ServerHello
 * (RFC 8446 sections 5.1 and 4).
 */
import { Probe } from '../protocol';

export const RECORD_HEADER = 5;
/** 2^14 bytes and what encryption may add (RFC 5246 section 6.2.3). */
export const MAX_RECORD = 16384 + 2048;
/** The largest hello that is read. */
export const MAX_HELLO = 64 * 1024;

export const enum RecordType {
  ChangeCipherSpec = 20,
  Alert = 21,
  Handshake = 22,
  ApplicationData = 23,
}

export const enum MessageType {
  ClientHello = 1,
  ServerHello = 2,
}

export function probeTls(bytes: Uint8Array, from: number, to: number): Probe {
  const length = to - from;
  if (
    bytes[from] !== RecordType.Handshake ||
    (length > 1 && bytes[from + 1] !== 3) ||
    (length > 2 && bytes[from + 2] > 4)
  ) {
    return Probe.NotOurs;
  }
  if (length <= RECORD_HEADER) {
    return Probe.Unsure;
  }
  const recordLength = (bytes[from + 3] << 8) | bytes[from + 4];
  const type = bytes[from + 5];
  if (
    recordLength === 0 ||
    recordLength > MAX_RECORD ||
    (type !== MessageType.ClientHello && type !== MessageType.ServerHello)
  ) {
    return Probe.NotOurs;
  }
  // The message's length has three bytes, and its version follows; in a very short record they come with the next.
  const end = Math.min(to, from + RECORD_HEADER + recordLength);
  if ((end > from + 6 && bytes[from + 6] !== 0) || (end > from + 9 && bytes[from + 9] !== 3)) {
    return Probe.NotOurs;
  }
  return type === MessageType.ClientHello ? Probe.Request : Probe.Response;
}
