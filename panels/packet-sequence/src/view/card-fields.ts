/** All fields of a row by name. */
import { type TimeZone } from '@grafana/data';
import { flagNames, analysisWords } from '@bpfnet/flow-model/analysis';
import { addressText, bytesText, countText, durationNsText, elapsedText } from '@bpfnet/flow-model/quantity-text';
import { type AckedSegments, NO_ROW } from '../model/acked-segments';
import { type Ladder } from '../model/ladder';
import { laneName } from '../model/lane';
import { arrowLabels, sideNames } from '../model/packet-text';
import { NO_TAG } from '../model/packets';
import { packetNs, timeOfDayText } from '../draw/time-text';

export type CardField = readonly [name: string, value: string];

export function cardFields(
  ladder: Ladder,
  row: number,
  acked: AckedSegments,
  timeZone: TimeZone
): readonly CardField[] {
  const { packets, rows } = ladder;
  const packet = rows.packet[row];
  const lane = packets.lanes[packets.lane[packet]];
  const fromFar = packets.fromFar[packet] === 1;
  const sides = sideNames(packets, packet);
  const side = (far: boolean): string => {
    const end = far ? lane.far : lane.near;
    return [sides[far ? 1 : 0], end.ip === '' ? '' : addressText(end.ip, end.port)].filter((t) => t !== '').join(' ');
  };
  const words = analysisWords(rows.ana[row]).join(', ');
  const fields: CardField[] = [
    ['time', `${timeOfDayText(packetNs(ladder, row), timeZone, 'YYYY-MM-DD HH:mm:ss')}`],
    ['since start', elapsedText(rows.tNs[row] - rows.tNs[0])],
    ['from', side(fromFar)],
    ['to', side(!fromFar)],
  ];
  if (lane.tcp) {
    fields.push(
      ['flags', flagNames(packets.flags[packet]) || 'none'],
      ['seq', `${countText(packets.seqRel[packet])} (${packets.seq[packet]})`],
      ['ack', `${countText(packets.ackRel[packet])} (${packets.ack[packet]})`],
      ['window', bytesText(packets.win[packet])]
    );
  }
  fields.push(['length', bytesText(packets.len[packet])]);
  if (words !== '') {
    fields.push(['analysis', words]);
  }
  if (packets.tag[packet] !== NO_TAG) {
    const tag = packets.tags[packets.tag[packet]];
    fields.push([tag.kind, tag.label]);
  }
  return [...fields, ...ackFields(ladder, row, acked), ...observationFields(ladder, row)];
}

function ackFields(ladder: Ladder, row: number, { ackedRow, rttNs, inFlight }: AckedSegments): CardField[] {
  const fields: CardField[] = [];
  const { packets, rows } = ladder;
  if (ackedRow[row] !== NO_ROW) {
    const segment = ackedRow[row];
    const label = arrowLabels(packets, rows.packet[segment], 0)[1];
    fields.push([
      'ACK of',
      `#${countText(segment + 1)} ${label}, ${durationNsText(rows.tNs[row] - rows.tNs[segment])} earlier`,
    ]);
  }
  if (!Number.isNaN(rttNs[row])) {
    fields.push(['round trip', durationNsText(rttNs[row])]);
  }
  if (inFlight[row] > 0) {
    fields.push(['bytes in flight', bytesText(inFlight[row])]);
  }
  return fields;
}

function observationFields(ladder: Ladder, row: number): CardField[] {
  if (ladder.mode === 'ends') {
    return [['NIC', laneName(ladder.packets.lanes[ladder.lane])]];
  }
  const { observations, lanes, rows, uncertaintyNs } = ladder;
  return lanes.map((lane, i) => {
    const at = row * lanes.length + i;
    if (observations.parts[at] === 0) {
      return [laneName(lane), 'not seen'] as const;
    }
    const parts = observations.parts[at] > 1 ? `, ${observations.parts[at]} packets` : '';
    const atMostNs = lane.clock?.atMostNs ?? 0;
    const most = atMostNs > uncertaintyNs[i] ? ` (at most ± ${durationNsText(atMostNs)})` : '';
    const doubt = uncertaintyNs[i] > 0 || most !== '' ? ` ± ${durationNsText(uncertaintyNs[i])}${most}` : '';
    return [laneName(lane), `+${durationNsText(observations.tNs[at] - rows.tNs[row])}${doubt}${parts}`] as const;
  });
}
