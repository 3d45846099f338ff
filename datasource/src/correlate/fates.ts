/**
 * What became of one transmission. See docs/where-it-was-lost.md.
 *
 * A loss is claimed only on a hop at whose far end a NIC was watching that direction of the connection, whose capture was
 * whole at that moment, and did not see the bytes; and never of bytes that the other side acknowledged though no copy was seen to arrive.
 */
import { Acknowledged } from './acknowledged';
import { type PacketGroup } from './byte-groups';
import { Coverage } from './coverage';
import { type BothWays, type Copy, type Journey, NOT_SEEN } from './journeys';
import { ownsClient, ownsServer } from './path-ends';
import { type Watched } from './watch';

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

const ARRIVED: Fate = { kind: 'arrived' };

export class Fates {
  readonly coverage: readonly Coverage[];
  private readonly acknowledged: readonly [Acknowledged, Acknowledged];

  constructor(
    private readonly watched: Watched,
    private readonly journeys: BothWays
  ) {
    const { watches, baseNs } = watched;
    this.coverage = watches.map((watch) => new Coverage(watch, baseNs));
    this.acknowledged = [new Acknowledged(watches, 0), new Acknowledged(watches, 1)];
  }

  /** Of copy `i` of a journey. */
  of(fromServer: 0 | 1, { group, copies }: Journey, i: number): Fate {
    const { route } = this.journeys.ways[fromServer];
    const copy = copies[i];
    const beyond = route.slice(route.indexOf(copy.last) + 1);
    if (beyond.length === 0) {
      return this.afterLast(fromServer, { group, copies }, i);
    }
    const seenBeyond = copies.some(({ packets }) => beyond.some((lane) => packets[lane] !== NOT_SEEN));
    const from = this.nameOf(copy.last);
    if (!seenBeyond && this.isAcknowledged(fromServer, group)) {
      // A copy arrived unseen; which one is only known where there was but one.
      return copies.length === 1
        ? ARRIVED
        : { kind: 'unknown', from, at: this.nameOf(beyond[0]), why: 'capture-dropped' };
    }
    const at = beyond.map((lane) => ({
      lane,
      coverage: this.coverage[lane].at(this.expectedNs(fromServer, copy, lane), fromServer),
    }));
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
    const lane = this.watched.watches[first].lane;
    const name = this.nameOf(first);
    const coverage = this.coverage[first].at(
      this.watched.watches[repetition.first].tNs[repetition.packets[repetition.first]],
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
    const { facts } = this.watched.watches[last].lane;
    const own = facts !== undefined && (fromServer === 1 ? ownsClient(facts) : ownsServer(facts));
    const again = copies.slice(i + 1).find(({ packets }) => packets[last] !== NOT_SEEN);
    if (own || group.end === group.start || again === undefined) {
      return ARRIVED;
    }
    const againNs = this.watched.watches[last].tNs[again.packets[last]];
    return this.acknowledged[fromServer].atLane(last, group.end) < againNs
      ? ARRIVED
      : { kind: 'lost-after', last: this.nameOf(last) };
  }

  private expectedNs(fromServer: 0 | 1, copy: Copy, lane: number): number {
    const { watches } = this.watched;
    const lastNs = watches[copy.last].tNs[copy.packets[copy.last]];
    const usual = this.journeys.usual.between(fromServer, copy.last, lane);
    // Nothing tells how the clocks compare: then the middle of what the NIC saw stands for it.
    return usual === undefined ? watches[lane].tNs[watches[lane].length >>> 1] : lastNs + usual.typicalNs;
  }

  private nameOf(lane: number): string {
    return this.watched.watches[lane].place.lane;
  }
}
