/** Names and sentences in a story's frames. */
import { type Outcome } from '@bpfnet/flow-model';
import { unreliedText } from '../correlate/losses/fate-text';
import { type Fate } from '../correlate/losses/loss-attribution';
import { type NicPlace, type PacketRef, placeText } from '../path/packet-ref';
import { type Retransmission } from '../correlate/losses/retransmissions';
import { type PartName, type Verdict } from '../correlate/verdict/verdict';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';

export const PART_TITLES: Readonly<Record<PartName, string>> = {
  'name-resolution': 'Name resolution',
  connect: 'TCP handshake',
  tls: 'TLS handshake',
  client: 'Client idle',
  sending: 'Request transfer',
  'request-retransmission': 'Request retransmission',
  network: 'Network (round trip)',
  'network-request': 'Network (request)',
  server: 'Server',
  'response-retransmission': 'Response retransmission',
  'network-response': 'Network (response)',
  receiving: 'Response transfer',
  'network-and-server': 'Network + server (indistinguishable)',
  waiting: 'Waiting for a response',
};

/** `ok`; `ok · loss` where the response was good but late; `server error`; `failed` for a connection that was not established. */
export function headlineText({ cause }: Pick<Verdict, 'cause'>, outcome: Outcome | undefined): string {
  if (outcome === undefined) {
    return 'failed';
  }
  const word = outcome.replaceAll('_', ' ');
  return outcome === 'ok' && cause !== 'fast' ? `${word} · ${cause.replaceAll('-', ' ')}` : word;
}

/** NICs of a story by lane, as words. */
export class Places {
  private readonly byLane: ReadonlyMap<string, NicPlace>;

  constructor(nics: readonly NicPlace[]) {
    this.byLane = new Map(nics.map((nic) => [nic.flowId, nic]));
  }

  text(lane: string): string {
    const place = this.byLane.get(lane);
    return place === undefined ? 'a NIC that is not on the path' : placeText(place);
  }

  /** `eth0 of cart-1 #4 to #6`: the places of packets in the connection's first chunk; `#2:6` in its second. '' for none. */
  evidence(from: PacketRef | null, to: PacketRef | null): string {
    const [first, last] = [from ?? to, to ?? from];
    if (first === null || last === null) {
      return '';
    }
    if (first.flowId !== last.flowId) {
      return `${this.packet(first)} to ${this.packet(last)}`;
    }
    const [start, end] = [numberText(first), numberText(last)];
    return start === end ? this.packet(first) : `${this.packet(first)} to ${end}`;
  }

  private packet(ref: PacketRef): string {
    return `${this.text(ref.flowId)} ${numberText(ref)}`;
  }

  fate(fate: Fate): string {
    switch (fate.kind) {
      case 'arrived':
        return 'Arrived: the retransmission was spurious.';
      case 'lost':
        return `Lost between ${this.text(fate.from)} and ${this.text(fate.to)}.`;
      case 'lost-before':
        return `Lost before ${this.text(fate.first)}, the first NIC on its path.`;
      case 'lost-after':
        return `Lost beyond ${this.text(fate.last)}, the last NIC on its path, or its ACK was lost.`;
      case 'unknown':
        return `Unknown: ${unreliedText(fate.why, this.text(fate.at))}.`;
      default:
        return assertUnreachable(fate);
    }
  }
}

function numberText({ chunkId, index }: PacketRef): string {
  return chunkId === 1 ? `#${index + 1}` : `#${chunkId}:${index + 1}`;
}

export function whatText({ what, trigger }: Pick<Retransmission, 'what' | 'trigger'>): {
  readonly what: string;
  readonly trigger: string;
} {
  return {
    what: what === 'data' ? 'data' : what.toUpperCase(),
    trigger: trigger === 'timeout' ? 'timeout' : 'duplicate ACKs',
  };
}
