/**
 * What became of one transmission. See docs/where-it-was-lost.md.
 *
 * A loss is claimed only on a hop at whose far end a NIC was capturing that direction of the connection, whose capture was
 * whole at that moment, and did not see the bytes; and never of bytes that the other side acknowledged though no transmission was seen to arrive.
 */
import { Acknowledged } from './acknowledged';
import { type PacketGroup } from './byte-groups';
import { Coverage, type CoverageAt } from './coverage';
import { type SentSegments, type Transmission, type SentSegment, NOT_SEEN } from './sent-segments';
import { type NicPlace } from '../../path/packet-ref';
import { ownsClient, ownsServer } from '../../path/path-ends';
import { type CapturedConnection } from './captured-connection';

/** NICs are named by flow ids, in the direction of travel. */
export type Fate =
  /** It was seen at the last NIC of ours on its way, or the other side acknowledged it. */
  | { readonly kind: 'arrived' }
  /** Seen at `from`, and not at `to`, which was capturing. */
  | { readonly kind: 'lost'; readonly from: string; readonly to: string }
  /** It was sent before the first NIC of ours, which did not see it. */
  | { readonly kind: 'lost-before'; readonly first: string }
  /** The last NIC of ours on its way saw it, and the sender had to retransmit it. */
  | { readonly kind: 'lost-after'; readonly last: string }
  /** Seen at `from` and not at `at`, whose capture cannot be relied on then. */
  | { readonly kind: 'unknown'; readonly from: string; readonly at: string; readonly why: NotRelied };

type NotRelied = Exclude<CoverageAt, 'capturing'>;

/** Captures of several NICs and hosts do not end at the same moment. */
const CAPTURE_END_NS = 1e9;

const ARRIVED: Fate = { kind: 'arrived' };

export class LossAttribution {
  readonly coverage: readonly Coverage[];
  private readonly acknowledged: readonly [Acknowledged, Acknowledged];
  private readonly missed: readonly MissedByCapture[];

  constructor(
    private readonly connection: CapturedConnection,
    private readonly sent: SentSegments,
    /** The last packet of any other connection that a NIC saw, on its clock; counted like the connection's times. */
    lastSeenNs: (nic: NicPlace) => number = () => -Infinity
  ) {
    const { flows, baseNs } = connection;
    this.coverage = flows.map((flow, nic) => {
      const capturedUntilNs = Math.max(this.lastNs(nic) - CAPTURE_END_NS, lastSeenNs(flow.place));
      return new Coverage(flow, baseNs, capturedUntilNs);
    });
    this.acknowledged = [new Acknowledged(flows, 0), new Acknowledged(flows, 1)];
    this.missed = flows.map(() => new MissedByCapture());
    for (const { fromServer, route, segments: all } of sent.sides) {
      for (const transmission of all.flatMap(({ transmissions }) => transmissions)) {
        for (const nic of route.slice(route.indexOf(transmission.first) + 1, route.indexOf(transmission.last))) {
          if (transmission.packets[nic] === NOT_SEEN) {
            this.missed[nic].add(this.expectedNs(fromServer, transmission, nic));
          }
        }
      }
    }
  }

  /** Of transmission `i` of a segment. */
  fateOf(fromServer: 0 | 1, { group, transmissions }: SentSegment, i: number): Fate {
    const { route } = this.sent.sides[fromServer];
    const transmission = transmissions[i];
    if (transmission.last === route[route.length - 1]) {
      return this.afterLast(fromServer, { group, transmissions }, i);
    }
    const beyond = route.slice(route.indexOf(transmission.last) + 1);
    const seenBeyond = () => transmissions.some(({ packets }) => beyond.some((nic) => packets[nic] !== NOT_SEEN));
    const from = this.nameOf(transmission.last);
    if (this.isAcknowledged(fromServer, group) && !seenBeyond()) {
      // A transmission arrived unseen; which one is known only where there was just one.
      return transmissions.length === 1
        ? ARRIVED
        : { kind: 'unknown', from, at: this.nameOf(beyond[0]), why: 'capture-may-have-missed' };
    }
    const at = beyond.map((nic) => ({ nic, coverage: this.coverageAt(fromServer, transmission, nic) }));
    const capturing = at.find(({ coverage }) => coverage === 'capturing');
    if (capturing !== undefined) {
      return { kind: 'lost', from, to: this.nameOf(capturing.nic) };
    }
    const [{ nic, coverage }] = at;
    return { kind: 'unknown', from, at: this.nameOf(nic), why: notRelied(coverage) };
  }

  /** Of a transmission that no NIC of ours saw, though its retransmission shows that there was one. */
  fateOfUnseen(fromServer: 0 | 1, retransmission: Transmission): Fate {
    const { route } = this.sent.sides[fromServer];
    const [first] = route;
    const { facts } = this.connection.flows[first].records;
    const name = this.nameOf(first);
    const coverage = this.coverage[first].at(
      this.connection.flows[retransmission.first].tNs[retransmission.packets[retransmission.first]],
      fromServer
    );
    if (coverage === 'capture-dropped' || !this.coverage[first].fromBeginning) {
      return { kind: 'unknown', from: name, at: name, why: notRelied(coverage) };
    }
    const own = facts !== undefined && (fromServer === 1 ? ownsServer(facts) : ownsClient(facts));
    return own
      ? { kind: 'unknown', from: name, at: name, why: 'capture-may-have-missed' }
      : { kind: 'lost-before', first: name };
  }

  /** The other side acknowledged the range, at whatever NIC that was seen. */
  isAcknowledged(fromServer: 0 | 1, { start, end }: Pick<PacketGroup, 'start' | 'end'>): boolean {
    return end > start && this.acknowledged[fromServer].anywhere(end);
  }

  private afterLast(fromServer: 0 | 1, { group, transmissions }: SentSegment, i: number): Fate {
    const { last } = transmissions[i];
    const { facts } = this.connection.flows[last].records;
    const own = facts !== undefined && (fromServer === 1 ? ownsClient(facts) : ownsServer(facts));
    // Of equal datagrams there may be as many transmissions as packets.
    if (own || group.end === group.start) {
      return ARRIVED;
    }
    const again = transmissions.find(({ packets }, j) => j > i && packets[last] !== NOT_SEEN);
    if (again === undefined) {
      return ARRIVED;
    }
    const againNs = this.connection.flows[last].tNs[again.packets[last]];
    return this.acknowledged[fromServer].atNic(last, group.end) < againNs
      ? ARRIVED
      : { kind: 'lost-after', last: this.nameOf(last) };
  }

  /** When the last packet was seen anywhere, on that NIC's clock. */
  private lastNs(nic: number): number {
    const { flows } = this.connection;
    const lasts = flows.map(({ tNs, length }, other) => {
      const transit = other === nic ? { typicalNs: 0 } : this.sent.baseline.between(other < nic ? 0 : 1, other, nic);
      return length === 0 || transit === undefined ? -Infinity : tNs[length - 1] + transit.typicalNs;
    });
    return Math.max(...lasts);
  }

  private coverageAt(fromServer: 0 | 1, transmission: Transmission, nic: number): CoverageAt {
    const expectedNs = this.expectedNs(fromServer, transmission, nic);
    const coverage = this.coverage[nic].at(expectedNs, fromServer);
    return coverage === 'capturing' && this.missed[nic].near(expectedNs) ? 'capture-may-have-missed' : coverage;
  }

  /** When a transmission should pass a NIC, judged by a NIC that saw it; on the former's clock. */
  private expectedNs(fromServer: 0 | 1, transmission: Transmission, nic: number): number {
    const { flows } = this.connection;
    const { route } = this.sent.sides[fromServer];
    const before = route.slice(0, route.indexOf(nic)).filter((one) => transmission.packets[one] !== NOT_SEEN);
    const from = before[before.length - 1] ?? transmission.last;
    const lastNs = flows[from].tNs[transmission.packets[from]];
    const baseline = this.sent.baseline.between(fromServer, from, nic);
    // Nothing shows how the clocks compare: the middle of what the NIC saw is used.
    return baseline === undefined ? flows[nic].tNs[flows[nic].length >>> 1] : lastNs + baseline.typicalNs;
  }

  private nameOf(nic: number): string {
    return this.connection.flows[nic].place.flowId;
  }
}

/** A capture that missed one packet may have missed others that close to it. */
const NEAR_NS = 100e6;

/** When a NIC's capture missed what passed NICs before and after it. */
class MissedByCapture {
  private times: number[] = [];
  private sorted = true;

  add(tNs: number): void {
    this.times.push(tNs);
    this.sorted = false;
  }

  near(tNs: number): boolean {
    if (!this.sorted) {
      this.times.sort((a, b) => a - b);
      this.sorted = true;
    }
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle] < tNs - NEAR_NS) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return this.times[low] <= tNs + NEAR_NS;
  }
}

function notRelied(coverage: CoverageAt): NotRelied {
  return coverage === 'capturing' ? 'not-capturing' : coverage;
}
