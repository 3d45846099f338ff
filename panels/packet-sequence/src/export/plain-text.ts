/** Rows as lines of text, as a person pastes them into a ticket. */
import { flagNames } from '@bpfnet/flow-model/analysis';
import { elapsedText } from '@bpfnet/flow-model/quantity-text';
import { isFromFar, type Ladder } from '../model/ladder';
import { ackText, analysisText, type SeqMode, seqText, sideNames } from '../model/packet-text';
import { NO_TAG } from '../model/packets';

export function toPlainText(ladder: Ladder, rows: Iterable<number>, seq: SeqMode): string {
  const { packets } = ladder;
  const lines: string[] = [];
  for (const row of rows) {
    const packet = ladder.rows.packet[row];
    const tag = packets.tag[packet] === NO_TAG ? undefined : packets.tags[packets.tag[packet]];
    const sides = sideNames(packets, packet);
    const ack = ackText(packets, packet, seq);
    lines.push(
      [
        elapsedText(ladder.rows.tNs[row] - ladder.rows.tNs[0]),
        sides[isFromFar(ladder, row) ? 1 : 0],
        flagNames(packets.flags[packet]) || '-',
        `seq=${seqText(packets, packet, seq)}`,
        ack === '' ? '' : `ack=${ack}`,
        `len=${packets.len[packet]}`,
        `win=${packets.win[packet]}`,
        analysisText(ladder.rows.ana[row]),
        tag ? `[${tag.kind} ${tag.label}]` : '',
      ]
        .filter((text) => text !== '')
        .join('  ')
        .replace(/\u202f/g, '')
    );
  }
  return lines.join('\n');
}
