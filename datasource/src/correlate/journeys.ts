/**
 * Each transmission followed from NIC to NIC: where the same bytes were sent several times, which copy passed where.
 *
 * Invariants: a packet at a NIC belongs to one copy of each range that it carries; a copy has one packet at most at each NIC; copies of
 * a range stand in the order in which they were sent. Nothing rests on clocks of different hosts agreeing (usual-way.ts).
 */
import { packetGroups, type PacketGroup } from './byte-groups';
import { matchPassages, type UsualWay } from './passage-match';
import { UsualWays } from './usual-way';
import { type Watch } from './watch';

export const NOT_SEEN = -1;

/** One transmission of one range (or of one pure ACK or datagram). */
export interface Copy {
  /** By lane: the packet that carried it, or `NOT_SEEN`. */
  readonly packets: readonly number[];
  /** First and last lane in the direction of travel. */
  readonly first: number;
  readonly last: number;
}

export interface Journey {
  readonly group: PacketGroup;
  /** In the order of sending. */
  readonly copies: readonly Copy[];
}

/** What one side sent. */
export interface Journeys {
  readonly fromServer: 0 | 1;
  /** Lanes in the direction of travel. */
  readonly route: readonly number[];
  readonly all: readonly Journey[];
}

export interface BothWays {
  /** Of what the client sent, and of what the server sent. */
  readonly ways: readonly [Journeys, Journeys];
  readonly groups: readonly [readonly PacketGroup[], readonly PacketGroup[]];
  readonly usual: UsualWays;
}

/** @param watches in path order, client first */
export function followJourneys(watches: readonly Watch[]): BothWays {
  const groups = [packetGroups(watches, 0), packetGroups(watches, 1)] as const;
  const usual = new UsualWays(watches, groups);
  const path = watches.map((_watch, lane) => lane);
  const follow = (fromServer: 0 | 1): Journeys => {
    const route = fromServer === 1 ? [...path].reverse() : path;
    const all = groups[fromServer].map((group) => ({ group, copies: copiesOf(group) }));
    return { fromServer, route, all };

    function copiesOf(group: PacketGroup): readonly Copy[] {
      const open: OpenCopy[] = [];
      for (const lane of route) {
        passLane(open, {
          lane,
          packets: group.seen[lane],
          watches,
          usual: (from) => usual.between(fromServer, from, lane),
        });
      }
      return open.map(({ packets, first, last }) => ({ packets, first, last }));
    }
  };
  return { ways: [follow(0), follow(1)], groups, usual };
}

interface OpenCopy {
  readonly packets: number[];
  readonly first: number;
  last: number;
  lastNs: number;
}

interface Passing {
  readonly lane: number;
  readonly packets: readonly number[];
  readonly watches: readonly Watch[];
  readonly usual: (from: number) => UsualWay | undefined;
}

/** Enters the packets that passed a lane into the copies that they are, or adds copies that no lane before has seen. */
function passLane(open: OpenCopy[], { lane, packets, watches, usual }: Passing): void {
  if (packets.length === 0) {
    return;
  }
  const { tNs } = watches[lane];
  const arrivals = packets.map((packet) => tNs[packet]);
  const { expectedNs, earlyNs } = expectations(open, arrivals, usual);
  const order = open.map((_copy, i) => i).sort((a, b) => expectedNs[a] - expectedNs[b]);
  const found = matchPassages(
    order.map((i) => expectedNs[i]),
    arrivals,
    { typicalNs: 0, leastNs: -earlyNs }
  );
  const placed = order.map((i) => ({ copy: open[i], atNs: expectedNs[i] }));
  packets.forEach((packet, j) => {
    if (found[j] !== -1) {
      const { copy } = placed[found[j]];
      copy.packets[lane] = packet;
      copy.last = lane;
      copy.lastNs = arrivals[j];
      placed[found[j]] = { copy, atNs: arrivals[j] };
    } else {
      const seen = new Array<number>(watches.length).fill(NOT_SEEN);
      seen[lane] = packet;
      placed.push({ copy: { packets: seen, first: lane, last: lane, lastNs: arrivals[j] }, atNs: arrivals[j] });
    }
  });
  placed.sort((a, b) => a.atNs - b.atNs);
  open.splice(0, open.length, ...placed.map(({ copy }) => copy));
}

/** When each copy should pass here, on this lane's clock, and how much earlier it may come. */
function expectations(
  open: readonly OpenCopy[],
  arrivals: readonly number[],
  usual: (from: number) => UsualWay | undefined
): { readonly expectedNs: readonly number[]; readonly earlyNs: number } {
  let earlyNs = 0;
  const expectedNs = open.map(({ last, lastNs }) => {
    const way = usual(last);
    if (way === undefined) {
      // Nothing tells how the clocks compare: the last that arrived is taken for the last that was sent.
      earlyNs = Infinity;
      return lastNs + arrivals[arrivals.length - 1] - Math.max(...open.map((copy) => copy.lastNs));
    }
    earlyNs = Math.max(earlyNs, way.typicalNs - way.leastNs);
    return lastNs + way.typicalNs;
  });
  return { expectedNs, earlyNs };
}
