/**
 * What became of one transmission. See docs/where-it-was-lost.md.
 *
 * A loss is claimed only on a hop at whose far end a NIC was watching that direction of the connection, whose capture was
 * whole at that moment, and did not see the bytes; and never of bytes that the other side acknowledged though no copy was seen to arrive.
 */
import { Acknowledged } from './acknowledged';
import { type PacketGroup } from './byte-groups';
import { Coverage, type CoverageAt } from './coverage';
import { type BothWays, type Copy, type Journey, NOT_SEEN } from './journeys';
import { type NicPlace } from '../../path/packet-ref';
import { ownsClient, ownsServer } from '../../path/path-ends';
import { type CapturedConnection } from './captured-connection';

/** Lanes name the NICs, in the direction of travel. */
export type Fate =
  /** It was seen at the last NIC of ours on its way, or the other side acknowledged it. */
  | { readonly kind: 'arrived' }
  /** Seen at `from`, and not at `to`, which was watching. */
  | { readonly kind: 'lost'; readonly from: string; readonly to: string }
  /** It was sent before the first NIC of ours, which did not see it. */
  | { readonly kind: 'lost-before'; readonly first: string }
  /** The last NIC of ours on its way saw it, and the sender had to send it again. */
  | { readonly kind: 'lost-after'; readonly last: string }
  /** Seen at `from` and not at `at`, where the capture itself lost packets or did not see the connection then. */
  | {
      readonly kind: 'unknown';
      readonly from: string;
      readonly at: string;
      readonly why: 'capture-dropped' | 'not-watching';
    };

/** Captures of several NICs and hosts do not end at the same moment. */
const CAPTURE_END_NS = 1e9;

const ARRIVED: Fate = { kind: 'arrived' };

export class Fates {
  readonly coverage: readonly Coverage[];
  private readonly acknowledged: readonly [Acknowledged, Acknowledged];
  private readonly missed: readonly MissedByCapture[];

  constructor(
    private readonly watched: CapturedConnection,
    private readonly journeys: BothWays,
    /** The last packet of any other connection that a NIC saw, on its clock; counted as the watched times. */
    lastSeenNs: (nic: NicPlace) => number = () => -Infinity
  ) {
    const { flows: watches, baseNs } = watched;
    this.coverage = watches.map((watch, lane) => {
      const capturedUntilNs = Math.max(this.lastNs(lane) - CAPTURE_END_NS, lastSeenNs(watch.place));
      return new Coverage(watch, baseNs, capturedUntilNs);
    });
    this.acknowledged = [new Acknowledged(watches, 0), new Acknowledged(watches, 1)];
    this.missed = watches.map(() => new MissedByCapture());
    for (const { fromServer, route, all } of journeys.ways) {
      for (const copy of all.flatMap(({ copies }) => copies)) {
        for (const lane of route.slice(route.indexOf(copy.first) + 1, route.indexOf(copy.last))) {
          if (copy.packets[lane] === NOT_SEEN) {
            this.missed[lane].add(this.expectedNs(fromServer, copy, lane));
          }
        }
      }
    }
  }

  /** Of copy `i` of a journey. */
  of(fromServer: 0 | 1, { group, copies }: Journey, i: number): Fate {
    const { route } = this.journeys.ways[fromServer];
    const copy = copies[i];
    if (copy.last === route[route.length - 1]) {
      return this.afterLast(fromServer, { group, copies }, i);
    }
    const beyond = route.slice(route.indexOf(copy.last) + 1);
    const seenBeyond = () => copies.some(({ packets }) => beyond.some((lane) => packets[lane] !== NOT_SEEN));
    const from = this.nameOf(copy.last);
    if (this.isAcknowledged(fromServer, group) && !seenBeyond()) {
      // A copy arrived unseen; which one is only known where there was but one.
      return copies.length === 1
        ? ARRIVED
        : { kind: 'unknown', from, at: this.nameOf(beyond[0]), why: 'capture-dropped' };
    }
    const at = beyond.map((lane) => ({ lane, coverage: this.coverageAt(fromServer, copy, lane) }));
    const watching = at.find(({ coverage }) => coverage === 'watching');
    if (watching !== undefined) {
      return { kind: 'lost', from, to: this.nameOf(watching.lane) };
    }
    const [{ lane, coverage }] = at;
    return {
      kind: 'unknown',
      from,
      at: this.nameOf(lane),
      why: coverage === 'capture-dropped' ? coverage : 'not-watching',
    };
  }

  /** Of a transmission that no NIC of ours saw, though its repetition says that there was one. */
  ofUnseen(fromServer: 0 | 1, repetition: Copy): Fate {
    const { route } = this.journeys.ways[fromServer];
    const [first] = route;
    const lane = this.watched.flows[first].lane;
    const name = this.nameOf(first);
    const coverage = this.coverage[first].at(
      this.watched.flows[repetition.first].tNs[repetition.packets[repetition.first]],
      fromServer
    );
    if (coverage === 'capture-dropped' || !this.coverage[first].fromBeginning) {
      return { kind: 'unknown', from: name, at: name, why: coverage === 'capture-dropped' ? coverage : 'not-watching' };
    }
    const own = lane.facts !== undefined && (fromServer === 1 ? ownsServer(lane.facts) : ownsClient(lane.facts));
    return own
      ? { kind: 'unknown', from: name, at: name, why: 'capture-dropped' }
      : { kind: 'lost-before', first: name };
  }

  /** The other side acknowledged the range, at whatever NIC that was seen. */
  isAcknowledged(fromServer: 0 | 1, { start, end }: Pick<PacketGroup, 'start' | 'end'>): boolean {
    return end > start && this.acknowledged[fromServer].anywhere(end);
  }

  private afterLast(fromServer: 0 | 1, { group, copies }: Journey, i: number): Fate {
    const { last } = copies[i];
    const { facts } = this.watched.flows[last].lane;
    const own = facts !== undefined && (fromServer === 1 ? ownsClient(facts) : ownsServer(facts));
    // Of equal datagrams there may be as many copies as packets.
    if (own || group.end === group.start) {
      return ARRIVED;
    }
    const again = copies.find(({ packets }, j) => j > i && packets[last] !== NOT_SEEN);
    if (again === undefined) {
      return ARRIVED;
    }
    const againNs = this.watched.flows[last].tNs[again.packets[last]];
    return this.acknowledged[fromServer].atLane(last, group.end) < againNs
      ? ARRIVED
      : { kind: 'lost-after', last: this.nameOf(last) };
  }

  /** When the last packet was seen anywhere, on the lane's clock. */
  private lastNs(lane: number): number {
    const { flows: watches } = this.watched;
    const lasts = watches.map(({ tNs, length }, other) => {
      const way = other === lane ? { typicalNs: 0 } : this.journeys.usual.between(other < lane ? 0 : 1, other, lane);
      return length === 0 || way === undefined ? -Infinity : tNs[length - 1] + way.typicalNs;
    });
    return Math.max(...lasts);
  }

  private coverageAt(fromServer: 0 | 1, copy: Copy, lane: number): CoverageAt {
    const expectedNs = this.expectedNs(fromServer, copy, lane);
    const coverage = this.coverage[lane].at(expectedNs, fromServer);
    return coverage === 'watching' && this.missed[lane].near(expectedNs) ? 'capture-dropped' : coverage;
  }

  /** When a copy should pass a lane, by a lane that saw it; on that lane's clock. */
  private expectedNs(fromServer: 0 | 1, copy: Copy, lane: number): number {
    const { flows: watches } = this.watched;
    const { route } = this.journeys.ways[fromServer];
    const before = route.slice(0, route.indexOf(lane)).filter((one) => copy.packets[one] !== NOT_SEEN);
    const from = before[before.length - 1] ?? copy.last;
    const lastNs = watches[from].tNs[copy.packets[from]];
    const usual = this.journeys.usual.between(fromServer, from, lane);
    // Nothing tells how the clocks compare: then the middle of what the NIC saw stands for it.
    return usual === undefined ? watches[lane].tNs[watches[lane].length >>> 1] : lastNs + usual.typicalNs;
  }

  private nameOf(lane: number): string {
    return this.watched.flows[lane].place.flowId;
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
