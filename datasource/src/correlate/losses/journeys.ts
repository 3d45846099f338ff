/**
 * Each transmission followed from NIC to NIC: where the same bytes were sent several times, which copy passed where.
 *
 * Invariants: a packet at a NIC belongs to one copy of each range that it carries; a copy has one packet at most at each NIC; copies of
 * a range stand in the order in which they were sent. Nothing rests on clocks of different hosts agreeing (usual-way.ts).
 */
import { packetGroups, type PacketGroup } from './byte-groups';
import { matchPassages, type UsualWay } from './copy-matching';
import { UsualWays } from './baseline-transit';
import { type CapturedFlow } from './captured-connection';

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
export function followJourneys(watches: readonly CapturedFlow[]): BothWays {
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
  readonly watches: readonly CapturedFlow[];
  readonly usual: (from: number) => UsualWay | undefined;
}

/**
 * Enters the packets that passed a lane into the copies that they are, or adds copies that no lane before has seen. Copies that
 * were seen nearest before go first: a copy that was missed by a capture on its way is the exception.
 */
function passLane(open: OpenCopy[], { lane, packets, watches, usual }: Passing): void {
  const { tNs } = watches[lane];
  let left = packets;
  const lasts = [...new Set(open.map(({ last }) => last))].sort((a, b) => Math.abs(a - lane) - Math.abs(b - lane));
  for (const last of packets.length === 0 ? [] : lasts) {
    const copies = open.filter((copy) => copy.last === last).sort((a, b) => a.lastNs - b.lastNs);
    const found = matchPassages(
      copies.map(({ lastNs }) => lastNs),
      left.map((packet) => tNs[packet]),
      usual(last) ?? lastForLast(copies, packets, tNs)
    );
    left.forEach((packet, j) => {
      if (found[j] !== -1) {
        const copy = copies[found[j]];
        copy.packets[lane] = packet;
        copy.last = lane;
        copy.lastNs = tNs[packet];
      }
    });
    left = left.filter((_packet, j) => found[j] === -1);
  }
  if (left.length > 0) {
    insert(open, left, { lane, packets, watches, usual });
  }
}

/** Nothing tells how the clocks compare: the last that arrived is taken for the last that was sent. */
function lastForLast(copies: readonly OpenCopy[], packets: readonly number[], tNs: Float64Array): UsualWay {
  const typicalNs = tNs[packets[packets.length - 1]] - copies[copies.length - 1].lastNs;
  return { typicalNs, leastNs: -Infinity };
}

/** New copies, each before the first copy that should pass their lane after it. */
function insert(open: OpenCopy[], news: readonly number[], { lane, watches, usual }: Passing): void {
  const expectedNs = ({ last, lastNs }: OpenCopy): number =>
    last === lane ? lastNs : lastNs + (usual(last)?.typicalNs ?? 0);
  let latestNs = open.reduce((latest, copy) => Math.max(latest, expectedNs(copy)), -Infinity);
  for (const packet of news) {
    const packets = new Array<number>(watches.length).fill(NOT_SEEN);
    packets[lane] = packet;
    const copy: OpenCopy = { packets, first: lane, last: lane, lastNs: watches[lane].tNs[packet] };
    // Nearly always the last of all: a search for each of many equal packets would take quadratic time.
    const place = latestNs > copy.lastNs ? open.findIndex((other) => expectedNs(other) > copy.lastNs) : open.length;
    open.splice(place, 0, copy);
    latestNs = Math.max(latestNs, copy.lastNs);
  }
}
