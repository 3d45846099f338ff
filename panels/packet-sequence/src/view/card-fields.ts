/** All that is known of a row, name by name. */
import { type TimeZone } from '@grafana/data';
import { flagNames, analysisWords } from '@bpfnet/flow-model/analysis';
import { addressText, bytesText, countText, durationNsText, elapsedText } from '@bpfnet/flow-model/quantity-text';
import { type Answers, NO_ROW } from '../model/answers';
import { type Ladder } from '../model/ladder';
import { laneName } from '../model/lane';
import { arrowLabels, sideNames } from '../model/packet-text';
import { NO_TAG } from '../model/packets';
import { packetNs, timeOfDayText } from '../draw/time-text';

export type CardField = readonly [name: string, value: string];

export function cardFields(ladder: Ladder, row: number, answers: Answers, timeZone: TimeZone): readonly CardField[] {
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
  return [...fields, ...answerFields(ladder, row, answers), ...sightingFields(ladder, row)];
}

function answerFields(ladder: Ladder, row: number, { of, rttNs, inFlight }: Answers): CardField[] {
  const fields: CardField[] = [];
  const { packets, rows } = ladder;
  if (of[row] !== NO_ROW) {
    const answered = of[row];
    const label = arrowLabels(packets, rows.packet[answered], 0)[1];
    fields.push([
      'answers',
      `#${countText(answered + 1)} ${label}, ${durationNsText(rows.tNs[row] - rows.tNs[answered])} before`,
    ]);
  }
  if (!Number.isNaN(rttNs[row])) {
    fields.push(['round trip', durationNsText(rttNs[row])]);
  }
  if (inFlight[row] > 0) {
    fields.push(['in flight', bytesText(inFlight[row])]);
  }
  return fields;
}

function sightingFields(ladder: Ladder, row: number): CardField[] {
  if (ladder.mode === 'ends') {
    return [['seen at', laneName(ladder.packets.lanes[ladder.lane])]];
  }
  const { sightings, lanes, rows, uncertaintyNs } = ladder;
  return lanes.map((lane, i) => {
    const at = row * lanes.length + i;
    if (sightings.parts[at] === 0) {
      return [laneName(lane), 'not seen'] as const;
    }
    const parts = sightings.parts[at] > 1 ? `, ${sightings.parts[at]} packets` : '';
    const atMostNs = lane.clock?.atMostNs ?? 0;
    const most = atMostNs > uncertaintyNs[i] ? ` (at most ± ${durationNsText(atMostNs)})` : '';
    const doubt = uncertaintyNs[i] > 0 || most !== '' ? ` ± ${durationNsText(uncertaintyNs[i])}${most}` : '';
    return [laneName(lane), `+${durationNsText(sightings.tNs[at] - rows.tNs[row])}${doubt}${parts}`] as const;
  });
}
