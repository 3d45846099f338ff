/**
 * Which packets of all NICs carry the same: for what takes sequence space the same range of bytes, cut so finely that
 * every packet covers a range whole or not at all (GSO and GRO cut and glue segments on the way; ranges stay); for pure ACKs
 * and datagrams the same header fields.
 */
import { Analysis } from '@bpfnet/flow-model';
import { type CapturedFlow } from './captured-connection';

/** The passages of one range, or of equal packets, at every NIC. */
export interface PacketGroup {
  /** Positions; both 0 for what carries no sequence space. */
  readonly start: number;
  readonly end: number;
  /** By lane: packets in order of time. */
  readonly seen: ReadonlyArray<readonly number[]>;
}

/** Limits work on hostile input: a packet that covers more ranges than this is left out. */
const MAX_RANGES_PER_PACKET = 4096;

/** @param fromServer 1 for what the server sent */
export function packetGroups(watches: readonly CapturedFlow[], fromServer: 0 | 1): readonly PacketGroup[] {
  return [...rangeGroups(watches, fromServer), ...equalGroups(watches, fromServer)];
}

function rangeGroups(watches: readonly CapturedFlow[], fromServer: 0 | 1): readonly PacketGroup[] {
  const edges: number[] = [];
  forEachSent(watches, fromServer, (watch, packet) => {
    if (watch.span[packet] > 0) {
      edges.push(watch.start[packet], watch.start[packet] + watch.span[packet]);
    }
  });
  const cuts = Float64Array.from(new Set(edges)).sort();
  const seen = Array.from({ length: Math.max(0, cuts.length - 1) }, () => watches.map((): number[] => []));
  forEachSent(watches, fromServer, (watch, packet, lane) => {
    const end = watch.start[packet] + watch.span[packet];
    const first = watch.span[packet] > 0 ? firstAtLeast(cuts, watch.start[packet]) : Infinity;
    for (let i = first; cuts[i] < end && i - first < MAX_RANGES_PER_PACKET; i++) {
      seen[i][lane].push(packet);
    }
  });
  return seen
    .map((lanes, i): PacketGroup => ({ start: cuts[i], end: cuts[i + 1], seen: lanes }))
    .filter((group) => group.seen.some((packets) => packets.length > 0));
}

/** Packets without sequence space, by what stays the same on the way. */
function equalGroups(watches: readonly CapturedFlow[], fromServer: 0 | 1): readonly PacketGroup[] {
  const byFields = new Map<string, number[][]>();
  forEachSent(watches, fromServer, (watch, packet, lane) => {
    if (watch.span[packet] === 0) {
      const { flags, seq, ack, len } = watch;
      const fields = `${flags[packet]}/${seq[packet]}/${ack[packet]}/${len[packet]}`;
      const seen = byFields.get(fields) ?? watches.map((): number[] => []);
      seen[lane].push(packet);
      byFields.set(fields, seen);
    }
  });
  return [...byFields.values()].map((seen) => ({ start: 0, end: 0, seen }));
}

/** What a mirror port showed a second time was not sent twice. */
function forEachSent(
  watches: readonly CapturedFlow[],
  fromServer: 0 | 1,
  visit: (watch: CapturedFlow, packet: number, lane: number) => void
): void {
  watches.forEach((watch, lane) => {
    for (let packet = 0; packet < watch.length; packet++) {
      if (watch.fromServer[packet] === fromServer && (watch.ana[packet] & Analysis.CapturedTwice) === 0) {
        visit(watch, packet, lane);
      }
    }
  });
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
