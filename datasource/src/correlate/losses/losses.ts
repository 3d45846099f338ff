/** What each hop lost of what each side sent. What the capture itself may have lost counts neither as sent nor as lost. */
import { type LossAttribution } from './loss-attribution';
import { type SentSegments, type Transmission, type SentBySide, NOT_SEEN } from './sent-segments';
import { type PacketRef } from '../../path/packet-ref';
import { refOf, type CapturedConnection } from './captured-connection';

export type Side = 'client' | 'server';

export interface HopLoss {
  /** Flow ids, in the direction of travel; neighbours, unless a NIC between them was not capturing. */
  readonly from: string;
  readonly to: string;
  readonly sender: Side;
  /** Packets seen at `from` whose fate on this hop is known. */
  readonly sent: number;
  /** Of these, packets of which some bytes did not reach `to`. */
  readonly lost: number;
  readonly bytesLost: number;
  /** Pure ACKs and resets among `lost`. */
  readonly withoutDataLost: number;
  /** Packets seen at `from`, perhaps lost on this hop, perhaps only by the capture at `to`. */
  readonly notKnown: number;
  /** The packets that were lost, at `from`. */
  readonly packets: readonly PacketRef[];
}

/** Every hop that something was sent over, in path order, what the client sent first. */
export function hopLosses(
  connection: CapturedConnection,
  sent: SentSegments,
  attribution: LossAttribution
): readonly HopLoss[] {
  const nicOf = new Map(connection.flows.map(({ place }) => [place.flowId, place.order]));
  return sent.sides.flatMap((side) => {
    const hops = new Map(neighbours(side).map(([from, to]) => [`${from}/${to}`, new HopCount(from, to)]));
    const hop = (from: number, to: number): HopCount => {
      const known = hops.get(`${from}/${to}`) ?? new HopCount(from, to);
      hops.set(`${from}/${to}`, known);
      return known;
    };
    for (const segment of side.segments) {
      segment.transmissions.forEach((transmission, i) => {
        const fate = attribution.fateOf(side.fromServer, segment, i);
        if (fate.kind === 'lost') {
          hop(transmission.last, nicOf.get(fate.to)!).lost(transmission, segment.group.end - segment.group.start);
        } else if (fate.kind === 'unknown') {
          hop(transmission.last, nicOf.get(fate.at)!).mayBeLost(transmission);
        }
      });
    }
    for (const { transmissions } of side.segments) {
      transmissions.forEach((transmission) => hops.forEach((count) => count.pass(transmission)));
    }
    const place = (nic: number): number => side.route.indexOf(nic);
    return [...hops.values()]
      .sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to))
      .map((count) => count.result(connection, side.fromServer))
      .filter(({ sent, notKnown }) => sent + notKnown > 0);
  });
}

function neighbours({ route }: SentBySide): ReadonlyArray<readonly [number, number]> {
  return route.slice(1).map((nic, i) => [route[i], nic]);
}

/** Counts packets at the hop's near end: one with several ranges, of which some were lost, counts once as sent and once as lost. */
class HopCount {
  private readonly sentPackets = new Set<number>();
  private readonly lostPackets = new Map<number, number>();
  private readonly unsurePackets = new Set<number>();

  constructor(
    readonly from: number,
    readonly to: number
  ) {}

  /** Counts it where both ends saw it. */
  pass({ packets }: Transmission): void {
    if (packets[this.from] !== NOT_SEEN && packets[this.to] !== NOT_SEEN) {
      this.sentPackets.add(packets[this.from]);
    }
  }

  lost({ packets }: Transmission, bytes: number): void {
    const packet = packets[this.from];
    this.sentPackets.add(packet);
    this.lostPackets.set(packet, (this.lostPackets.get(packet) ?? 0) + bytes);
  }

  mayBeLost({ packets }: Transmission): void {
    this.unsurePackets.add(packets[this.from]);
  }

  result(connection: CapturedConnection, fromServer: 0 | 1): HopLoss {
    const { flows } = connection;
    const packets = [...this.lostPackets.keys()].sort((a, b) => a - b);
    return {
      from: flows[this.from].place.flowId,
      to: flows[this.to].place.flowId,
      sender: fromServer === 1 ? 'server' : 'client',
      sent: this.sentPackets.size,
      lost: packets.length,
      bytesLost: [...this.lostPackets.values()].reduce((sum, bytes) => sum + bytes, 0),
      withoutDataLost: packets.filter((packet) => flows[this.from].span[packet] === 0).length,
      notKnown: [...this.unsurePackets].filter((packet) => !this.sentPackets.has(packet)).length,
      packets: packets.map((packet) => refOf(connection, this.from, packet)),
    };
  }
}
