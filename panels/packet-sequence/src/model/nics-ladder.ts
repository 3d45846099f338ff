/** One row per transmission, one lane per NIC; the datasource says which packets are of one transmission. */
import { Analysis } from '@bpfnet/flow-model/analysis';
import { seqDiff, toSeq } from '@bpfnet/flow-model/seq';
import { durationNsText, elapsedText, pluralText } from '@bpfnet/flow-model/quantity-text';
import { type NicsLadder, type Observations, seqSpan } from './ladder';
import { type Lane, laneName } from './lane';
import { type Run } from './packet-ways';
import { type PacketTable } from './packets';
import { indicesWhere, sortBy } from './sorted-order';

const NONE = -1;

export function nicsLadder(packets: PacketTable): NicsLadder {
  const { lanes } = packets;
  const shiftNs = Float64Array.from(lanes, ({ clock }) => clock?.shiftNs ?? 0);
  const tNs = packets.tNs.map((t, i) => t + shiftNs[packets.lane[i]]);
  const heads = headsOf(packets, tNs);
  const packet = sortBy(rowPackets(packets, heads), tNs);
  const rows = {
    length: packet.length,
    packet,
    tNs: Float64Array.from(packet, (p) => tNs[p]),
    ana: Uint32Array.from(packet, (p) => packets.ana[p]),
  };
  return {
    mode: 'nics',
    packets,
    lanes,
    rows,
    observations: observationsOf(packets, { packet, tNs, heads }),
    shiftNs,
    uncertaintyNs: Float64Array.from(lanes, ({ clock }) => clock?.ifSymmetricNs ?? 0),
    notes: [...clockNotes(lanes), ...missing(packets)],
  };
}

/** The packet of each transmission that was seen first in the direction of travel. */
function headsOf({ length, lane, fromFar, ways }: PacketTable, tNs: Float64Array): Int32Array {
  const heads = new Int32Array(ways.count + 1).fill(NONE);
  for (let i = 0; i < length; i++) {
    const number = ways.first[i];
    // A packet that carries several transmissions was several packets before.
    if (number === 0 || ways.several.has(i)) {
      continue;
    }
    const head = heads[number];
    const ahead = head === NONE ? -1 : fromFar[i] === 1 ? lane[head] - lane[i] : lane[i] - lane[head];
    if (ahead < 0 || (ahead === 0 && tNs[i] < tNs[head])) {
      heads[number] = i;
    }
  }
  // The NICs that saw them as several packets may be missing here.
  for (const [packet, runs] of ways.several) {
    forEachNumber(runs, (number) => {
      heads[number] = heads[number] === NONE ? packet : heads[number];
    });
  }
  return heads;
}

function forEachNumber(runs: readonly Run[], visit: (number: number) => void): void {
  for (const [from, to] of runs) {
    for (let number = from; number <= to; number++) {
      visit(number);
    }
  }
}

/** The heads, and packets of no known transmission. */
function rowPackets({ length, ana, ways }: PacketTable, heads: Int32Array): Uint32Array {
  const isHead = new Uint8Array(length);
  heads.forEach((head) => head !== NONE && (isHead[head] = 1));
  return indicesWhere(
    length,
    (i) => isHead[i] === 1 || (ways.first[i] === 0 && (ana[i] & Analysis.CapturedTwice) === 0)
  );
}

interface Rows {
  readonly packet: Uint32Array;
  readonly tNs: Float64Array;
  readonly heads: Int32Array;
}

function observationsOf(packets: PacketTable, { packet, tNs, heads }: Rows): Observations {
  const { lanes, ways } = packets;
  const length = packet.length * lanes.length;
  const observations = {
    tNs: new Float64Array(length).fill(NaN),
    covered: new Uint32Array(length),
    parts: new Uint16Array(length),
  };
  const rowOf = new Int32Array(packets.length).fill(NONE);
  packet.forEach((p, row) => (rowOf[p] = row));
  const see = (row: number, seen: number): void => {
    const at = row * lanes.length + packets.lane[seen];
    if (observations.parts[at] === 0 || tNs[seen] < observations.tNs[at]) {
      observations.tNs[at] = tNs[seen];
    }
    observations.parts[at] = Math.min(MAX_PARTS, observations.parts[at] + 1);
    observations.covered[at] += sharedSpan(packets, packet[row], seen);
  };
  for (let i = 0; i < packets.length; i++) {
    const runs = ways.several.get(i);
    if (runs) {
      const seen = new Set<number>();
      forEachNumber(runs, (number) => seen.add(rowOf[heads[number]]));
      seen.forEach((row) => see(row, i));
    } else if (ways.first[i] > 0) {
      see(rowOf[heads[ways.first[i]]], i);
    } else if (rowOf[i] !== NONE) {
      see(rowOf[i], i);
    }
  }
  return observations;
}

const MAX_PARTS = 0xffff;

/** Sequence space of `head` that `other` carries. */
function sharedSpan(packets: PacketTable, head: number, other: number): number {
  const span = seqSpan(packets, head);
  if (head === other || span === 0) {
    return span;
  }
  const from = seqDiff(toSeq(packets.seq[other]), toSeq(packets.seq[head]));
  return Math.max(0, Math.min(span, from + seqSpan(packets, other)) - Math.max(0, from));
}

function missing(packets: PacketTable): string[] {
  return packets.lanes
    .filter((lane) => lane.fetched < lane.recorded)
    .map((lane) => `${pluralText(lane.recorded - lane.fetched, 'packet')} of ${laneName(lane)} were not fetched.`);
}

/** How the timestamps of hosts other than the first were corrected, in whole sentences. */
function clockNotes(lanes: readonly Lane[]): readonly string[] {
  const [reference] = lanes;
  const first = new Map(lanes.map((lane) => [lane.host, lane] as const).reverse());
  return [...first.values()].reverse().flatMap(({ host, clock }) => {
    if (host === reference.host) {
      return [];
    }
    if (clock === undefined) {
      return [`The clock of ${host} could not be compared with ${reference.host}'s; its timestamps are not corrected.`];
    }
    const { shiftNs, ifSymmetricNs, atMostNs } = clock;
    if (Math.abs(shiftNs) <= ifSymmetricNs) {
      return [];
    }
    const most = atMostNs > ifSymmetricNs ? `, at most ± ${durationNsText(atMostNs)}` : '';
    const doubt = `± ${durationNsText(ifSymmetricNs)}${most}`;
    const direction = shiftNs < 0 ? 'ahead of' : 'behind';
    return [
      `The clock of ${host} is ${elapsedText(Math.abs(shiftNs))} (${doubt}) ${direction} ${reference.host}'s; its timestamps are shifted by this amount.`,
    ];
  });
}
