/** When journeys passed a NIC. */
import { type BothWays, type Journey, NOT_SEEN } from './journeys';
import { type PacketRef } from '../../path/packet-ref';
import { refOf, type CapturedConnection } from './captured-connection';

/** A packet at a NIC. */
export interface Instant {
  readonly nic: number;
  readonly packet: number;
  /** On the clock of the NIC's host, ms since the base. */
  readonly atMs: number;
}

export class NicObservations {
  constructor(
    readonly connection: CapturedConnection,
    readonly journeys: BothWays
  ) {}

  instant(lane: number, packet: number): Instant {
    return { nic: lane, packet, atMs: this.connection.flows[lane].tNs[packet] / 1e6 };
  }

  ref({ nic: lane, packet }: Instant): PacketRef {
    return refOf(this.connection, lane, packet);
  }

  /** The first of its copies that the lane saw. */
  firstAt({ copies }: Journey, lane: number): Instant | undefined {
    const packets = copies.map((copy) => copy.packets[lane]).filter((packet) => packet !== NOT_SEEN);
    return packets.length === 0 ? undefined : this.earliest(packets.map((packet) => this.instant(lane, packet)));
  }

  /** When all the journeys had passed the lane; undefined where one never did. */
  completeAt(
    journeys: readonly Journey[],
    lane: number
  ): { readonly journey: Journey; readonly at: Instant } | undefined {
    let last: { readonly journey: Journey; readonly at: Instant } | undefined;
    for (const journey of journeys) {
      const at = this.firstAt(journey, lane);
      if (at === undefined) {
        return undefined;
      }
      if (last === undefined || at.atMs > last.at.atMs) {
        last = { journey, at };
      }
    }
    return last;
  }

  /** Where the copy that is `at` one lane was at another. */
  sameCopyAt({ copies }: Journey, at: Instant, lane: number): Instant | undefined {
    const copy = copies.find(({ packets }) => packets[at.nic] === at.packet);
    const packet = copy?.packets[lane] ?? NOT_SEEN;
    return packet === NOT_SEEN ? undefined : this.instant(lane, packet);
  }

  /** An instant on the clock of another lane: as it is on the same host, else by the way that packets usually take. */
  onClockOf({ nic: lane, atMs }: Instant, other: number): number | undefined {
    const { flows: watches } = this.connection;
    if (watches[lane].place.host === watches[other].place.host) {
      return atMs;
    }
    const way = this.journeys.usual.between(lane < other ? 0 : 1, lane, other);
    return way && atMs + way.typicalNs / 1e6;
  }

  /** The first packet of a lane, from `from` on, that fits. */
  find(lane: number, from: number, fits: (packet: number) => boolean): Instant | undefined {
    for (let packet = from; packet < this.connection.flows[lane].length; packet++) {
      if (fits(packet)) {
        return this.instant(lane, packet);
      }
    }
    return undefined;
  }

  private earliest(instants: readonly Instant[]): Instant {
    return instants.reduce((a, b) => (b.atMs < a.atMs ? b : a));
  }
}
