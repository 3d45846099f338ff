/** When segments passed a NIC. */
import { type SentSegments, type SentSegment, NOT_SEEN } from './sent-segments';
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
    readonly sent: SentSegments
  ) {}

  instant(nic: number, packet: number): Instant {
    return { nic, packet, atMs: this.connection.flows[nic].tNs[packet] / 1e6 };
  }

  ref({ nic, packet }: Instant): PacketRef {
    return refOf(this.connection, nic, packet);
  }

  /** The first of its transmissions that the NIC saw. */
  firstAt({ transmissions }: SentSegment, nic: number): Instant | undefined {
    const packets = transmissions
      .map((transmission) => transmission.packets[nic])
      .filter((packet) => packet !== NOT_SEEN);
    return packets.length === 0 ? undefined : this.earliest(packets.map((packet) => this.instant(nic, packet)));
  }

  /** When all the segments had passed the NIC; undefined where one never did. */
  completeAt(
    segments: readonly SentSegment[],
    nic: number
  ): { readonly segment: SentSegment; readonly at: Instant } | undefined {
    let last: { readonly segment: SentSegment; readonly at: Instant } | undefined;
    for (const segment of segments) {
      const at = this.firstAt(segment, nic);
      if (at === undefined) {
        return undefined;
      }
      if (last === undefined || at.atMs > last.at.atMs) {
        last = { segment, at };
      }
    }
    return last;
  }

  /** The transmission that is `at` one NIC, at another. */
  sameTransmissionAt({ transmissions }: SentSegment, at: Instant, nic: number): Instant | undefined {
    const transmission = transmissions.find(({ packets }) => packets[at.nic] === at.packet);
    const packet = transmission?.packets[nic] ?? NOT_SEEN;
    return packet === NOT_SEEN ? undefined : this.instant(nic, packet);
  }

  /** An instant on the clock of another NIC: unchanged on the same host, else by the baseline transit. */
  onClockOf({ nic, atMs }: Instant, other: number): number | undefined {
    const { flows } = this.connection;
    if (flows[nic].place.host === flows[other].place.host) {
      return atMs;
    }
    const transit = this.sent.baseline.between(nic < other ? 0 : 1, nic, other);
    return transit && atMs + transit.typicalNs / 1e6;
  }

  /** The first packet at a NIC, from `from` on, that fits. */
  find(nic: number, from: number, fits: (packet: number) => boolean): Instant | undefined {
    for (let packet = from; packet < this.connection.flows[nic].length; packet++) {
      if (fits(packet)) {
        return this.instant(nic, packet);
      }
    }
    return undefined;
  }

  private earliest(instants: readonly Instant[]): Instant {
    return instants.reduce((a, b) => (b.atMs < a.atMs ? b : a));
  }
}
