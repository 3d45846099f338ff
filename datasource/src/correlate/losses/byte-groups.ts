/**
 * Which packets of all NICs carry the same: for what takes sequence space the same range of bytes, cut so finely that
 * every packet covers a range whole or not at all (GSO and GRO cut and glue segments on the way; ranges stay); for pure ACKs
 * and datagrams the same header fields.
 */
import { Analysis } from '@bpfnet/flow-model';
import { type CapturedFlow } from './captured-connection';

/** The packets of one range, or of equal packets, at every NIC. */
export interface PacketGroup {
  /** Positions; both 0 for what carries no sequence space. */
  readonly start: number;
  readonly end: number;
  /** By NIC: packets in order of time. */
  readonly seen: ReadonlyArray<readonly number[]>;
}

/** Limits work on hostile input: a packet that covers more ranges than this is left out. */
const MAX_RANGES_PER_PACKET = 4096;

/** @param fromServer 1 for what the server sent */
export function packetGroups(flows: readonly CapturedFlow[], fromServer: 0 | 1): readonly PacketGroup[] {
  return [...rangeGroups(flows, fromServer), ...equalGroups(flows, fromServer)];
}

function rangeGroups(flows: readonly CapturedFlow[], fromServer: 0 | 1): readonly PacketGroup[] {
  const edges: number[] = [];
  forEachSent(flows, fromServer, (flow, packet) => {
    if (flow.span[packet] > 0) {
      edges.push(flow.start[packet], flow.start[packet] + flow.span[packet]);
    }
  });
  const cuts = Float64Array.from(new Set(edges)).sort();
  const seen = Array.from({ length: Math.max(0, cuts.length - 1) }, () => flows.map((): number[] => []));
  forEachSent(flows, fromServer, (flow, packet, nic) => {
    const end = flow.start[packet] + flow.span[packet];
    const first = flow.span[packet] > 0 ? firstAtLeast(cuts, flow.start[packet]) : Infinity;
    for (let i = first; cuts[i] < end && i - first < MAX_RANGES_PER_PACKET; i++) {
      seen[i][nic].push(packet);
    }
  });
  return seen
    .map((byNic, i): PacketGroup => ({ start: cuts[i], end: cuts[i + 1], seen: byNic }))
    .filter((group) => group.seen.some((packets) => packets.length > 0));
}

/** Packets without sequence space, by what stays the same on the way. */
function equalGroups(flows: readonly CapturedFlow[], fromServer: 0 | 1): readonly PacketGroup[] {
  const byFields = new Map<string, number[][]>();
  forEachSent(flows, fromServer, (flow, packet, nic) => {
    if (flow.span[packet] === 0) {
      const { flags, seq, ack, len } = flow;
      const fields = `${flags[packet]}/${seq[packet]}/${ack[packet]}/${len[packet]}`;
      const seen = byFields.get(fields) ?? flows.map((): number[] => []);
      seen[nic].push(packet);
      byFields.set(fields, seen);
    }
  });
  return [...byFields.values()].map((seen) => ({ start: 0, end: 0, seen }));
}

/** What a mirror port showed a second time was not sent twice. */
function forEachSent(
  flows: readonly CapturedFlow[],
  fromServer: 0 | 1,
  visit: (flow: CapturedFlow, packet: number, nic: number) => void
): void {
  flows.forEach((flow, nic) => {
    for (let packet = 0; packet < flow.length; packet++) {
      if (flow.fromServer[packet] === fromServer && (flow.ana[packet] & Analysis.CapturedTwice) === 0) {
        visit(flow, packet, nic);
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
