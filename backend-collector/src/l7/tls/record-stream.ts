/**
 * One direction of a TLS connection as records (RFC 8446 section 5.1), and its handshake messages while they are readable. A message may span
 * records, a record hold several messages. Only hellos are gathered; certificates and the like are passed over by their length.
 *
 *   state    meaning                                        left when
 *   Header   the five bytes before a record                 whole: Body; no such record exists: Resync
 *   Body     `remaining` bytes of a record                  remaining = 0: Header
 *   Resync   after a gap: a segment that begins with a record ends it
 */
import { GrowingBytes } from '../kit/growing-bytes';
import { MAX_HELLO, MAX_RECORD, MessageType, RECORD_HEADER, RecordType } from './probe';

const MESSAGE_HEADER = 4;

const enum State {
  Header,
  Body,
  Resync,
}

interface RecordEvents {
  /** A ClientHello or ServerHello without its header; valid during the call only. */
  hello(type: MessageType, bytes: Uint8Array, from: number, to: number): void;
  /** The last byte of a record that is not readable handshake. `first` are its first two bytes. */
  record(type: number, length: number, first: readonly [number, number]): void;
  /** There is no TLS at this place. */
  notTls(): void;
}

export class RecordStream {
  private state: State = State.Header;
  private readonly header = new Uint8Array(RECORD_HEADER);
  private headerLength = 0;
  private recordType = 0;
  private recordLength = 0;
  private remaining = 0;
  private first: [number, number] = [0, 0];

  /** Handshake records are readable until the cipher changes. */
  private isPlain = true;
  private cipherChangeMeansNothing = false;
  /** A part of the handshake was lost: messages have no known beginning any more. */
  private isBroken = false;
  private readonly messageHeader = new Uint8Array(MESSAGE_HEADER);
  private messageHeaderLength = 0;
  private messageRemaining = 0;
  private isHello = false;
  private readonly message = new GrowingBytes();

  constructor(private readonly events: RecordEvents) {}

  /** Takes what follows in the stream until it is used up or `isOver` says so. */
  data(bytes: Uint8Array, from: number, to: number, isOver: () => boolean): void {
    let p = from;
    if (this.state === State.Resync) {
      if (!startsRecord(bytes, from, to)) {
        return;
      }
      this.state = State.Header;
    }
    while (p < to && !isOver()) {
      if (this.state === State.Header) {
        p = this.readHeader(bytes, p, to);
      } else if (this.state === State.Body) {
        p = this.readBody(bytes, p, to);
      } else {
        return;
      }
    }
  }

  /** From 1.3 on a cipher change is there for middleboxes only (RFC 8446 appendix D.4), and readable hellos may follow it. */
  ignoreCipherChange(): void {
    this.cipherChangeMeansNothing = true;
  }

  gap(length: number): void {
    this.isBroken = true;
    this.message.clear();
    if (this.state === State.Body && length < this.remaining) {
      this.remaining -= length;
    } else {
      this.state = State.Resync;
      this.headerLength = 0;
    }
  }

  private readHeader(bytes: Uint8Array, from: number, to: number): number {
    let p = from;
    while (p < to && this.headerLength < RECORD_HEADER) {
      this.header[this.headerLength++] = bytes[p++];
    }
    if (this.headerLength < RECORD_HEADER) {
      return p;
    }
    this.headerLength = 0;
    if (!startsRecord(this.header, 0, RECORD_HEADER)) {
      this.state = State.Resync;
      this.isBroken = true;
      this.events.notTls();
      return to;
    }
    this.recordType = this.header[0];
    this.recordLength = (this.header[3] << 8) | this.header[4];
    this.remaining = this.recordLength;
    this.first = [0, 0];
    this.state = this.remaining === 0 ? State.Header : State.Body;
    return p;
  }

  private get isReadable(): boolean {
    return this.recordType === RecordType.Handshake && this.isPlain && !this.isBroken;
  }

  private readBody(bytes: Uint8Array, from: number, to: number): number {
    const end = Math.min(to, from + this.remaining);
    const offset = this.recordLength - this.remaining;
    for (let i = offset; i < 2 && from + i - offset < end; i++) {
      this.first[i] = bytes[from + i - offset];
    }
    this.remaining -= end - from;
    const isWhole = this.remaining === 0;
    if (isWhole) {
      this.state = State.Header;
    }
    if (this.isReadable) {
      this.readMessages(bytes, from, end);
    } else if (isWhole) {
      if (this.recordType === RecordType.ChangeCipherSpec) {
        this.isPlain = this.cipherChangeMeansNothing;
      }
      this.events.record(this.recordType, this.recordLength, this.first);
    }
    return end;
  }

  private readMessages(bytes: Uint8Array, from: number, to: number): void {
    let p = from;
    while (p < to) {
      if (this.messageRemaining > 0) {
        p = this.readMessage(bytes, p, to);
        continue;
      }
      while (p < to && this.messageHeaderLength < MESSAGE_HEADER) {
        this.messageHeader[this.messageHeaderLength++] = bytes[p++];
      }
      if (this.messageHeaderLength === MESSAGE_HEADER) {
        this.beginMessage();
      }
    }
  }

  private beginMessage(): void {
    const [type, high, middle, low] = this.messageHeader;
    this.messageHeaderLength = 0;
    this.messageRemaining = (high << 16) | (middle << 8) | low;
    this.isHello = type === MessageType.ClientHello || type === MessageType.ServerHello;
    if (this.isHello && this.messageRemaining > MAX_HELLO) {
      this.isBroken = true;
      this.events.notTls();
      return;
    }
  }

  private readMessage(bytes: Uint8Array, from: number, to: number): number {
    const end = Math.min(to, from + this.messageRemaining);
    if (this.isHello) {
      this.message.append(bytes, from, end);
    }
    this.messageRemaining -= end - from;
    if (this.messageRemaining === 0 && this.isHello) {
      const { bytes: message, length } = this.message;
      this.message.clear();
      this.events.hello(this.messageHeader[0], message, 0, length);
    }
    return end;
  }
}

function startsRecord(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < RECORD_HEADER) {
    return false;
  }
  const length = (bytes[from + 3] << 8) | bytes[from + 4];
  return (
    bytes[from] >= RecordType.ChangeCipherSpec &&
    bytes[from] <= 24 &&
    bytes[from + 1] === 3 &&
    bytes[from + 2] <= 4 &&
    length <= MAX_RECORD
  );
}
