/** The header of a frame (RFC 9113 section 4.1): 24 bits of length, 8 of type, 8 of flags, 31 of stream id. */

export const enum FrameType {
  Data = 0,
  Headers = 1,
  Priority = 2,
  RstStream = 3,
  Settings = 4,
  PushPromise = 5,
  Ping = 6,
  GoAway = 7,
  WindowUpdate = 8,
  Continuation = 9,
}

export const enum FrameFlag {
  EndStream = 0x01,
  Ack = 0x01,
  EndHeaders = 0x04,
  Padded = 0x08,
  Priority = 0x20,
}

export const FRAME_HEADER = 9;

/** "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" (section 3.4). */
export const PREFACE: Uint8Array = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (c) => c.charCodeAt(0));

export interface FrameHeader {
  length: number;
  type: number;
  flags: number;
  streamId: number;
}

export function readFrameHeader(into: FrameHeader, bytes: Uint8Array, at: number): void {
  into.length = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
  into.type = bytes[at + 3];
  into.flags = bytes[at + 4];
  into.streamId = ((bytes[at + 5] & 0x7f) << 24) | (bytes[at + 6] << 16) | (bytes[at + 7] << 8) | bytes[at + 8];
}

/** Frames other than DATA are small; a longer one is not a frame. */
const MAX_CONTROL_LENGTH = 1 << 20;

/** May a frame of a stream that is being followed begin like that? Types that are not known are passed over (section 5.5). */
export function isPossible(f: FrameHeader): boolean {
  switch (f.type) {
    case FrameType.Data:
      return f.streamId !== 0;
    case FrameType.Headers:
    case FrameType.Continuation:
    case FrameType.PushPromise:
      return f.streamId !== 0 && f.length <= MAX_CONTROL_LENGTH;
    case FrameType.Priority:
      return f.streamId !== 0 && f.length === 5;
    case FrameType.RstStream:
      return f.streamId !== 0 && f.length === 4;
    case FrameType.Settings:
      return f.streamId === 0 && f.length % 6 === 0 && f.length <= MAX_CONTROL_LENGTH;
    case FrameType.Ping:
      return f.streamId === 0 && f.length === 8;
    case FrameType.GoAway:
      return f.streamId === 0 && f.length >= 8 && f.length <= MAX_CONTROL_LENGTH;
    case FrameType.WindowUpdate:
      return f.length === 4;
    default:
      return f.length <= MAX_CONTROL_LENGTH;
  }
}

/** Flags that mean something, by type. */
const KNOWN_FLAGS: readonly number[] = [0x09, 0x2d, 0x00, 0x00, 0x01, 0x0c, 0x01, 0x00, 0x00, 0x04];
/** The largest frame that may be sent unless the receiver allowed more (section 6.5.2), and what common ones allow. */
const USUAL_MAX_LENGTH = 1 << 16;

/** Does a frame in all likelihood begin like that? For places that were guessed. */
export function isPlausible(f: FrameHeader, bytes: Uint8Array, at: number): boolean {
  return (
    f.type < KNOWN_FLAGS.length &&
    (f.flags & ~KNOWN_FLAGS[f.type]) === 0 &&
    (bytes[at + 5] & 0x80) === 0 &&
    f.length <= USUAL_MAX_LENGTH &&
    f.streamId < 1 << 24 &&
    isPossible(f)
  );
}
