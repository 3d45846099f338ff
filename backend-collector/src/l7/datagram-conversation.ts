/**
 * Questions and answers in datagrams: one conversation per flow, from the first datagram that some protocol recognises.
 *
 * - `request_id` is the hash of the request's first bytes (`REQUEST_ID_DATAGRAM_BYTES`), which NAT leaves alone.
 * - A request that is repeated while it waits is a retransmission: counted in `tx_retrans` (of its sender), not a new one.
 * - The same datagram within half a millisecond was captured twice (a mirror, a capture on "any"), and counts once: nobody repeats
 *   a question that soon.
 * - An exchange's packets and bytes are its own datagrams, whatever else the flow holds at the time.
 * - A resolver that asks again from another port opens another flow: another record, with the same `request_id`.
 * - Unanswered means: no answer within the protocol's time, or until the flow ended. A later answer is ignored.
 * - The flow's client is who asked first. Where the other side asks too (two servers from their service ports), its exchanges are
 *   counted from its side; `client_ip` stays the flow's.
 *
 * Bounds: `MAX_PENDING` requests wait per flow; beyond that the oldest is reported as unanswered. Early timeouts are kept for
 * `MAX_DEADLINES` flows per protocol; beyond that requests are reported when their flow ends.
 */
import { REQUEST_ID_DATAGRAM_BYTES, requestId } from '@bpfnet/flow-model/ids';
import { RoleSource, type Flow, type MessageReader, type Side } from '../flow/flow';
import { type Decoded } from '../wire/decoded';
import { type Datagram, type DatagramMessage, type DatagramProtocol, type Notice } from './datagram-protocol';
import { Exchange, type ExchangeEvents } from './exchange';
import { Probe } from './protocol';

const MAX_PENDING = 1024;
const MAX_DEADLINES = 65_536;
/** How long a reported request is remembered, so that its late answer is known. */
const LATE_NS = 30e9;
const CAPTURED_TWICE_NS = 500e3;
/** A flow whose first datagrams are nobody's is left alone. */
const MAX_UNKNOWN_DATAGRAMS = 8;

class DatagramView implements Datagram {
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  srcPort = 0;
  dstPort = 0;
  multicast = false;

  set(bytes: Uint8Array, d: Decoded): this {
    this.bytes = bytes;
    this.from = d.payloadOffset;
    this.to = d.payloadOffset + d.payloadCaptured;
    this.srcPort = d.srcPort;
    this.dstPort = d.dstPort;
    // 224.0.0.0/4 and ff00::/8.
    this.multicast = d.ipVersion === 4 ? d.dst0 >>> 28 === 0xe : d.dst0 >>> 24 === 0xff;
    return this;
  }
}

const view = new DatagramView();

/** Recognises datagram protocols, and ends the waiting of their requests in time. */
export class DatagramMessages {
  private readonly deadlines: readonly Deadlines[];

  constructor(
    private readonly protocols: readonly DatagramProtocol[],
    private readonly events: ExchangeEvents
  ) {
    this.deadlines = protocols.map(() => new Deadlines());
  }

  recognise(flow: Flow, side: Side, bytes: Uint8Array, d: Decoded): void {
    const datagram = view.set(bytes, d);
    for (let i = 0; i < this.protocols.length; i++) {
      const protocol = this.protocols[i];
      const probe = protocol.probe(datagram);
      if (probe === Probe.NotOurs) {
        continue;
      }
      const client = (probe === Probe.Request ? side : 1 - side) as Side;
      flow.setClient(client, RoleSource.Request);
      flow.l7Proto = protocol.name;
      flow.conversation = new DatagramConversation({
        flow,
        protocol,
        events: this.events,
        deadlines: this.deadlines[i],
      });
      return;
    }
    flow.l7Off = flow.directions[0].totalPackets + flow.directions[1].totalPackets >= MAX_UNKNOWN_DATAGRAMS;
  }

  /** Reports what has timed out at `nowNs`. */
  age(nowNs: number): void {
    for (const deadlines of this.deadlines) {
      deadlines.expire(nowNs);
    }
  }
}

/** Conversations in the order in which their requests time out; all wait equally long. */
class Deadlines {
  private conversations: DatagramConversation[] = [];
  private times: number[] = [];
  private head = 0;
  /** Of the last call of `expire`. */
  nowNs = -Infinity;

  add(conversation: DatagramConversation, atNs: number): void {
    if (this.conversations.length - this.head < MAX_DEADLINES) {
      this.conversations.push(conversation);
      this.times.push(atNs);
    }
  }

  expire(nowNs: number): void {
    this.nowNs = nowNs;
    while (this.head < this.times.length && this.times[this.head] <= nowNs) {
      this.conversations[this.head++].expire(nowNs);
    }
    if (this.head > 1024 && 2 * this.head > this.times.length) {
      this.conversations = this.conversations.slice(this.head);
      this.times = this.times.slice(this.head);
      this.head = 0;
    }
  }
}

type RequestMessage = Extract<DatagramMessage, { readonly kind: 'request' }>;
type ResponseMessage = Extract<DatagramMessage, { readonly kind: 'response' }>;

interface Pending {
  readonly exchange: Exchange;
  /** Who asked. */
  readonly side: Side;
  readonly id: number;
  readonly subject: string;
  readonly expectsAnswer: boolean;
  /** Of the last transmission, as `lastNs`. */
  ipId: number;
  lastNs: number;
  retransmissions: number;
}

interface ConversationOptions {
  readonly flow: Flow;
  readonly protocol: DatagramProtocol;
  readonly events: ExchangeEvents;
  readonly deadlines: Deadlines;
}

function isCopy(last: Pending, d: Decoded, nowNs: number): boolean {
  return last.ipId === d.ipId && Math.abs(nowNs - last.lastNs) <= CAPTURED_TWICE_NS;
}

class DatagramConversation implements MessageReader {
  /** In the order in which they were asked. Reported ones stay a while. */
  private pending: Pending[] = [];
  private lastAnswered: Pending | undefined;
  private lastNotice: Pending | undefined;
  private ended = false;

  constructor(private readonly o: ConversationOptions) {}

  segment(side: Side, bytes: Uint8Array, d: Decoded, _hasAck: boolean, nowNs: number): void {
    const message = this.o.protocol.read(view.set(bytes, d));
    if (message === undefined) {
      return;
    }
    if (message.kind === 'request') {
      this.takeRequest(message, side, d, nowNs);
    } else if (!this.takeResponse(message, side, d, nowNs)) {
      if (message.unasked === undefined) {
        this.o.events.orphanResponse(this.o.flow);
      } else {
        this.takeNotice(message.unasked, message, side, d, nowNs);
      }
    }
  }

  earlySegment(): void {
    // Datagrams have no order that they could come before.
  }

  expire(nowNs: number): void {
    const { waitNs } = this.o.protocol;
    if (this.ended || this.pending.length === 0) {
      return;
    }
    for (const pending of this.pending) {
      if (nowNs - pending.exchange.requestFirstNs >= waitNs) {
        this.giveUp(pending, nowNs);
      }
    }
    this.pending = this.pending.filter((p) => !p.exchange.reported || nowNs - p.lastNs < LATE_NS);
  }

  end(nowNs: number): void {
    // The flow's last packet may be the question itself; the waiting went on after it.
    const untilNs = Math.max(nowNs, this.o.deadlines.nowNs);
    for (const pending of this.pending) {
      this.giveUp(pending, untilNs);
    }
    this.pending = [];
    this.ended = true;
  }

  private takeRequest(message: RequestMessage, side: Side, d: Decoded, nowNs: number): void {
    const again = this.pending.find(
      (p) => p.id === message.id && p.side === side && p.subject === message.subject && !p.exchange.reported
    );
    if (again !== undefined) {
      if (!isCopy(again, d, nowNs)) {
        again.retransmissions++;
        again.ipId = d.ipId;
        again.lastNs = nowNs;
      }
      return;
    }
    if (this.pending.length === MAX_PENDING) {
      this.giveUp(this.pending[0], nowNs);
      this.pending.shift();
    }
    const pending: Pending = {
      exchange: this.exchange(message, side, d, nowNs),
      side,
      id: message.id,
      subject: message.subject,
      expectsAnswer: message.expectsAnswer,
      ipId: d.ipId,
      lastNs: nowNs,
      retransmissions: 0,
    };
    this.pending.push(pending);
    this.o.deadlines.add(this, nowNs + this.o.protocol.waitNs);
  }

  /** False where it answers nothing that was asked. */
  private takeResponse(message: ResponseMessage, side: Side, d: Decoded, nowNs: number): boolean {
    const answers = (p: Pending) =>
      p.id === message.id && p.side !== side && (message.subject === undefined || p.subject === message.subject);
    const at = this.pending.findIndex((p) => answers(p) && !p.exchange.reported);
    if (at < 0) {
      const { lastAnswered } = this;
      const isCopyOfAnswer =
        lastAnswered !== undefined && answers(lastAnswered) && nowNs - lastAnswered.lastNs <= CAPTURED_TWICE_NS;
      return isCopyOfAnswer || this.pending.some(answers);
    }
    const pending = this.pending[at];
    const { exchange } = pending;
    exchange.answered = true;
    exchange.status = message.status;
    exchange.outcome = message.outcome;
    exchange.responseFirstNs = nowNs;
    exchange.responseLastNs = nowNs;
    exchange.responseBytes = d.payloadLength;
    message.addTo(exchange.fields);
    this.report(pending);
    pending.lastNs = nowNs;
    this.lastAnswered = pending;
    if (pending.retransmissions === 0) {
      this.pending.splice(at, 1);
    }
    // Otherwise each transmission may be answered: it stays until `expire`.
    return true;
  }

  private takeNotice(notice: Notice, message: ResponseMessage, side: Side, d: Decoded, nowNs: number): void {
    const exchange = this.exchange(notice, side, d, nowNs);
    const { lastNotice } = this;
    if (
      lastNotice?.exchange.requestIdHigh === exchange.requestIdHigh &&
      lastNotice.exchange.requestIdLow === exchange.requestIdLow &&
      isCopy(lastNotice, d, nowNs)
    ) {
      return;
    }
    exchange.outcome = message.outcome;
    exchange.status = message.status;
    const pending: Pending = {
      exchange,
      side,
      id: message.id,
      subject: '',
      expectsAnswer: false,
      ipId: d.ipId,
      lastNs: nowNs,
      retransmissions: 0,
    };
    this.report(pending);
    this.lastNotice = pending;
  }

  private exchange(message: RequestMessage | Notice, side: Side, d: Decoded, nowNs: number): Exchange {
    const { bytes, from, to } = view;
    const id = requestId(0, bytes, from, Math.min(to, from + REQUEST_ID_DATAGRAM_BYTES));
    const exchange = new Exchange(id, 0, nowNs, message.op, message.resource, message.fields);
    exchange.requestLastNs = nowNs;
    exchange.requestBytes = d.payloadLength;
    exchange.requestEnded = true;
    exchange.firstChunk = this.o.flow.chunkId;
    exchange.kernelDropsBefore = this.o.events.kernelDrops;
    exchange.clientSide = side;
    return exchange;
  }

  private giveUp(pending: Pending, nowNs: number): void {
    const { exchange } = pending;
    if (exchange.reported) {
      return;
    }
    if (pending.expectsAnswer) {
      exchange.outcome = 'unanswered';
      exchange.responseLastNs = Math.min(nowNs, exchange.requestFirstNs + this.o.protocol.waitNs);
    } else {
      exchange.outcome = 'ok';
    }
    this.report(pending);
  }

  private report(pending: Pending): void {
    const { flow, events } = this.o;
    const { exchange } = pending;
    exchange.clientPackets = 1 + pending.retransmissions;
    exchange.serverPackets = exchange.answered ? 1 : 0;
    exchange.clientRetrans = pending.retransmissions;
    exchange.concludeAt(flow, events.kernelDrops);
    exchange.requestBytes *= 1 + pending.retransmissions;
    exchange.reported = true;
    events.exchangeEnded(flow, exchange);
  }
}
