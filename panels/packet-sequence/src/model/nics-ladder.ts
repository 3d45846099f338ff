/** One row a transmission, one line a NIC: the same bytes found again at every NIC that saw them. */
import { Analysis } from '@bpfnet/flow-model/analysis';
import { pluralText } from '../../../shared/quantity-text';
import { alignClocks } from './clock-alignment';
import { type NicsLadder, type Period } from './ladder';
import { laneName } from './lane';
import { packetKeys } from './packet-keys';
import { type PacketTable } from './packets';
import { SightingsBook } from './sightings-book';
import { indicesWhere, sortBy } from './sorted-order';
import { matchArrivals } from './transmission-match';
import { rangeSpans, type Transmissions, unwrapStarts } from './transmissions';

/** Timestamps of one host's NICs are taken at different places of the kernel. */
const SAME_HOST_SLACK_NS = 50_000;

export function nicsLadder(packets: PacketTable): NicsLadder {
  const { lanes } = packets;
  const keys = packetKeys(packets);
  const clocks = alignClocks(packets, keys);
  const tNs = packets.tNs.map((t, i) => t + clocks.shiftNs[packets.lane[i]]);
  const all: Transmissions = { keys, tNs, start: new Float64Array(packets.length), span: rangeSpans(packets) };
  const books = [0, 1].map((fromFar) => {
    const direction = indicesWhere(
      packets.length,
      (i) => packets.fromFar[i] === fromFar && (packets.ana[i] & Analysis.CapturedTwice) === 0
    );
    sortBy(direction, tNs);
    unwrapStarts(packets, direction, all);
    const oneWay = new SightingsBook(lanes.length, Math.ceil(direction.length / Math.max(1, lanes.length)));
    const path = lanes.map((_lane, index) => index);
    for (const lane of fromFar === 1 ? path.reverse() : path) {
      matchArrivals(all, oneWay, {
        lane,
        packets: direction.filter((i) => packets.lane[i] === lane),
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
    shiftNs: clocks.shiftNs,
    uncertaintyNs: clocks.uncertaintyNs,
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
  const length = near.length + far.length;
  const [nearOrder, farOrder] = [near, far].map((book) =>
    sortBy(
      indicesWhere(book.length, () => true),
      book.firstNs
    )
  );
  const rows = {
    length,
    packet: new Uint32Array(length),
    tNs: new Float64Array(length),
    ana: new Uint32Array(length),
  };
  const sightings = {
    tNs: new Float64Array(length * lanes),
    covered: new Uint32Array(length * lanes),
    parts: new Uint16Array(length * lanes),
  };
  let [i, j] = [0, 0];
  for (let row = 0; row < length; row++) {
    const fromNear = i < near.length && (j === far.length || near.firstNs[nearOrder[i]] <= far.firstNs[farOrder[j]]);
    const book = fromNear ? near : far;
    const source = fromNear ? nearOrder[i++] : farOrder[j++];
    rows.packet[row] = book.packet[source];
    rows.tNs[row] = book.firstNs[source];
    rows.ana[row] = packets.ana[book.packet[source]];
    book.copySightings(source, sightings, row);
  }
  return { rows, sightings };
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
