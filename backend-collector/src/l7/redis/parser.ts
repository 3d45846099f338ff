/**
 * Redis over RESP2 and RESP3 (https://redis.io/docs/latest/develop/reference/protocol-spec/): one exchange per command. The operation is the
 * command (with its subcommand), the resource its first key or channel, the status `OK` or the error's first word.
 *
 *   mode        entered by                          what the server sends then
 *   Commands                                        one reply per command, in order
 *   Subscribed  a SUBSCRIBE that was confirmed      messages between the replies: RESP2 as arrays, RESP3 as pushes
 *   Monitor     MONITOR                             lines that begin with a time
 *   Silent      CLIENT REPLY OFF or SKIP            nothing
 *   Off         SYNC, PSYNC                         replication: no more commands of this client
 *
 * Messages, pushes and monitor lines are nobody's reply; no record is written of them. SUBSCRIBE and its like are complete when all their
 * channels are confirmed. MOVED and ASK are redirections, not errors: outcome `ok`.
 *
 * Masked: all arguments but the first key or channel, all of AUTH, HELLO, CONFIG and whatever command is not known; all replies.
 */
import { REQUEST_ID_STREAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { toSeq } from '@bpfnet/flow-model/seq';
import { Exchange } from '../exchange';
import { PairedParser } from '../kit/paired-parser';
import { type L7Protocol, type ParserEvents } from '../protocol';
import { wireText } from '../kit/wire-text';
import { COUNTED_KEYS, commandName, keyPlaceOf, type KeyPlace } from './commands';
import { type RespReceiver, RespReader, RespType } from './resp-reader';
import { probeRedis } from './probe';

/** Redis and what speaks like it (Valkey, KeyDB, Dragonfly): RESP2, RESP3, inline commands. */
export const redis: L7Protocol = {
  name: 'redis',
  probe: probeRedis,
  createParser: (events) => new RedisParser(events),
};

const MAX_KEY = 256;

/** Errors that are not the client's doing. */
const SERVER_ERRORS: ReadonlySet<string> = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'IOERR',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOREPLICAS',
  'OOM',
  'TRYAGAIN',
  'UNKILLABLE',
]);

class RedisExchange extends Exchange {
  /** Replies that are still to come. */
  replies = 1;
}

/** Does the server answer? */
const enum Silence {
  Off,
  Next,
  On,
}

const enum Mode {
  Commands,
  Subscribed,
  Monitor,
}

class RedisParser extends PairedParser<RedisExchange> {
  private readonly requests: RespReader;
  private readonly replies: RespReader;
  private mode: Mode = Mode.Commands;
  private silence: Silence = Silence.Off;
  private everAnswered = false;

  // The command that is being read.
  private readonly first = new Uint8Array(REQUEST_ID_STREAM_BYTES);
  private firstLength = 0;
  private commandSeq = 0;
  private commandNs = 0;
  private commandBytes = 0;
  private op = '';
  private subcommand = '';
  private key = '';
  private place: KeyPlace | undefined;
  private keyIndex = -1;
  /** Arguments after the command. */
  private channels = 0;
  /** ON, OFF or SKIP. */
  private replyMode = '';
  private isEmptyLine = false;

  // The reply that is being read.
  private replySeq = 0;
  private replyNs = 0;
  private replyBytes = 0;
  private replyType: RespType = RespType.Null;
  private kind = '';
  private error = '';
  private subscriptions = -1;
  /** What the client is subscribed to, as the confirmations count it. */
  private subscribed = 0;
  private plainChannels = 0;
  private patterns = 0;

  constructor(events: ParserEvents) {
    super(events);
    this.requests = new RespReader(true, this.requestReceiver());
    this.replies = new RespReader(false, this.replyReceiver());
  }

  data(fromClient: boolean, bytes: Uint8Array, from: number, to: number, seq: number, nowNs: number): void {
    if (this.off) {
      return;
    }
    if (fromClient) {
      this.memory = bytes;
      this.memoryTo = to;
      this.memorySeq = (seq - from) | 0;
      this.requests.push(bytes, from, to, seq, nowNs);
      this.memory = NOTHING;
    } else {
      this.replies.push(bytes, from, to, seq, nowNs);
    }
    this.queue.seen(fromClient, nowNs);
  }

  gap(fromClient: boolean, length: number, nowNs: number): void {
    (fromClient ? this.requests : this.replies).gap(length, nowNs);
  }

  /** What `requests` reads at the moment; the first bytes of a command are needed for its id. */
  private memory: Uint8Array = NOTHING;
  private memoryTo = 0;
  /** Sequence number of the memory's first byte. */
  private memorySeq = 0;

  private requestReceiver(): RespReceiver {
    return {
      begins: (seq, nowNs) => {
        this.events.requestStarts();
        this.firstLength = 0;
        this.commandSeq = seq;
        this.commandNs = nowNs;
        this.commandBytes = 0;
        this.op = '';
        this.subcommand = '';
        this.key = '';
        this.place = undefined;
        this.keyIndex = -1;
        this.channels = 0;
        this.replyMode = '';
        this.isEmptyLine = false;
      },
      wants: (index) =>
        index === 1 ||
        index === this.keyIndex ||
        this.place?.kind === 'streams' ||
        this.isCount(index) ||
        this.isReplyMode(index),
      bytes: (count) => this.takeFirst(count),
      element: (type, index, text, length) => {
        if (type === RespType.Inline) {
          this.inline(text, length);
        } else if (index > 0) {
          this.argument(index, text, length);
        }
      },
      ends: (nowNs) => this.command(nowNs),
      skipped: () => undefined,
      lost: () => this.lost(true),
    };
  }

  private takeFirst(count: number): void {
    const at = (this.commandSeq + this.commandBytes - this.memorySeq) | 0;
    for (let i = 0; i < count && this.firstLength < REQUEST_ID_STREAM_BYTES && at + i < this.memoryTo; i++) {
      this.first[this.firstLength++] = this.memory[at + i];
    }
    this.commandBytes += count;
  }

  /** EVAL script n key: the number is needed to know whether there is a key. */
  private isCount(index: number): boolean {
    return index === this.keyIndex - 1 && COUNTED_KEYS.has(this.op);
  }

  private isReplyMode(index: number): boolean {
    return index === 3 && this.subcommand === 'REPLY' && this.op === 'CLIENT';
  }

  /** @param index 1 for the command itself, since 0 is the array */
  private argument(index: number, text: Uint8Array, length: number): void {
    if (index === 1) {
      this.op = commandName(wireText(text, 0, length, 32));
      this.place = keyPlaceOf(this.op);
      const { place } = this;
      this.keyIndex = place?.kind === 'at' ? place.index + 1 : place?.kind === 'subcommand' ? 2 : -1;
      return;
    }
    this.channels++;
    if (this.place?.kind === 'streams') {
      this.stream(index, text, length);
    } else if (this.isCount(index)) {
      if (length === 1 && text[0] === 0x30) {
        this.keyIndex = -1;
      }
    } else if (index === this.keyIndex) {
      if (this.place?.kind === 'subcommand' && index === 2) {
        this.subcommand = commandName(wireText(text, 0, length, 32));
        this.keyIndex = this.place.key < 0 ? -1 : this.place.key + 1;
      } else {
        this.key = wireText(text, 0, length, MAX_KEY);
      }
    } else if (this.isReplyMode(index)) {
      this.replyMode = wireText(text, 0, length, 4).toUpperCase();
    }
  }

  private stream(index: number, text: Uint8Array, length: number): void {
    if (index === this.keyIndex) {
      this.key = wireText(text, 0, length, MAX_KEY);
    } else if (this.keyIndex < 0 && length === 7 && wireText(text, 0, length, 7).toUpperCase() === 'STREAMS') {
      this.keyIndex = index + 1;
    }
  }

  /** A command as a line of words (protocol specification, "Inline commands"). */
  private inline(text: Uint8Array, length: number): void {
    let index = 1;
    for (let p = 0; p < length;) {
      if (text[p] <= 0x20) {
        p++;
        continue;
      }
      const quote = text[p] === 0x22 || text[p] === 0x27 ? text[p] : 0;
      const start = quote === 0 ? p : p + 1;
      p = start;
      while (p < length && (quote === 0 ? text[p] > 0x20 : text[p] !== quote)) {
        p++;
      }
      this.argument(index++, text.subarray(start, p), p - start);
      p += quote === 0 ? 0 : 1;
    }
    this.isEmptyLine = index === 1;
  }

  private command(nowNs: number): void {
    if (this.isEmptyLine) {
      return;
    }
    if (this.op === '') {
      this.lost(true);
      return;
    }
    const seq = toSeq(this.commandSeq);
    const op = this.subcommand === '' ? this.op : `${this.op} ${this.subcommand}`;
    const id = requestId(seq, this.first, 0, this.firstLength);
    const exchange = new RedisExchange(id, seq, this.commandNs, op, this.key, {});
    exchange.requestLastNs = nowNs;
    exchange.requestBytes = this.commandBytes;
    exchange.requestEnded = true;
    if (isSubscription(this.op)) {
      exchange.replies = Math.max(1, this.channels);
    }
    if (this.isSilent(op)) {
      this.queue.withoutResponse(exchange);
    } else {
      this.queue.begin(exchange, nowNs);
    }
  }

  /** True where the server will not answer: after CLIENT REPLY OFF, and for CLIENT REPLY SKIP and the command after it. */
  private isSilent(op: string): boolean {
    if (op === 'CLIENT REPLY') {
      this.silence = this.replyMode === 'OFF' ? Silence.On : this.replyMode === 'SKIP' ? Silence.Next : Silence.Off;
      return this.silence !== Silence.Off;
    }
    if (this.silence === Silence.Next) {
      this.silence = Silence.Off;
      return true;
    }
    return this.silence === Silence.On;
  }

  private replyReceiver(): RespReceiver {
    return {
      begins: (seq, nowNs) => {
        this.replySeq = seq;
        this.replyNs = nowNs;
        this.replyBytes = 0;
        this.replyType = RespType.Null;
        this.kind = '';
        this.error = '';
        this.subscriptions = -1;
      },
      wants: (index) => index === 1,
      bytes: (count, nowNs) => this.creditReply(count, nowNs),
      element: (type, index, text, length) => this.replyElement(type, index, text, length),
      ends: (nowNs) => this.reply(nowNs),
      skipped: () => this.queue.responseSkipped(),
      lost: () => this.lost(false),
    };
  }

  private replyElement(type: RespType, index: number, text: Uint8Array, length: number): void {
    if (index === 0 || this.replyType === RespType.Attribute) {
      this.replyType = type;
    }
    if (index === 0 && (type === RespType.Error || type === RespType.BlobError)) {
      this.error = errorWord(text, type === RespType.Error ? 1 : 0, length);
    } else if (index === 0 && type === RespType.Simple) {
      this.kind = length > 1 && text[1] >= 0x30 && text[1] <= 0x39 ? 'time' : '';
    } else if (index === 1 && length > 0 && length <= 16) {
      this.kind = wireText(text, 0, length, 16).toLowerCase();
    } else if (index === 3 && type === RespType.Integer) {
      this.subscriptions = Number(wireText(text, 1, length, 12));
    }
  }

  /** Bytes count from the first one on that is known to be the response's; a reply is known when it is whole, a long one before. */
  private creditReply(count: number, nowNs: number): void {
    this.replyBytes += count;
    const first = this.queue.first;
    if (first?.answered === true) {
      first.responseLastNs = nowNs;
    }
  }

  private reply(nowNs: number): void {
    this.everAnswered = true;
    if (this.isNobodys()) {
      return;
    }
    const exchange = this.queue.answer(this.replySeq, this.replyNs);
    if (exchange === undefined) {
      return;
    }
    exchange.responseLastNs = nowNs;
    exchange.responseBytes += this.replyBytes;
    if (this.error !== '') {
      exchange.status = this.error;
      exchange.outcome = outcomeOf(this.error);
      exchange.replies = 1;
    } else if (exchange.status === '') {
      exchange.status = 'OK';
      exchange.outcome = 'ok';
    }
    exchange.replies--;
    if (exchange.replies > 0) {
      return;
    }
    this.changeMode(exchange.op);
    this.queue.finish(exchange.outcome);
    if (exchange.op === 'PSYNC' || exchange.op === 'SYNC') {
      this.end(nowNs, false);
      this.events.stopped(true);
    }
  }

  /** Is this reply a message, a push, a line of MONITOR? */
  private isNobodys(): boolean {
    if (isConfirmation(this.kind) && (this.replyType === RespType.Push || this.replyType === RespType.Array)) {
      this.queue.settle();
      const waits = this.queue.first;
      if (waits !== undefined && waits.op.toLowerCase() === this.kind) {
        this.confirmed(waits);
        return false;
      }
      return this.replyType === RespType.Push || this.mode === Mode.Subscribed;
    }
    if (this.replyType === RespType.Push) {
      return true;
    }
    if (this.mode === Mode.Subscribed && this.replyType === RespType.Array) {
      return this.kind === 'message' || this.kind === 'pmessage' || this.kind === 'smessage';
    }
    return this.mode === Mode.Monitor && this.replyType === RespType.Simple && this.kind === 'time';
  }

  /** A channel was confirmed, which may have been the last that its command waits for. */
  private confirmed(exchange: RedisExchange): void {
    const isPattern = this.kind.startsWith('p');
    const held = isPattern ? this.patterns : this.plainChannels;
    if (this.kind.includes('unsub') && !exchange.answered && exchange.resource === '') {
      // Without names it leaves all, one confirmation each; or there is none to leave, and one says so.
      exchange.replies = Math.max(1, held);
    }
    if (this.subscriptions >= 0) {
      const change = this.subscriptions - this.subscribed;
      this.subscribed = this.subscriptions;
      if (isPattern) {
        this.patterns = Math.max(0, held + change);
      } else {
        this.plainChannels = Math.max(0, held + change);
      }
    }
    this.mode = this.subscribed > 0 ? Mode.Subscribed : Mode.Commands;
  }

  private changeMode(op: string): void {
    if (op === 'MONITOR') {
      this.mode = Mode.Monitor;
    } else if (op === 'RESET') {
      this.mode = Mode.Commands;
      this.subscribed = 0;
      this.plainChannels = 0;
      this.patterns = 0;
      this.silence = Silence.Off;
    }
  }

  private lost(fromClient: boolean): void {
    if (!this.everAnswered && fromClient && this.queue.length === 0) {
      this.off = true;
      this.requests.off = true;
      this.events.stopped(false);
    } else if (fromClient) {
      this.queue.requestsLost();
    } else {
      this.queue.responsesLost();
    }
  }
}

const NOTHING = new Uint8Array(0);

function isSubscription(op: string): boolean {
  return /^[PS]?(?:UN)?SUBSCRIBE$/.test(op);
}

function isConfirmation(kind: string): boolean {
  return kind !== '' && /^[ps]?(?:un)?subscribe$/.test(kind);
}

/** Errors begin with a word in capitals (protocol specification, "Simple errors"). */
function errorWord(text: Uint8Array, from: number, length: number): string {
  const word = wireText(text, from, length, 32).split(' ', 1)[0];
  return /^[A-Z][A-Z0-9_]*$/.test(word) ? word : 'ERR';
}

function outcomeOf(error: string): Exchange['outcome'] {
  if (error === 'MOVED' || error === 'ASK') {
    return 'ok';
  }
  return SERVER_ERRORS.has(error) ? 'server_error' : 'client_error';
}
