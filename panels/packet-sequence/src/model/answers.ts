/** Which row a row answers: the segment whose bytes it is the first to acknowledge in full, as Wireshark's "This is an ACK to". */
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { isRetransmission } from '@bpfnet/flow-model/packet-columns';
import { seqAdd, seqDiff, seqLess, seqLessOrEqual, toSeq } from '@bpfnet/flow-model/seq';
import { isFromFar, type Ladder } from './ladder';
import { rangeSpan } from './range-span';

export const NO_ROW = -1;

export interface Answers {
  /** The row that a row acknowledges, or `NO_ROW`. */
  readonly of: Int32Array;
  /** Time from there to here, ns, where it tells the round trip: NaN for what was sent more than once (Karn's rule). */
  readonly rttNs: Float64Array;
  /** Bytes that the row's sender has sent and nobody acknowledged yet, as seen at this moment; NaN for datagrams. */
  readonly inFlight: Float64Array;
  /** The window that the other side offered last, bytes; NaN where it has not said one yet. */
  readonly window: Float64Array;
}

interface Side {
  /** Rows in the order of their bytes that are not acknowledged; the ones before `head` are. */
  readonly rows: number[];
  head: number;
  /** End of all that was sent, and of all that was acknowledged. */
  sent: number | undefined;
  acked: number | undefined;
  window: number;
  readonly resent: Set<number>;
}

export function answersOf(ladder: Ladder): Answers {
  const { packets, rows } = ladder;
  const of = new Int32Array(rows.length).fill(NO_ROW);
  const rttNs = new Float64Array(rows.length).fill(NaN);
  const inFlight = new Float64Array(rows.length).fill(NaN);
  const window = new Float64Array(rows.length).fill(NaN);
  const sides = [newSide(), newSide()];
  for (let row = 0; row < rows.length; row++) {
    const packet = rows.packet[row];
    if (!packets.lanes[packets.lane[packet]].tcp) {
      continue;
    }
    const fromFar = isFromFar(ladder, row) ? 1 : 0;
    const [own, other] = [sides[fromFar], sides[1 - fromFar]];
    if ((packets.flags[packet] & TcpFlag.Ack) !== 0) {
      acknowledge(other, row, packets.ack[packet]);
    }
    send(own, row, packet);
    own.window = packets.win[packet];
    inFlight[row] =
      own.sent === undefined || own.acked === undefined ? NaN : Math.max(0, seqDiff(toSeq(own.sent), toSeq(own.acked)));
    window[row] = other.window;
  }
  return { of, rttNs, inFlight, window };

  function send(side: Side, row: number, packet: number): void {
    const span = rangeSpan(packets, packet);
    if (span === 0 || (rows.ana[row] & (Analysis.KeepAlive | Analysis.CapturedTwice)) !== 0) {
      return;
    }
    const end = seqAdd(toSeq(packets.seq[packet]), span);
    side.acked ??= packets.seq[packet];
    const isNew = side.sent === undefined || seqLess(toSeq(side.sent), end);
    if (isNew) {
      side.sent = end;
      side.rows.push(row);
    }
    if (!isNew || isRetransmission(rows.ana[row])) {
      side.resent.add(end);
    }
  }

  function acknowledge(side: Side, row: number, ack: number): void {
    if (side.acked === undefined || seqLessOrEqual(toSeq(ack), toSeq(side.acked))) {
      return;
    }
    side.acked = ack;
    while (side.head < side.rows.length && seqLessOrEqual(endOf(side.rows[side.head]), toSeq(ack))) {
      of[row] = side.rows[side.head++];
    }
    if (of[row] !== NO_ROW && !side.resent.has(endOf(of[row]))) {
      rttNs[row] = rows.tNs[row] - rows.tNs[of[row]];
    }
  }

  function endOf(row: number) {
    const packet = rows.packet[row];
    return seqAdd(toSeq(packets.seq[packet]), rangeSpan(packets, packet));
  }
}

const newSide = (): Side => ({
  rows: [],
  head: 0,
  sent: undefined,
  acked: undefined,
  window: NaN,
  resent: new Set(),
});
