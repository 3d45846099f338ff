/** A packet in words. */
import { Analysis, analysisWords, flagNames, TcpFlag } from '@bpfnet/flow-model/analysis';
import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { bytesText, countText } from '../../../shared/quantity-text';
import { type PacketTable } from './packets';

/** Said elsewhere or not worth a word on the arrow. */
const QUIET = Analysis.SuperSegment | Analysis.Truncated | Analysis.WindowUpdate;

/**
 * The label of an arrow, longest form first; the chart takes the first that fits.
 * Numbers are relative, as Wireshark prints them.
 */
export function arrowLabels(table: PacketTable, packet: number, ana: number): readonly string[] {
  const words = analysisWords(ana & ~QUIET)
    .slice(0, 2)
    .join(', ');
  if (!table.lanes[table.lane[packet]].tcp) {
    return [joined(['UDP', `len ${countText(table.len[packet])}`, words])];
  }
  const flags = flagNames(table.flags[packet]) || 'no flags';
  const takesSpace = segmentSpan(table.flags[packet], table.len[packet]) > 0;
  const seq = takesSpace || (table.flags[packet] & TcpFlag.Rst) !== 0 ? `seq ${countText(table.seqRel[packet])}` : '';
  const ack = (table.flags[packet] & TcpFlag.Ack) !== 0 ? `ack ${countText(table.ackRel[packet])}` : '';
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

/** A sentence for those who cannot see the chart. */
export function packetSentence(table: PacketTable, packet: number, ana: number): string {
  const [near, far] = sideNames(table, packet);
  const [from, to] = table.fromFar[packet] === 1 ? [far, near] : [near, far];
  const tag = table.tag[packet] >= 0 ? table.tags[table.tag[packet]] : undefined;
  return joined([`${from} to ${to}:`, arrowLabels(table, packet, ana)[0], tag ? `${tag.kind} ${tag.label}` : '']);
}

export function sideNames(table: PacketTable, packet: number): readonly [string, string] {
  return table.lanes[table.lane[packet]].clientKnown ? ['client', 'server'] : ['local', 'remote'];
}

export function windowText(table: PacketTable, packet: number): string {
  return bytesText(table.win[packet]);
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');
