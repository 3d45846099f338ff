/**
 * Is this HTTP/2 in clear text? A connection begins with the preface (RFC 9113 section 3.4). One that began before the capture is known by
 * a segment that begins with plausible frames, of which one holds headers; whether a request's or a response's, its first field says: pseudo-
 * headers come first (section 8.3).
 */
import { Probe } from '../protocol';
import { FRAME_HEADER, FrameFlag, FrameType, isPlausible, PREFACE, readFrameHeader, type FrameHeader } from './frame';

/** Frames looked at before the one with headers. */
const MAX_FRAMES = 8;
/** The preface's first line; enough to be sure. */
const PREFACE_LINE = 16;

const frame: FrameHeader = { length: 0, type: 0, flags: 0, streamId: 0 };

export function probeHttp2(bytes: Uint8Array, from: number, to: number): Probe {
  if (bytes[from] === PREFACE[0]) {
    return probePreface(bytes, from, to);
  }
  // A first frame of 64 KiB and more is not expected.
  return bytes[from] === 0 && to - from >= FRAME_HEADER && bytes[from + 3] <= FrameType.Continuation
    ? probeFrames(bytes, from, to)
    : Probe.NotOurs;
}

function probePreface(bytes: Uint8Array, from: number, to: number): Probe {
  const length = Math.min(to - from, PREFACE_LINE);
  for (let i = 1; i < length; i++) {
    if (bytes[from + i] !== PREFACE[i]) {
      return Probe.NotOurs;
    }
  }
  return length === PREFACE_LINE ? Probe.Request : Probe.Unsure;
}

function probeFrames(bytes: Uint8Array, from: number, to: number): Probe {
  let at = from;
  for (let i = 0; i < MAX_FRAMES && at + FRAME_HEADER <= to; i++) {
    readFrameHeader(frame, bytes, at);
    if (!isPlausible(frame, bytes, at)) {
      return Probe.NotOurs;
    }
    if (frame.type === FrameType.Headers) {
      return (frame.streamId & 1) === 1 ? probeHeaders(bytes, at + FRAME_HEADER, to) : Probe.NotOurs;
    }
    if (frame.type === FrameType.Settings && frame.flags === 0) {
      // The server's first frame; the client's own come behind its preface (section 3.4).
      return isFirstSettings(bytes, at, to) ? Probe.Response : Probe.NotOurs;
    }
    at += FRAME_HEADER + frame.length;
  }
  return Probe.NotOurs;
}

/** Settings have ids from 1 to 9 and some more, of 16 bits; or there are none, and the nine bytes of the header are certain alone. */
function isFirstSettings(bytes: Uint8Array, at: number, to: number): boolean {
  const first = at + FRAME_HEADER;
  return (
    frame.length === 0 || (first + 2 <= to && bytes[first] === 0 && bytes[first + 1] >= 1 && bytes[first + 1] <= 0x10)
  );
}

/** The first field of a block of headers: an entry of the static table's, or a literal named by one (RFC 7541 section 6). */
function probeHeaders(bytes: Uint8Array, from: number, to: number): Probe {
  let at = from;
  if ((frame.flags & FrameFlag.Padded) !== 0) {
    at += 1;
  }
  if ((frame.flags & FrameFlag.Priority) !== 0) {
    at += 5;
  }
  // Changes of the table's size stand before all (RFC 7541 section 4.2).
  while (at < to && (bytes[at] & 0xe0) === 0x20) {
    if ((bytes[at++] & 0x1f) === 0x1f) {
      while (at < to && bytes[at++] >= 0x80) {
        // The rest of the number.
      }
    }
  }
  if (at >= to || frame.length < 1) {
    return Probe.NotOurs;
  }
  const first = bytes[at];
  const index = first >= 0x80 ? first & 0x7f : first >= 0x40 ? first & 0x3f : first & 0x0f;
  if (index >= FIRST_STATUS && index <= LAST_STATUS) {
    return Probe.Response;
  }
  return index >= 1 && index < FIRST_STATUS ? Probe.Request : Probe.NotOurs;
}

const FIRST_STATUS = 8;
const LAST_STATUS = 14;
