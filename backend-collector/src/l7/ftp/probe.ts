/**
 * Is this FTP? A greeting that says so, or a command that no other protocol has; on port 21 any greeting and the log-in too. "220 …" alone
 * is SMTP's greeting as well, and "USER …" is POP3's and IRC's.
 */
import { Probe } from '../protocol';
import { UNMISTAKABLE } from './commands';

const MAX_PROBED = 160;
const FTP_PORT = 21;

export function probeFtp(bytes: Uint8Array, from: number, to: number, srcPort: number, dstPort: number): Probe {
  const first = bytes[from];
  const isReply = first === 0x32 && bytes[from + 1] === 0x32 && bytes[from + 2] === 0x30;
  const isLetter = (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a;
  const toOwnPort = dstPort === FTP_PORT && srcPort !== FTP_PORT;
  if (isLetter && toOwnPort && to - from < 5) {
    return Probe.Unsure;
  }
  if (to - from < 5 || !(isReply || isLetter)) {
    return Probe.NotOurs;
  }
  if (isReply) {
    return probeGreeting(bytes, from, to, srcPort === FTP_PORT);
  }
  // A verb has three letters at least, and ends after four or so.
  if (!isVerbEnd(bytes[from + 3]) && !isVerbEnd(bytes[from + 4])) {
    return Probe.NotOurs;
  }
  const line = firstLine(bytes, from, to);
  if (line === undefined) {
    return toOwnPort && to - from < MAX_PROBED ? Probe.Unsure : Probe.NotOurs;
  }
  const isOwn = UNMISTAKABLE.test(line) || (toOwnPort && /^(?:USER|AUTH|HOST|QUIT|NOOP|CLNT)\b/i.test(line));
  return isOwn ? Probe.Request : Probe.NotOurs;
}

function probeGreeting(bytes: Uint8Array, from: number, to: number, isOwnPort: boolean): Probe {
  if (bytes[from + 3] !== 0x20 && bytes[from + 3] !== 0x2d) {
    return Probe.NotOurs;
  }
  const text = latin(bytes, from, Math.min(to, from + MAX_PROBED));
  if (/smtp/i.test(text)) {
    return Probe.NotOurs;
  }
  return isOwnPort || /ftp|filezilla/i.test(text) ? Probe.Response : Probe.NotOurs;
}

function isVerbEnd(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x0a;
}

function firstLine(bytes: Uint8Array, from: number, to: number): string | undefined {
  const end = Math.min(to, from + MAX_PROBED);
  let p = from;
  while (p < end && bytes[p] !== 0x0a) {
    p++;
  }
  return p === end ? undefined : latin(bytes, from, p > from && bytes[p - 1] === 0x0d ? p - 1 : p);
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) {
    text += String.fromCharCode(bytes[i]);
  }
  return text;
}
