/**
 * Finds rows. A number is a sequence number, absolute or relative, and finds the segments that hold it; where none does,
 * the packets that acknowledge it. `len>1000`, `ack=1449`, `win<1000` compare a number. Other text is looked for in flags,
 * analysis words and the labels of requests and responses.
 */
import { ANALYSIS_WORDS, flagNames } from '@bpfnet/flow-model/analysis';
import { seqInRange, toSeq } from '@bpfnet/flow-model/seq';
import { type Ladder, seqSpan } from './ladder';
import { type PacketTable } from './packets';
import { firstAbove, indicesWhere } from './sorted-order';

/** Rows that match, in order. */
export function findRows(ladder: Ladder, query: string): Uint32Array {
  const text = query.trim().toLowerCase();
  if (text === '') {
    return new Uint32Array(0);
  }
  const comparison = readComparison(text);
  if (comparison) {
    return rowsWhere(ladder, (packet) => comparison(ladder.packets, packet));
  }
  const number = sequenceNumber(text);
  if (number === undefined) {
    return rowsWithText(ladder, text);
  }
  const holding = rowsWhere(ladder, (packet) => holds(ladder, packet, number));
  return holding.length > 0 ? holding : rowsWhere(ladder, (packet) => acknowledges(ladder, packet, number));
}

/** The match after (`step` 1) or before (-1) a row, around the end; undefined where nothing matches. */
export function nextMatch(matches: Uint32Array, row: number, step: 1 | -1): number | undefined {
  if (matches.length === 0) {
    return undefined;
  }
  const after = firstAbove(matches, step === 1 ? row : row - 1);
  return step === 1 ? (matches[after] ?? matches[0]) : (matches[after - 1] ?? matches[matches.length - 1]);
}

type Accept = (packets: PacketTable, packet: number) => boolean;

const COMPARISON = /^(len(?:gth)?|ack|win(?:dow)?|flags)\s*(<=|>=|!=|==?|<|>|:)\s*(0x[0-9a-f]+|[\d\s,._']+)$/;

const COMPARED: Readonly<Record<string, (packets: PacketTable, packet: number) => readonly number[]>> = {
  len: (packets, packet) => [packets.len[packet]],
  ack: (packets, packet) => [packets.ackRel[packet], packets.ack[packet]],
  win: (packets, packet) => [packets.win[packet]],
  fla: (packets, packet) => [packets.flags[packet]],
};

function readComparison(text: string): Accept | undefined {
  const parts = COMPARISON.exec(text);
  if (!parts) {
    return undefined;
  }
  const values = COMPARED[parts[1].slice(0, 3)];
  const wanted = Number(parts[3].replace(/[\s,._']/g, ''));
  const compare = comparer(parts[2], wanted);
  return (packets, packet) => values(packets, packet).some(compare);
}

function comparer(operator: string, wanted: number): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < wanted;
    case '>':
      return (value) => value > wanted;
    case '<=':
      return (value) => value <= wanted;
    case '>=':
      return (value) => value >= wanted;
    case '!=':
      return (value) => value !== wanted;
    default:
      return (value) => value === wanted;
  }
}

function sequenceNumber(text: string): number | undefined {
  const digits = text.replace(/^seq(uence)?\s*[=:]?\s*/, '').replace(/[\s,.'_]/g, '');
  const number = /^\d{1,12}$/.test(digits) ? Number(digits) : NaN;
  return Number.isNaN(number) ? undefined : number;
}

function holds({ packets }: Ladder, packet: number, number: number): boolean {
  const span = seqSpan(packets, packet);
  const relative = number - packets.seqRel[packet];
  return (
    (relative >= 0 && relative < span) ||
    (number <= 0xffffffff && seqInRange(toSeq(number), toSeq(packets.seq[packet]), span))
  );
}

function acknowledges({ packets }: Ladder, packet: number, number: number): boolean {
  return packets.ack[packet] === number || packets.ackRel[packet] === number;
}

function rowsWithText(ladder: Ladder, text: string): Uint32Array {
  const { packets, rows } = ladder;
  const words = ANALYSIS_WORDS.filter((word) => word.text.includes(text)).reduce((bits, word) => bits | word.bit, 0);
  const tags = packets.tags.map((tag) => tag.label.toLowerCase().includes(text) || tag.requestId === text);
  const flags = Array.from({ length: 256 }, (_v, bits) => ` ${flagNames(bits).toLowerCase()} `.includes(` ${text} `));
  return rowsWhere(
    ladder,
    (packet, row) => flags[packets.flags[packet]] || (rows.ana[row] & words) !== 0 || tags[packets.tag[packet]] === true
  );
}

function rowsWhere({ rows }: Ladder, accept: (packet: number, row: number) => boolean): Uint32Array {
  return indicesWhere(rows.length, (row) => accept(rows.packet[row], row));
}
