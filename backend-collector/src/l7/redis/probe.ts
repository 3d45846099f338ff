/**
 * A command is an array of bulk strings whose first is a command's name. A server's reply may be such an array too, so only a known name
 * makes it certain. Inline commands look like those of other protocols (memcached, FTP, mail, HTTP/0.9): of them only names that Redis
 * alone has count, and only from the side that opened the connection.
 */
import { Probe } from '../protocol';
import { wireText } from '../kit/wire-text';
import { commandName, keyPlaceOf } from './commands';
import { beginsCommand, isLetter, lineOfDigits, RespType } from './resp-reader';

const STAR = RespType.Array as number;
const INLINE =
  /^(?:PING|DBSIZE|MONITOR|LPUSH|RPUSH|LRANGE|HGET|HSET|HGETALL|SADD|SMEMBERS|ZADD|ZRANGE|PSUBSCRIBE|SUBSCRIBE)$/;

export function probeRedis(bytes: Uint8Array, from: number, to: number): Probe {
  if (bytes[from] === STAR) {
    return probeArray(bytes, from, to);
  }
  return isLetter(bytes[from]) ? probeInline(bytes, from, to) : Probe.NotOurs;
}

function probeArray(bytes: Uint8Array, from: number, to: number): Probe {
  if (beginsCommand(bytes, from, to)) {
    const start = lineOfDigits(bytes, lineOfDigits(bytes, from, to, RespType.Array), to, RespType.Bulk);
    let end = start;
    while (end < to && end < start + 32 && bytes[end] > 0x20) {
      end++;
    }
    const isKnown = end < to && keyPlaceOf(commandName(wireText(bytes, start, end, 32))) !== undefined;
    return isKnown ? Probe.Request : Probe.Unsure;
  }
  return isStart(bytes, from, to) ? Probe.Unsure : Probe.NotOurs;
}

/** A first segment that ends within `*2\r\n$3\r\n`. */
function isStart(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > 16) {
    return false;
  }
  let text = '';
  for (let i = from; i < to; i++) {
    text += String.fromCharCode(bytes[i]);
  }
  return /^\*(?:[1-9]\d{0,6}(?:\r(?:\n(?:\$(?:\d{1,7}(?:\r\n?)?)?)?)?)?)?$/.test(text);
}

function probeInline(bytes: Uint8Array, from: number, to: number): Probe {
  let end = from;
  while (end < to && end < from + 12 && isLetter(bytes[end])) {
    end++;
  }
  const endsWord = end < to && (bytes[end] === 0x0d || bytes[end] === 0x0a || bytes[end] === 0x20);
  const endsLine = bytes[to - 1] === 0x0a && bytes[end + 1] !== 0x3a;
  return endsWord && endsLine && INLINE.test(wireText(bytes, from, end, 12).toUpperCase())
    ? Probe.Unsure
    : Probe.NotOurs;
}
