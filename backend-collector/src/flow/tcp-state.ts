/** Handshake and close of a connection (RFC 9293 section 3.3.2): who is the client, what the two cost, and how it ended. */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { type ConnState } from '@bpfnet/flow-model/words';
import { IpProtocol, type Decoded } from '../wire/decoded';
import { RoleSource, type Flow, type Side } from './flow';
import { type FlowDirection } from './flow-direction';

/** Moves the connection's state on by one segment. `repeat` is true for a retransmitted one. */
export function followConnection(flow: Flow, side: Side, d: Decoded, nowNs: number, repeat: boolean): void {
  const sender = flow.directions[side];
  const receiver = flow.directions[1 - side];
  const { flags } = d;
  if ((flags & TcpFlag.Syn) !== 0) {
    followSyn(flow, side, sender, receiver, d, nowNs, repeat);
  } else if ((flags & TcpFlag.Rst) === 0) {
    followFirst(sender, receiver, d);
  }
  if ((flags & TcpFlag.Fin) !== 0 && !sender.finSeen) {
    sender.finSeen = true;
    sender.finEnd = (d.seq + d.payloadLength + 1) | 0;
    if (Number.isNaN(flow.firstFinNs)) {
      flow.firstFinNs = nowNs;
    }
  }
  if ((flags & TcpFlag.Rst) !== 0) {
    followReset(flow, side, sender, receiver, nowNs);
    return;
  }
  if ((flags & TcpFlag.Ack) !== 0) {
    followAck(flow, sender, receiver, d, nowNs);
  }
}

function followSyn(
  flow: Flow,
  side: Side,
  sender: FlowDirection,
  receiver: FlowDirection,
  d: Decoded,
  nowNs: number,
  repeat: boolean
): void {
  const isAnswer = (d.flags & TcpFlag.Ack) !== 0;
  flow.chunkSyn = true;
  if (repeat) {
    flow.synRetrans++;
  }
  if (sender.synSeen) {
    return;
  }
  sender.synSeen = true;
  sender.isnKnown = true;
  sender.isn = d.seq;
  sender.windowScale = d.windowScale;
  if (isAnswer) {
    flow.synAckNs = nowNs;
    if (!receiver.isnKnown) {
      receiver.isnKnown = true;
      receiver.isn = (d.ack - 1) | 0;
    }
    flow.setClient((1 - side) as Side, RoleSource.Handshake);
  } else {
    if (Number.isNaN(flow.synNs)) {
      flow.synNs = nowNs;
    }
    // Where both open at once (RFC 9293 figure 8), who came first is the client.
    flow.setClient(side, RoleSource.Handshake);
  }
}

/**
 * The first segment after a SYN acknowledges the other side's, also where that one is not captured (a bridge that rewrites addresses shows each
 * direction as a flow of its own): so its initial sequence number is known.
 */
function followFirst(sender: FlowDirection, receiver: FlowDirection, d: Decoded): void {
  if (sender.pastSyn) {
    return;
  }
  sender.pastSyn = true;
  const follows = sender.synSeen && d.seq === ((sender.isn + 1) | 0);
  if (follows && (d.flags & TcpFlag.Ack) !== 0 && !receiver.isnKnown && !receiver.started) {
    receiver.isnKnown = true;
    receiver.isn = (d.ack - 1) | 0;
  }
}

function followReset(flow: Flow, side: Side, sender: FlowDirection, receiver: FlowDirection, nowNs: number): void {
  sender.rstSeen = true;
  if (flow.endReason !== undefined) {
    return;
  }
  flow.closedNs = nowNs;
  if (sender.finSeen && receiver.finSeen) {
    flow.endReason = 'closed';
  } else if (flow.clientSide < 0) {
    flow.endReason = 'reset';
  } else if (side === flow.clientSide) {
    flow.endReason = 'reset_by_client';
  } else {
    flow.endReason = receiver.synSeen && !sender.synSeen && !flow.established ? 'refused' : 'reset_by_server';
  }
}

function followAck(flow: Flow, sender: FlowDirection, receiver: FlowDirection, d: Decoded, nowNs: number): void {
  if (!flow.established && receiver.isnKnown && ((d.ack - receiver.isn) | 0) > 0) {
    receiver.synAcked = true;
    if (sender.synAcked && sender.synSeen && receiver.synSeen) {
      flow.established = true;
      flow.handshakeNs = nowNs - flow.synNs;
    }
  }
  if (receiver.finSeen && !receiver.finAcked && ((d.ack - receiver.finEnd) | 0) >= 0) {
    receiver.finAcked = true;
    if (sender.finAcked && flow.endReason === undefined) {
      flow.closedNs = nowNs;
      flow.endReason = 'closed';
    }
  }
}

/** State at the end of a chunk. */
export function connectionState(flow: Flow): ConnState {
  if (flow.protocol !== IpProtocol.Tcp) {
    return 'stateless';
  }
  const [a, b] = flow.directions;
  if (flow.endReason === 'closed') {
    return 'closed';
  }
  if (a.rstSeen || b.rstSeen) {
    return 'reset';
  }
  if (a.finSeen || b.finSeen) {
    return 'half_closed';
  }
  if (flow.established) {
    return 'established';
  }
  if (!a.synSeen && !b.synSeen) {
    return 'midstream';
  }
  // Who goes on after its SYN has an answer to it, whether that was captured or not.
  if ((a.synSeen && a.pastSyn) || (b.synSeen && b.pastSyn)) {
    return 'established';
  }
  return Number.isNaN(flow.synAckNs) ? 'syn_sent' : 'syn_received';
}

/** True where the capture holds one direction only of a connection in which both sides spoke, as its ACKs show. */
export function isOneSided(flow: Flow): boolean {
  const [a, b] = flow.directions;
  return flow.protocol === IpProtocol.Tcp && ((!a.started && b.ackStarted) || (!b.started && a.ackStarted));
}

/**
 * True where a SYN without ACK opens another connection between the same endpoints: it has another initial sequence number than this
 * one, and this one had begun. (A SYN that was captured after what follows it still belongs to it.)
 */
export function opensAnother(flow: Flow, side: Side, d: Decoded): boolean {
  const sender = flow.directions[side];
  const receiver = flow.directions[1 - side];
  if (sender.synSeen) {
    return sender.isn !== d.seq;
  }
  const next = (d.seq + 1) | 0;
  if (sender.started) {
    return !(sender.seqKnown && sender.seqMin === next);
  }
  return receiver.ackStarted && receiver.lastAck !== next;
}
