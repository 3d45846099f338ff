/** The columns of the message list. */
import { flagNames } from '@bpfnet/flow-model/analysis';
import { bytesText, countText } from '@bpfnet/flow-model/quantity-text';

import { isFromFar, type Ladder } from '../model/ladder';
import { ackText, analysisText, type SeqMode, seqText, sideNames } from '../model/packet-text';
import { type FieldKey } from '../options';

export const FIELD_TITLES: Readonly<Record<FieldKey, string>> = {
  number: '#',
  from: 'from',
  flags: 'flags',
  seq: 'seq',
  ack: 'ack',
  len: 'len',
  win: 'window',
  analysis: 'analysis',
};

/** Others are numbers. */
export const isTextColumn = (key: FieldKey): boolean => key === 'from' || key === 'flags' || key === 'analysis';

export function fieldText(key: FieldKey, ladder: Ladder, row: number, seq: SeqMode): string {
  const { packets, rows } = ladder;
  const packet = rows.packet[row];
  switch (key) {
    case 'number':
      return countText(row + 1);
    case 'from':
      return sideNames(packets, packet)[isFromFar(ladder, row) ? 1 : 0];
    case 'flags':
      return flagNames(packets.flags[packet]);
    case 'seq':
      return seqText(packets, packet, seq);
    case 'ack':
      return ackText(packets, packet, seq);
    case 'len':
      return countText(packets.len[packet]);
    case 'win':
      return bytesText(packets.win[packet]);
    case 'analysis':
      return analysisText(rows.ana[row]);
  }
}
