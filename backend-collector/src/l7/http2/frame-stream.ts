/**
 * One direction of an HTTP/2 connection as frames (RFC 9113 section 4).
 *
 *   state     meaning                                           left when
 *   Start     nothing was seen yet                              the first byte: Preface or Header
 *   Preface   the client's first 24 bytes                       whole: Header; different: events.notHttp2
 *   Header    the nine bytes before a frame                     whole: Data, Skip or Payload; no such frame exists: Resync
 *   Data      `remaining` bytes of a DATA frame, not copied     remaining = 0: Header
 *   Skip      `remaining` bytes of a frame nobody needs         remaining = 0: Header
 *   Payload   the payload of a frame that is read, gathered     whole: Header
 *   Resync    after a gap or garbage: looks for a place where frames begin
 *
 * Limits: a header block, over all its CONTINUATION frames, is read up to `MAX_BLOCK` bytes; a longer one counts as lost. After
 * `MAX_LOST` bytes without a frame the connection is taken for another protocol's.
 */
import {
  FRAME_HEADER,
  FrameFlag,
  FrameType,
  isPlausible,
  isPossible,
  PREFACE,
  readFrameHeader,
  type FrameHeader,
} from './frame';
import { GrowingBytes } from '../kit/growing-bytes';
import { HpackDecoder, type Headers } from './hpack';

const MAX_BLOCK = 64 * 1024;
const MAX_LOST = 1 << 20;
/** Enough of a frame for a request's id. */
const ID_BYTES = 16;

const enum State {
  Start,
  Preface,
  Header,
  Data,
  Skip,
  Payload,
  Resync,
}

/** A whole header block, valid during the call only. */
export interface HeaderBlock {
  streamId: number;
  /** Undefined where the block could not be read. */
  headers: Headers | undefined;
  endsStream: boolean;
  /** Sequence number of its frame's first byte, signed, and when that was captured. */
  seq: number;
  firstNs: number;
  /** Of all its frames. */
  length: number;
  /** The frame's first bytes. */
  readonly start: Uint8Array;
  startLength: number;
}

export interface FrameEvents {
  /** The first byte of a frame that continues no header block. */
  frameStarts(): void;
  headerBlock(block: HeaderBlock, nowNs: number): void;
  /** `length` bytes of a stream's DATA frames, their headers counted. */
  data(streamId: number, length: number, endsStream: boolean, nowNs: number): void;
  resetStream(streamId: number, code: number, nowNs: number): void;
  goAway(lastStreamId: number, nowNs: number): void;
  /** Frames were lost, nobody knows which. */
  lost(): void;
  notHttp2(): void;
}

export class FrameStream {
  private state: State = State.Start;
  private readonly frame: FrameHeader = { length: 0, type: 0, flags: 0, streamId: 0 };
  private remaining = 0;
  private lostBytes = 0;

  private readonly head = new Uint8Array(FRAME_HEADER);
  private headLength = 0;
  private frameSeq = 0;
  private frameNs = 0;

  /** The payload of the frame at hand, as far as it came in earlier segments. */
  private readonly payload = new GrowingBytes();

  private readonly hpack = new HpackDecoder();
  private readonly block: HeaderBlock = {
    streamId: 0,
    headers: undefined,
    endsStream: false,
    seq: 0,
    firstNs: 0,
    length: 0,
    start: new Uint8Array(ID_BYTES),
    startLength: 0,
  };
  /** A block that goes on in CONTINUATION frames. */
  private fragments: Uint8Array[] = [];
  private fragmentsLength = 0;
  private continues = false;
  /** Of the block at hand some part cannot be read. */
  private blockLost = false;
  private isPush = false;

  constructor(private readonly events: FrameEvents) {}

  data(bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    let p = from;
    while (p < to) {
      switch (this.state) {
        case State.Start:
          this.state = bytes[p] === PREFACE[0] ? State.Preface : State.Header;
          break;
        case State.Preface:
          p = this.readPreface(bytes, p, to);
          break;
        case State.Header:
          p = this.readHeader(bytes, p, to, (seq + (p - from)) | 0, nowNs);
          break;
        case State.Data:
        case State.Skip:
          p += this.skip(to - p, nowNs);
          break;
        case State.Payload:
          p = this.readPayload(bytes, p, to, nowNs);
          break;
        case State.Resync:
          p = this.resync(bytes, p, to);
          break;
      }
    }
  }

  gap(length: number, nowNs: number): void {
    if ((this.state === State.Data || this.state === State.Skip) && length <= this.remaining) {
      this.skip(length, nowNs);
    } else {
      this.lose();
    }
  }

  private readPreface(bytes: Uint8Array, from: number, to: number): number {
    let p = from;
    while (p < to && this.headLength < PREFACE.length) {
      if (bytes[p++] !== PREFACE[this.headLength++]) {
        this.lose();
        this.events.notHttp2();
        return to;
      }
    }
    if (this.headLength === PREFACE.length) {
      this.headLength = 0;
      this.state = State.Header;
    }
    return p;
  }

  private readHeader(bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): number {
    if (this.headLength === 0) {
      this.frameSeq = seq;
      this.frameNs = nowNs;
      if (!this.continues) {
        this.events.frameStarts();
      }
    }
    let p = from;
    while (p < to && this.headLength < FRAME_HEADER) {
      this.head[this.headLength++] = bytes[p++];
    }
    if (this.headLength < FRAME_HEADER) {
      return p;
    }
    this.headLength = 0;
    readFrameHeader(this.frame, this.head, 0);
    if (!isPossible(this.frame) || this.continues !== (this.frame.type === FrameType.Continuation)) {
      this.lose();
      // What was taken for a header is looked at again, as far as it is still there.
      return Math.max(from, p - FRAME_HEADER);
    }
    this.beginFrame(nowNs);
    return p;
  }

  private beginFrame(nowNs: number): void {
    const { frame } = this;
    this.remaining = frame.length;
    switch (frame.type) {
      case FrameType.Data:
        this.state = State.Data;
        this.events.data(frame.streamId, FRAME_HEADER, this.dataEnds(), nowNs);
        break;
      case FrameType.Headers:
      case FrameType.PushPromise:
        this.beginBlock();
        this.readBlock(nowNs);
        break;
      case FrameType.Continuation:
        this.readBlock(nowNs);
        break;
      case FrameType.RstStream:
      case FrameType.GoAway:
        this.state = frame.length <= MAX_BLOCK ? State.Payload : State.Skip;
        break;
      default:
        this.state = State.Skip;
    }
    if (frame.length === 0) {
      if (this.state === State.Payload) {
        this.takePayload(this.head, 0, 0, nowNs);
      }
      this.state = State.Header;
    }
  }

  private readBlock(nowNs: number): void {
    this.state = State.Payload;
    if (this.frame.length + this.fragmentsLength > MAX_BLOCK) {
      this.state = State.Skip;
      this.loseBlock(nowNs);
    }
  }

  private dataEnds(): boolean {
    return this.remaining === 0 && (this.frame.flags & FrameFlag.EndStream) !== 0;
  }

  private skip(available: number, nowNs: number): number {
    const n = Math.min(available, this.remaining);
    this.remaining -= n;
    if (this.state === State.Data) {
      this.events.data(this.frame.streamId, n, this.dataEnds(), nowNs);
    }
    if (this.remaining === 0) {
      this.state = State.Header;
    }
    return n;
  }

  private readPayload(bytes: Uint8Array, from: number, to: number, nowNs: number): number {
    const n = Math.min(to - from, this.remaining);
    this.remaining -= n;
    if (this.remaining === 0 && this.payload.length === 0) {
      this.state = State.Header;
      this.takePayload(bytes, from, from + n, nowNs);
      return from + n;
    }
    this.payload.append(bytes, from, from + n);
    if (this.remaining === 0) {
      const { bytes: payload, length } = this.payload;
      this.payload.clear();
      this.state = State.Header;
      this.takePayload(payload, 0, length, nowNs);
    }
    return from + n;
  }

  private takePayload(bytes: Uint8Array, from: number, to: number, nowNs: number): void {
    const { frame, events } = this;
    switch (frame.type) {
      case FrameType.RstStream:
        events.resetStream(frame.streamId, uint32(bytes, from), nowNs);
        break;
      case FrameType.GoAway:
        events.goAway(uint32(bytes, from) & 0x7fffffff, nowNs);
        break;
      case FrameType.Continuation:
        this.block.length += FRAME_HEADER + frame.length;
        this.takeFragment(bytes, from, to, nowNs);
        break;
      default:
        this.noteStart(bytes, from, to);
        this.takeFragment(bytes, this.fragmentStart(bytes, from), this.fragmentEnd(bytes, from, to), nowNs);
    }
  }

  private beginBlock(): void {
    const { block, frame } = this;
    block.streamId = frame.streamId;
    block.headers = undefined;
    block.endsStream = (frame.flags & FrameFlag.EndStream) !== 0;
    block.seq = this.frameSeq;
    block.firstNs = this.frameNs;
    block.length = FRAME_HEADER + frame.length;
    block.start.set(this.head);
    block.startLength = FRAME_HEADER;
    this.isPush = frame.type === FrameType.PushPromise;
  }

  private noteStart(bytes: Uint8Array, from: number, to: number): void {
    const { block } = this;
    for (let p = from; p < to && block.startLength < ID_BYTES; p++) {
      block.start[block.startLength++] = bytes[p];
    }
  }

  /** Sections 6.2 and 6.6: padding, priority, promised stream before the fragment. */
  private fragmentStart(bytes: Uint8Array, from: number): number {
    const { flags } = this.frame;
    const padded = (flags & FrameFlag.Padded) !== 0 ? 1 : 0;
    const priority = !this.isPush && (flags & FrameFlag.Priority) !== 0 ? 5 : 0;
    return from + padded + priority + (this.isPush ? 4 : 0);
  }

  private fragmentEnd(bytes: Uint8Array, from: number, to: number): number {
    return (this.frame.flags & FrameFlag.Padded) !== 0 && from < to ? to - bytes[from] : to;
  }

  private takeFragment(bytes: Uint8Array, from: number, to: number, nowNs: number): void {
    if (from > to || this.blockLost) {
      this.loseBlock(nowNs);
      return;
    }
    const isLast = (this.frame.flags & FrameFlag.EndHeaders) !== 0;
    if (isLast && this.fragments.length === 0) {
      this.takeBlock(bytes, from, to, nowNs);
      return;
    }
    this.continues = !isLast;
    this.fragments.push(bytes.slice(from, to));
    // Empty fragments must not add up to much either.
    this.fragmentsLength += to - from + FRAME_HEADER;
    if (isLast) {
      const whole = new Uint8Array(this.fragments.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of this.fragments) {
        whole.set(part, at);
        at += part.length;
      }
      this.dropFragments();
      this.takeBlock(whole, 0, whole.length, nowNs);
    }
  }

  private takeBlock(bytes: Uint8Array, from: number, to: number, nowNs: number): void {
    const { block } = this;
    block.headers = this.hpack.decode(bytes, from, to);
    if (!this.isPush) {
      this.events.headerBlock(block, nowNs);
    }
  }

  /** A block that cannot be read exists all the same: its stream does. */
  private loseBlock(nowNs: number): void {
    const isLast = (this.frame.flags & FrameFlag.EndHeaders) !== 0;
    this.dropFragments();
    this.hpack.lost();
    this.continues = !isLast;
    this.blockLost = !isLast;
    if (isLast && !this.isPush) {
      this.block.headers = undefined;
      this.events.headerBlock(this.block, nowNs);
    }
  }

  private dropFragments(): void {
    this.fragments = [];
    this.fragmentsLength = 0;
    this.continues = false;
    this.blockLost = false;
  }

  private lose(): void {
    this.state = State.Resync;
    this.headLength = 0;
    this.remaining = 0;
    this.payload.clear();
    this.dropFragments();
    this.hpack.lost();
    this.events.lost();
  }

  /** A frame is believed where another follows it, or where it begins or ends with the segment. */
  private resync(bytes: Uint8Array, from: number, to: number): number {
    for (let p = from; p + FRAME_HEADER <= to; p++) {
      if (this.framesAt(bytes, p, to, p === from)) {
        this.state = State.Header;
        this.lostBytes = 0;
        return p;
      }
    }
    this.lostBytes += to - from;
    if (this.lostBytes > MAX_LOST) {
      this.events.notHttp2();
    }
    return to;
  }

  private framesAt(bytes: Uint8Array, from: number, to: number, isSegmentStart: boolean): boolean {
    const { frame } = this;
    let at = from;
    let count = 0;
    while (at + FRAME_HEADER <= to && count < 3) {
      readFrameHeader(frame, bytes, at);
      // The rest of a header block whose beginning was lost helps nobody.
      if (!isPlausible(frame, bytes, at) || frame.type === FrameType.Continuation) {
        return false;
      }
      count++;
      at += FRAME_HEADER + frame.length;
    }
    return count > 1 || at === to || isSegmentStart;
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
