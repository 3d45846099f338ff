/** What each hop lost of what each side sent. What the capture itself may have lost counts neither as sent nor as lost. */
import { type Fates } from './loss-attribution';
import { type BothWays, type Copy, type Journeys, NOT_SEEN } from './journeys';
import { type PacketRef } from '../../path/packet-ref';
import { refOf, type CapturedConnection } from './captured-connection';

export type Side = 'client' | 'server';

export interface HopLoss {
  /** Lanes, in the direction of travel; neighbours, unless a NIC between them was not watching. */
  readonly from: string;
  readonly to: string;
  readonly sender: Side;
  /** Packets seen at `from` of which it is known what became of them on this hop. */
  readonly sent: number;
  /** Of these, packets of which bytes did not come to `to`. */
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
export function hopLosses(watched: CapturedConnection, journeys: BothWays, fates: Fates): readonly HopLoss[] {
  const laneNumber = new Map(watched.flows.map(({ place }) => [place.flowId, place.order]));
  return journeys.ways.flatMap((way) => {
    const hops = new Map(neighbours(way).map(([from, to]) => [`${from}/${to}`, new HopCount(from, to)]));
    const hop = (from: number, to: number): HopCount => {
      const known = hops.get(`${from}/${to}`) ?? new HopCount(from, to);
      hops.set(`${from}/${to}`, known);
      return known;
    };
    for (const journey of way.all) {
      journey.copies.forEach((copy, i) => {
        const fate = fates.of(way.fromServer, journey, i);
        if (fate.kind === 'lost') {
          hop(copy.last, laneNumber.get(fate.to)!).lost(copy, journey.group.end - journey.group.start);
        } else if (fate.kind === 'unknown') {
          hop(copy.last, laneNumber.get(fate.at)!).mayBeLost(copy);
        }
      });
    }
    for (const { copies } of way.all) {
      copies.forEach((copy) => hops.forEach((count) => count.pass(copy)));
    }
    const place = (lane: number): number => way.route.indexOf(lane);
    return [...hops.values()]
      .sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to))
      .map((count) => count.result(watched, way.fromServer))
      .filter(({ sent, notKnown }) => sent + notKnown > 0);
  });
}

function neighbours({ route }: Journeys): ReadonlyArray<readonly [number, number]> {
  return route.slice(1).map((lane, i) => [route[i], lane]);
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
  pass({ packets }: Copy): void {
    if (packets[this.from] !== NOT_SEEN && packets[this.to] !== NOT_SEEN) {
      this.sentPackets.add(packets[this.from]);
    }
  }

  lost({ packets }: Copy, bytes: number): void {
    const packet = packets[this.from];
    this.sentPackets.add(packet);
    this.lostPackets.set(packet, (this.lostPackets.get(packet) ?? 0) + bytes);
  }

  mayBeLost({ packets }: Copy): void {
    this.unsurePackets.add(packets[this.from]);
  }

  result(watched: CapturedConnection, fromServer: 0 | 1): HopLoss {
    const { flows: watches } = watched;
    const packets = [...this.lostPackets.keys()].sort((a, b) => a - b);
    return {
      from: watches[this.from].place.flowId,
      to: watches[this.to].place.flowId,
      sender: fromServer === 1 ? 'server' : 'client',
      sent: this.sentPackets.size,
      lost: packets.length,
      bytesLost: [...this.lostPackets.values()].reduce((sum, bytes) => sum + bytes, 0),
      withoutDataLost: packets.filter((packet) => watches[this.from].span[packet] === 0).length,
      notKnown: [...this.unsurePackets].filter((packet) => !this.sentPackets.has(packet)).length,
      packets: packets.map((packet) => refOf(watched, this.from, packet)),
    };
  }
}
