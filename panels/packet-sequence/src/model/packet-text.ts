/** A packet as text. */
import { Analysis, analysisWords, flagNames, TcpFlag } from '@bpfnet/flow-model/analysis';
import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { countText } from '@bpfnet/flow-model/quantity-text';
import { type PacketTable } from './packets';

const ROUTINE = Analysis.SuperSegment | Analysis.Truncated | Analysis.WindowUpdate;

/** The analysis flags that someone looking for trouble wants to see. */
export const notableFlags = (ana: number): number => ana & ~ROUTINE;

export type SeqMode = 'relative' | 'absolute';

export interface LabelContent {
  readonly seq: SeqMode;
  /** The numbers are in a list beside the arrow. */
  readonly wordsOnly: boolean;
}

const SPOKEN: LabelContent = { seq: 'relative', wordsOnly: false };

/** The label of an arrow, longest form first; the chart takes the first that fits. */
export function arrowLabels(table: PacketTable, packet: number, ana: number, content = SPOKEN): readonly string[] {
  const words = analysisText(ana, 2);
  if (content.wordsOnly) {
    return [words];
  }
  if (!table.lanes[table.lane[packet]].tcp) {
    return [joined(['UDP', `len ${countText(table.len[packet])}`, words])];
  }
  const flags = flagNames(table.flags[packet]) || 'no flags';
  const takesSpace = segmentSpan(table.flags[packet], table.len[packet]) > 0;
  const hasSeq = takesSpace || (table.flags[packet] & TcpFlag.Rst) !== 0;
  const seq = hasSeq ? `seq ${seqText(table, packet, content.seq)}` : '';
  const ack = hasAck(table, packet) ? `ack ${ackText(table, packet, content.seq)}` : '';
  const len = table.len[packet] > 0 ? `len ${countText(table.len[packet])}` : '';
  const main = seq === '' ? ack : seq;
  return [
    joined([flags, seq, ack, len, words]),
    joined([flags, main, len, words]),
    joined([flags, main, words]),
    joined([flags, words]),
    flags,
  ];
}

/** The TCP analysis flags, worst first. */
export function analysisText(ana: number, most = Infinity): string {
  return analysisWords(notableFlags(ana)).slice(0, most).join(', ');
}

/** Relative as Wireshark prints them, or as they were on the wire. */
export function seqText(table: PacketTable, packet: number, mode: SeqMode): string {
  return mode === 'relative' ? countText(table.seqRel[packet]) : String(table.seq[packet]);
}

/** '' where the ACK flag is not set. */
export function ackText(table: PacketTable, packet: number, mode: SeqMode): string {
  if (!hasAck(table, packet)) {
    return '';
  }
  return mode === 'relative' ? countText(table.ackRel[packet]) : String(table.ack[packet]);
}

const hasAck = (table: PacketTable, packet: number): boolean => (table.flags[packet] & TcpFlag.Ack) !== 0;

/** A sentence for screen readers. */
export function packetSentence(table: PacketTable, packet: number, ana: number): string {
  const [near, far] = sideNames(table, packet);
  const [from, to] = table.fromFar[packet] === 1 ? [far, near] : [near, far];
  const tag = table.tag[packet] >= 0 ? table.tags[table.tag[packet]] : undefined;
  return joined([`${from} to ${to}:`, arrowLabels(table, packet, ana)[0], tag ? `${tag.kind} ${tag.label}` : '']);
}

export function sideNames(table: PacketTable, packet: number): readonly [string, string] {
  return table.lanes[table.lane[packet]].clientKnown ? ['client', 'server'] : ['local', 'remote'];
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');
