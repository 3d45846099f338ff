/**
 * Each transmission followed from NIC to NIC: where the same bytes were sent several times, which transmission passed where.
 *
 * Invariants: a packet at a NIC belongs to one transmission of each segment that it carries; a transmission has at most one packet at each
 * NIC; the transmissions of a segment are in the order in which they were sent. Nothing assumes that clocks of different hosts agree
 * (baseline-transit.ts).
 */
import { packetGroups, type PacketGroup } from './byte-groups';
import { matchTransmissions, type BaselineTransit } from './transmission-matching';
import { BaselineTransits } from './baseline-transit';
import { type CapturedFlow } from './captured-connection';

export const NOT_SEEN = -1;

/** One transmission of one range (or of one pure ACK or datagram). */
export interface Transmission {
  /** By NIC: the packet that carried it, or `NOT_SEEN`. */
  readonly packets: readonly number[];
  /** First and last NIC in the direction of travel. */
  readonly first: number;
  readonly last: number;
}

export interface SentSegment {
  readonly group: PacketGroup;
  /** In the order of sending. */
  readonly transmissions: readonly Transmission[];
}

/** What one side sent. */
export interface SentBySide {
  readonly fromServer: 0 | 1;
  /** NICs in the direction of travel. */
  readonly route: readonly number[];
  readonly segments: readonly SentSegment[];
}

export interface SentSegments {
  /** Of what the client sent, and of what the server sent. */
  readonly sides: readonly [SentBySide, SentBySide];
  readonly groups: readonly [readonly PacketGroup[], readonly PacketGroup[]];
  readonly baseline: BaselineTransits;
}

/** @param flows in path order, client first */
export function followSegments(flows: readonly CapturedFlow[]): SentSegments {
  const groups = [packetGroups(flows, 0), packetGroups(flows, 1)] as const;
  const baseline = new BaselineTransits(flows, groups);
  const path = flows.map((_flow, nic) => nic);
  const follow = (fromServer: 0 | 1): SentBySide => {
    const route = fromServer === 1 ? [...path].reverse() : path;
    const all = groups[fromServer].map((group) => ({ group, transmissions: transmissionsOf(group) }));
    return { fromServer, route, segments: all };

    function transmissionsOf(group: PacketGroup): readonly Transmission[] {
      const open: OpenTransmission[] = [];
      for (const nic of route) {
        passNic(open, {
          nic,
          packets: group.seen[nic],
          flows,
          baseline: (from) => baseline.between(fromServer, from, nic),
        });
      }
      return open.map(({ packets, first, last }) => ({ packets, first, last }));
    }
  };
  return { sides: [follow(0), follow(1)], groups, baseline };
}

interface OpenTransmission {
  readonly packets: number[];
  readonly first: number;
  last: number;
  lastNs: number;
}

interface Passing {
  readonly nic: number;
  readonly packets: readonly number[];
  readonly flows: readonly CapturedFlow[];
  readonly baseline: (from: number) => BaselineTransit | undefined;
}

/**
 * Adds the packets that passed a NIC to the transmissions that they belong to, or opens transmissions that no NIC before has seen. Those
 * last seen nearest go first: a transmission that a capture on its way missed is the exception.
 */
function passNic(open: OpenTransmission[], { nic, packets, flows, baseline }: Passing): void {
  const { tNs } = flows[nic];
  let left = packets;
  const lasts = [...new Set(open.map(({ last }) => last))].sort((a, b) => Math.abs(a - nic) - Math.abs(b - nic));
  for (const last of packets.length === 0 ? [] : lasts) {
    const transmissions = open.filter((transmission) => transmission.last === last).sort((a, b) => a.lastNs - b.lastNs);
    const found = matchTransmissions(
      transmissions.map(({ lastNs }) => lastNs),
      left.map((packet) => tNs[packet]),
      baseline(last) ?? lastForLast(transmissions, packets, tNs)
    );
    left.forEach((packet, j) => {
      if (found[j] !== -1) {
        const transmission = transmissions[found[j]];
        transmission.packets[nic] = packet;
        transmission.last = nic;
        transmission.lastNs = tNs[packet];
      }
    });
    left = left.filter((_packet, j) => found[j] === -1);
  }
  if (left.length > 0) {
    insert(open, left, { nic, packets, flows, baseline });
  }
}

/** Nothing shows how the clocks compare: the last arrival is taken for the last departure. */
function lastForLast(
  transmissions: readonly OpenTransmission[],
  packets: readonly number[],
  tNs: Float64Array
): BaselineTransit {
  const typicalNs = tNs[packets[packets.length - 1]] - transmissions[transmissions.length - 1].lastNs;
  return { typicalNs, leastNs: -Infinity };
}

/** New transmissions, each before the first one that is expected to pass this NIC after it. */
function insert(open: OpenTransmission[], news: readonly number[], { nic, flows, baseline }: Passing): void {
  const expectedNs = ({ last, lastNs }: OpenTransmission): number =>
    last === nic ? lastNs : lastNs + (baseline(last)?.typicalNs ?? 0);
  let latestNs = open.reduce((latest, transmission) => Math.max(latest, expectedNs(transmission)), -Infinity);
  for (const packet of news) {
    const packets = new Array<number>(flows.length).fill(NOT_SEEN);
    packets[nic] = packet;
    const transmission: OpenTransmission = { packets, first: nic, last: nic, lastNs: flows[nic].tNs[packet] };
    // Nearly always the last of all: a search for each of many equal packets would take quadratic time.
    const place =
      latestNs > transmission.lastNs ? open.findIndex((other) => expectedNs(other) > transmission.lastNs) : open.length;
    open.splice(place, 0, transmission);
    latestNs = Math.max(latestNs, transmission.lastNs);
  }
}
