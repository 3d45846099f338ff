/**
 * Finds rows. A number is a sequence number, absolute or relative, and finds the segments that hold it; where none does,
 * the packets that acknowledge it. Other text is looked for in flags, analysis words and the labels of requests and responses.
 */
import { ANALYSIS_WORDS, flagNames } from '@bpfnet/flow-model/analysis';
import { seqInRange, toSeq } from '@bpfnet/flow-model/seq';
import { type Ladder } from './ladder';
import { rangeSpan } from './transmission-match';

/** Rows that match, in order. */
export function findRows(ladder: Ladder, query: string): Uint32Array {
  const text = query.trim().toLowerCase();
  if (text === '') {
    return new Uint32Array(0);
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
  if (step === 1) {
    return matches.find((match) => match > row) ?? matches[0];
  }
  const before = matches.filter((match) => match < row);
  return before.length > 0 ? before[before.length - 1] : matches[matches.length - 1];
}

function sequenceNumber(text: string): number | undefined {
  const digits = text.replace(/^seq(uence)?\s*[=:]?\s*/, '').replace(/[\s,.'_]/g, '');
  const number = /^\d{1,12}$/.test(digits) ? Number(digits) : NaN;
  return Number.isNaN(number) ? undefined : number;
}

function holds({ packets }: Ladder, packet: number, number: number): boolean {
  const span = rangeSpan(packets, packet);
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
  const found: number[] = [];
  for (let row = 0; row < rows.length; row++) {
    if (accept(rows.packet[row], row)) {
      found.push(row);
    }
  }
  return Uint32Array.from(found);
}
