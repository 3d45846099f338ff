/** One row a transmission, one line a NIC: the same bytes found again at every NIC that saw them. */
import { Analysis } from '@bpfnet/flow-model/analysis';
import { pluralText } from '../../../shared/quantity-text';
import { alignClocks } from './clock-alignment';
import { type NicsLadder, type Period } from './ladder';
import { laneName } from './lane';
import { type PacketTable } from './packets';
import { SightingsBook } from './sightings-book';
import { matchArrivals, unwrapStarts } from './transmission-match';

/** Timestamps of one host's NICs are taken at different places of the kernel. */
const SAME_HOST_SLACK_NS = 50_000;

export function nicsLadder(packets: PacketTable): NicsLadder {
  const { lanes } = packets;
  const clocks = alignClocks(packets);
  const tNs = packets.tNs.map((t, i) => t + clocks.shiftNs[packets.lane[i]]);
  const start = new Float64Array(packets.length);
  const books = [0, 1].map((fromFar) => {
    const direction: number[] = [];
    for (let i = 0; i < packets.length; i++) {
      if (packets.fromFar[i] === fromFar && (packets.ana[i] & Analysis.CapturedTwice) === 0) {
        direction.push(i);
      }
    }
    direction.sort((a, b) => tNs[a] - tNs[b]);
    unwrapStarts(packets, direction, start);
    const oneWay = new SightingsBook(lanes.length);
    const path = lanes.map((_lane, index) => index);
    for (const lane of fromFar === 1 ? path.reverse() : path) {
      matchArrivals(packets, oneWay, {
        lane,
        packets: direction.filter((i) => packets.lane[i] === lane),
        tNs,
        start,
        slackNs: (from) =>
          SAME_HOST_SLACK_NS +
          (lanes[from].host === lanes[lane].host ? 0 : clocks.uncertaintyNs[lane] + clocks.uncertaintyNs[from]),
      });
    }
    return oneWay;
  });
  return {
    mode: 'nics',
    packets,
    lanes,
    ...merged(packets, books, lanes.length),
    periods: lanes.map((_lane, lane) => period(packets, lane, tNs)),
    notes: [...clocks.notes, ...missing(packets)],
  };
}

/** Rows of both directions in order of time. */
function merged(
  packets: PacketTable,
  [near, far]: readonly SightingsBook[],
  lanes: number
): Pick<NicsLadder, 'rows' | 'sightings'> {
  const all = new SightingsBook(lanes);
  for (const book of [near, far]) {
    all.append(book);
  }
  const order = Uint32Array.from({ length: all.length }, (_value, row) => row);
  order.sort((a, b) => all.firstNs[a] - all.firstNs[b] || a - b);
  const packet = Uint32Array.from(order, (row) => all.packet[row]);
  return {
    rows: {
      length: order.length,
      packet,
      tNs: Float64Array.from(order, (row) => all.firstNs[row]),
      ana: Uint32Array.from(packet, (p) => packets.ana[p]),
    },
    sightings: all.sightings(order),
  };
}

function period(packets: PacketTable, lane: number, tNs: Float64Array): Period {
  let fromNs = Infinity;
  let toNs = -Infinity;
  for (let i = 0; i < packets.length; i++) {
    if (packets.lane[i] === lane) {
      fromNs = Math.min(fromNs, tNs[i]);
      toNs = Math.max(toNs, tNs[i]);
    }
  }
  return { fromNs, toNs };
}

function missing(packets: PacketTable): string[] {
  return packets.lanes
    .filter((lane) => lane.fetched < lane.recorded)
    .map((lane) => `${pluralText(lane.recorded - lane.fetched, 'packet')} of ${laneName(lane)} were not fetched.`);
}
