/**
 * Joins a flow with a protocol's parser: two reassembled streams in, exchanges with the flow's counters out. Exists from the first
 * payload that some protocol recognises, whatever the port.
 */
import { Reassembly } from '../flow/reassembly';
import { RoleSource, type Flow, type Side } from '../flow/flow';
import { type EarlySegment, type MessageReader, type MessageRecogniser } from '../flow/message-reader';
import { IpProtocol, type Decoded } from '../wire/decoded';
import { DatagramMessages } from './datagram-conversation';
import { type DatagramProtocol } from './datagram-protocol';
import { type Exchange } from './exchange';
import { type L7Parser, type L7Protocol, type ParserEvents, Probe } from './protocol';

export interface SpanEvents {
  /** An exchange of the flow is complete. */
  span(flow: Flow, exchange: Exchange): void;
  orphanResponse(flow: Flow): void;
}

/** A request without an answer is reported after this. */
const UNANSWERED_NS = 30e9;

/** Looks for one of the protocols in the payload of flows that have none yet. */
export function createRecogniser(
  protocols: readonly L7Protocol[],
  datagramProtocols: readonly DatagramProtocol[],
  events: SpanEvents
): MessageRecogniser {
  const datagrams = new DatagramMessages(datagramProtocols, events);
  return {
    recognise: (flow, side, bytes, d) => {
      if (d.protocol === IpProtocol.Udp) {
        datagrams.recognise(flow, side, bytes, d);
      } else {
        recognise(protocols, flow, side, bytes, d, events);
      }
    },
    age: (nowNs) => datagrams.age(nowNs),
  };
}

function recognise(
  protocols: readonly L7Protocol[],
  flow: Flow,
  side: Side,
  bytes: Uint8Array,
  d: Decoded,
  events: SpanEvents
): void {
  for (const protocol of protocols) {
    const probe = protocol.probe(bytes, d.payloadOffset, d.payloadOffset + d.payloadCaptured);
    if (probe === Probe.NotOurs) {
      continue;
    }
    const handshake = flow.roleSource === RoleSource.Handshake && flow.clientSide >= 0;
    const isRequest = probe === Probe.Request || (probe === Probe.Unsure && handshake && side === flow.clientSide);
    if (probe === Probe.Unsure && !isRequest) {
      continue;
    }
    const client = (isRequest ? side : 1 - side) as Side;
    if (handshake && client !== flow.clientSide) {
      continue;
    }
    if (probe !== Probe.Unsure) {
      flow.setClient(client, RoleSource.Request);
    }
    const conversation = new Conversation(flow, protocol, client, events);
    conversation.startAt(side, d.seq);
    flow.conversation = conversation;
    return;
  }
}

class Conversation implements MessageReader {
  private readonly parser: L7Parser;
  private readonly streams: readonly [Reassembly, Reassembly];
  private nowNs = 0;

  constructor(
    private readonly flow: Flow,
    private readonly protocol: L7Protocol,
    private readonly clientSide: Side,
    private readonly events: SpanEvents
  ) {
    this.parser = protocol.createParser(this.parserEvents());
    this.streams = [this.stream(0), this.stream(1)];
    for (const side of [0, 1] as const) {
      const half = flow.halves[side];
      if (half.synSeen) {
        this.streams[side].startAt((half.isn + 1) | 0);
      }
    }
  }

  startAt(side: Side, seq: number): void {
    this.streams[side].startAt(seq);
  }

  /** Takes a TCP segment of the flow, after the flow counted it. */
  segment(side: Side, bytes: Uint8Array, d: Decoded, hasAck: boolean, nowNs: number): void {
    this.nowNs = nowNs;
    if (hasAck) {
      this.streams[1 - side].acknowledged(d.ack);
    }
    if (d.payloadLength > 0) {
      this.streams[side].push(bytes, d.payloadOffset, d.payloadCaptured, d.payloadLength, d.seq);
    }
  }

  /** Takes what came before the conversation was recognised, because it came too early. */
  earlySegment(early: EarlySegment): void {
    this.streams[early.side].push(early.bytes, 0, early.bytes.length, early.length, early.seq);
  }

  expire(nowNs: number): void {
    this.parser.expire(nowNs - UNANSWERED_NS, nowNs);
  }

  end(nowNs: number, wasReset: boolean): void {
    this.streams[0].end();
    this.streams[1].end();
    this.parser.end(nowNs, wasReset);
  }

  private stream(side: Side): Reassembly {
    const fromClient = side === this.clientSide;
    return new Reassembly({
      data: (bytes, from, to, seq) => this.parser.data(fromClient, bytes, from, to, seq, this.nowNs),
      gap: (length) => this.parser.gap(fromClient, length, this.nowNs),
      unseenAcknowledged: () => this.parser.unseenAcknowledged(fromClient),
    });
  }

  private parserEvents(): ParserEvents {
    const { flow, events, protocol, clientSide } = this;
    const client = flow.halves[clientSide];
    const server = flow.halves[1 - clientSide];
    return {
      began: (exchange) => {
        flow.l7Proto = protocol.name;
        flow.setClient(clientSide, RoleSource.Request);
        exchange.clientPacketsBefore = client.totalPackets - 1;
        exchange.serverPacketsBefore = server.totalPackets;
        exchange.clientRetransBefore = client.totalRetrans;
        exchange.serverRetransBefore = server.totalRetrans;
        exchange.firstChunk = flow.chunkId;
      },
      ended: (exchange) => events.span(flow, exchange),
      orphanResponse: () => {
        flow.l7Proto = protocol.name;
        events.orphanResponse(flow);
      },
      left: (forGood) => {
        flow.conversation = undefined;
        flow.l7Off = forGood;
      },
    };
  }
}
