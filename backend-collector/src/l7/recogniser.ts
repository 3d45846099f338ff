/**
 * Which protocol a flow speaks: the probes look at its payload until one of them is sure, and the flow has a conversation from then on.
 */
import { RoleSource, type Flow, type MessageRecogniser, type Side } from '../flow/flow';
import { IpProtocol, type Decoded } from '../wire/decoded';
import { Conversation, NO_OTHERS, type SharedState } from './conversation';
import { DatagramMessages } from './datagram-conversation';
import { type DatagramProtocol } from './datagram-protocol';
import { type ExchangeEvents } from './exchange';
import { type L7Protocol, Probe } from './protocol';
import { RelatedConnections } from './related-connections';

/** Looks for one of the protocols in the payload of flows that have none yet. */
export function createRecogniser(
  protocols: readonly L7Protocol[],
  datagramProtocols: readonly DatagramProtocol[],
  events: ExchangeEvents
): MessageRecogniser {
  const datagrams = new DatagramMessages(datagramProtocols, events);
  const related = new RelatedConnections((flow) => events.connectionId(flow));
  const shared: SharedState = { events, related, pool: new Map() };
  return {
    recognise: (flow, side, bytes, d) => {
      if (d.protocol === IpProtocol.Udp) {
        datagrams.recognise(flow, side, bytes, d);
      } else if (!related.recognise(flow)) {
        recognise(protocols, shared, flow, side, bytes, d);
      }
    },
    age: (nowNs) => {
      datagrams.age(nowNs);
      related.age(nowNs);
    },
  };
}

function recognise(
  protocols: readonly L7Protocol[],
  shared: SharedState,
  flow: Flow,
  side: Side,
  bytes: Uint8Array,
  d: Decoded
): void {
  for (let i = 0; i < protocols.length; i++) {
    const protocol = protocols[i];
    const probe = protocol.probe(bytes, d.payloadOffset, d.payloadOffset + d.payloadCaptured, d.srcPort, d.dstPort);
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
    const others = probe === Probe.Unsure ? protocols.slice(i + 1) : NO_OTHERS;
    const conversation = shared.pool.get(protocol)?.pop() ?? new Conversation(protocol, shared);
    conversation.begin(flow, client, others);
    conversation.startAt(side, d.payloadSeq);
    flow.conversation = conversation;
    return;
  }
}
