/**
 * Joins a flow with a protocol's parser: two reassembled streams in, exchanges with the flow's counters out. Exists from the first
 * payload that some protocol recognises, whatever the port.
 */
import { Reassembly, type StreamReceiver } from '../flow/reassembly';
import { RoleSource, type EarlySegment, type Flow, type MessageReader, type Side } from '../flow/flow';
import { type Decoded } from '../wire/decoded';
import { type Exchange, type ExchangeEvents } from './exchange';
import { type L7Parser, type L7Protocol, type ParserEvents, Probe } from './protocol';
import { type RelatedConnection, type RelatedConnections } from './related-connections';

/** A request without an answer is reported after this. */
const UNANSWERED_NS = 30e9;

/** What all conversations share. */
export interface SharedState {
  /** Conversations that ended, with their parsers, by protocol, to be used again: a short connection costs less than its objects. */
  readonly pool: Map<L7Protocol, Conversation[]>;
  readonly events: ExchangeEvents;
  readonly related: RelatedConnections;
}

export const NO_OTHERS: readonly L7Protocol[] = [];
/** Conversations in the pool, per protocol. */
const MAX_POOLED = 1024;
const NOTHING = new Uint8Array(0);
/** A protocol that is not sure after that many bytes is not helped by more. */
const MAX_HELD = 256;

/** Counters of the flow when a request began. */
interface RequestStart {
  isSet: boolean;
  clientPackets: number;
  serverPackets: number;
  clientRetrans: number;
  serverRetrans: number;
  chunkId: number;
  kernelDrops: number;
}

/** Receives its parser's events itself: no function is made per connection. */
export class Conversation implements MessageReader, ParserEvents, StreamReceiver {
  private parser: L7Parser;
  private readonly requestStart: RequestStart = {
    isSet: false,
    clientPackets: 0,
    serverPackets: 0,
    clientRetrans: 0,
    serverRetrans: 0,
    chunkId: 0,
    kernelDrops: 0,
  };
  /** What the client sent so far, while it is not sure that the protocol is the right one. */
  private held: Uint8Array | undefined;
  private heldSeq = 0;
  private readonly fromClient = new Reassembly(this);
  private readonly fromServer = new Reassembly(this);
  private readonly events: ExchangeEvents;
  private readonly related: RelatedConnections;
  private flow!: Flow;
  private clientSide: Side = 0;
  /** What else it may be. */
  private others = NO_OTHERS;
  private nowNs = 0;

  constructor(
    private protocol: L7Protocol,
    private readonly shared: SharedState
  ) {
    this.events = shared.events;
    this.related = shared.related;
    this.parser = protocol.createParser(this);
  }

  /** Makes it the conversation of a flow. To be called before anything else. */
  begin(flow: Flow, clientSide: Side, others: readonly L7Protocol[]): void {
    this.flow = flow;
    this.clientSide = clientSide;
    this.others = others;
    this.held = undefined;
    this.requestStart.isSet = false;
    for (const side of [0, 1] as const) {
      const direction = flow.directions[side];
      const stream = this.streamOf(side);
      stream.restart();
      if (direction.isnKnown) {
        // What passed before the protocol was recognised is not a gap, except for segments that came too early and are handed in next.
        stream.startAt(direction.started && flow.early === undefined ? direction.nextSeq : (direction.isn + 1) | 0);
      }
    }
  }

  startAt(side: Side, seq: number): void {
    this.streamOf(side).startAt(seq);
  }

  private streamOf(side: number): Reassembly {
    return side === this.clientSide ? this.fromClient : this.fromServer;
  }

  /** Takes a TCP segment of the flow, after the flow counted it. */
  segment(side: Side, bytes: Uint8Array, d: Decoded, hasAck: boolean, nowNs: number): void {
    this.nowNs = nowNs;
    if (hasAck) {
      const { finSeen, finEnd } = this.flow.directions[1 - side];
      // A FIN takes a sequence number, but is not a byte of the stream.
      this.streamOf(1 - side).acknowledged(finSeen && d.ack === finEnd ? (d.ack - 1) | 0 : d.ack);
    }
    if (d.payloadLength > 0) {
      this.streamOf(side).push(bytes, d.payloadOffset, d.payloadCaptured, d.payloadLength, d.payloadSeq);
    }
  }

  /** Takes what came before the conversation was recognised, because it came too early. */
  earlySegment(early: EarlySegment): void {
    this.streamOf(early.side).push(early.bytes, 0, early.bytes.length, early.length, early.seq);
  }

  expire(nowNs: number): void {
    this.parser.expire(nowNs - UNANSWERED_NS, nowNs);
  }

  end(nowNs: number, wasReset: boolean): void {
    this.streamOf(0).end();
    this.streamOf(1).end();
    this.parser.end(nowNs, wasReset);
    this.returnToPool();
  }

  private returnToPool(): void {
    const { parser, protocol } = this;
    if (parser.restart === undefined) {
      return;
    }
    parser.restart();
    const { pool } = this.shared;
    const pooled = pool.get(protocol);
    if (pooled === undefined) {
      pool.set(protocol, [this]);
    } else if (pooled.length < MAX_POOLED) {
      pooled.push(this);
    }
  }

  private hold(bytes: Uint8Array, from: number, to: number, seq: number): void {
    const before = this.held;
    if (before === undefined) {
      this.heldSeq = seq;
    }
    const length = (before?.length ?? 0) + to - from;
    if (length > MAX_HELD) {
      this.isSure();
      return;
    }
    const held = new Uint8Array(length);
    held.set(before ?? NOTHING);
    held.set(bytes.subarray(from, to), before?.length ?? 0);
    this.held = held;
  }

  private isSure(): void {
    this.others = NO_OTHERS;
    this.held = undefined;
  }

  /** The protocol was the wrong one: another may know more of the same bytes. */
  private tryOther(): boolean {
    const { held, others, flow } = this;
    const [clientPort, serverPort] = this.clientSide === 0 ? [flow.port0, flow.port1] : [flow.port1, flow.port0];
    for (let i = 0; held !== undefined && i < others.length; i++) {
      const probe = others[i].probe(held, 0, held.length, clientPort, serverPort);
      if (probe === Probe.Request || probe === Probe.Unsure) {
        this.others = probe === Probe.Unsure ? others.slice(i + 1) : NO_OTHERS;
        this.protocol = others[i];
        this.parser = this.protocol.createParser(this);
        this.parser.data(true, held, 0, held.length, this.heldSeq, this.nowNs);
        return true;
      }
    }
    return false;
  }

  private noteRequestStart(): void {
    const { flow, clientSide, requestStart } = this;
    const client = flow.directions[clientSide];
    const server = flow.directions[1 - clientSide];
    requestStart.isSet = true;
    requestStart.clientPackets = client.totalPackets - 1;
    requestStart.serverPackets = server.totalPackets;
    requestStart.clientRetrans = client.totalRetrans;
    requestStart.serverRetrans = server.totalRetrans;
    requestStart.chunkId = flow.chunkId;
    requestStart.kernelDrops = this.events.kernelDrops;
  }

  requestStarts(): void {
    this.noteRequestStart();
  }

  began(exchange: Exchange): void {
    const { flow, clientSide, requestStart } = this;
    this.isSure();
    flow.l7Proto = exchange.proto ?? this.protocol.name;
    flow.setClient(clientSide, RoleSource.Request);
    if (!requestStart.isSet) {
      this.noteRequestStart();
    }
    requestStart.isSet = false;
    exchange.clientPacketsBefore = requestStart.clientPackets;
    exchange.serverPacketsBefore = requestStart.serverPackets;
    exchange.clientRetransBefore = requestStart.clientRetrans;
    exchange.serverRetransBefore = requestStart.serverRetrans;
    exchange.firstChunk = requestStart.chunkId;
    exchange.kernelDropsBefore = requestStart.kernelDrops;
    exchange.clientSide = clientSide;
  }

  ended(exchange: Exchange): void {
    this.conclude(exchange);
    this.events.exchangeEnded(this.flow, exchange);
  }

  endedPooled(exchange: Exchange): void {
    this.conclude(exchange);
    this.events.exchangeEndedPooled(this.flow, exchange);
  }

  endedDeferred(exchange: Exchange): () => void {
    const { flow, events } = this;
    this.conclude(exchange);
    return () => events.exchangeEnded(flow, exchange);
  }

  /** What comes from here on is not the exchange's. */
  private conclude(exchange: Exchange): void {
    const { flow, clientSide } = this;
    const client = flow.directions[clientSide];
    const server = flow.directions[1 - clientSide];
    // Exchanges of several kinds may share the connection.
    flow.l7Proto = exchange.proto ?? this.protocol.name;
    exchange.clientPackets = client.totalPackets - exchange.clientPacketsBefore;
    exchange.serverPackets = server.totalPackets - exchange.serverPacketsBefore;
    exchange.clientRetrans = client.totalRetrans - exchange.clientRetransBefore;
    exchange.serverRetrans = server.totalRetrans - exchange.serverRetransBefore;
    exchange.concludeAt(flow, this.events.kernelDrops);
  }

  expectsConnection(connection: RelatedConnection, host: 'client' | 'server', port: number): void {
    const hostSide = host === 'client' ? this.clientSide : 1 - this.clientSide;
    this.related.announce(connection, this.flow, hostSide as Side, port);
  }

  orphanResponse(): void {
    this.isSure();
    this.flow.l7Proto = this.protocol.name;
    this.events.orphanResponse(this.flow);
  }

  stopped(forGood: boolean, laterProto?: string): void {
    if (!forGood && this.tryOther()) {
      return;
    }
    const { flow } = this;
    flow.conversation = undefined;
    flow.l7Off = forGood;
    flow.l7Proto = laterProto ?? flow.l7Proto;
  }

  upgradedTo(parser: L7Parser): void {
    this.parser = parser;
  }

  data(stream: Reassembly, bytes: Uint8Array, from: number, to: number, seq: number): void {
    const isFromClient = stream === this.fromClient;
    if (isFromClient && this.others.length > 0) {
      this.hold(bytes, from, to, seq);
    }
    this.parser.data(isFromClient, bytes, from, to, seq, this.nowNs);
  }

  gap(stream: Reassembly, length: number): void {
    this.parser.gap(stream === this.fromClient, length, this.nowNs);
  }

  unseenAcknowledged(stream: Reassembly): void {
    this.parser.unseenAcknowledged(stream === this.fromClient);
  }
}
