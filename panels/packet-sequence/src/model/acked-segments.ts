/** Which segment an ACK acknowledges: the one whose bytes it is the first to cover in full, as Wireshark's "This is an ACK to the segment in frame". */
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { isRetransmission } from '@bpfnet/flow-model/packet-columns';
import { seqAdd, seqDiff, seqLess, seqLessOrEqual, toSeq } from '@bpfnet/flow-model/seq';
import { isFromFar, type Ladder, seqSpan } from './ladder';

export const NO_ROW = -1;

export interface AckedSegments {
  /** The row that a row acknowledges, or `NO_ROW`. */
  readonly ackedRow: Int32Array;
  /** Time since then where it measures the round trip, ns; NaN for segments sent more than once (Karn's algorithm). */
  readonly rttNs: Float64Array;
  /** Bytes that the row's sender has in flight, as seen at this NIC; NaN for datagrams. */
  readonly inFlight: Float64Array;
  /** The receive window that the other side advertised last, bytes; NaN before it has. */
  readonly window: Float64Array;
}

interface Side {
  /** Rows in sequence order; those before `head` are acknowledged. */
  readonly rows: number[];
  head: number;
  /** End of all that was sent, and of all that was acknowledged. */
  sent: number | undefined;
  acked: number | undefined;
  window: number;
  /** Ends of segments that were sent more than once. */
  readonly retransmitted: Set<number>;
}

export function ackedSegments(ladder: Ladder): AckedSegments {
  const { packets, rows } = ladder;
  const ackedRow = new Int32Array(rows.length).fill(NO_ROW);
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
  return { ackedRow, rttNs, inFlight, window };

  function send(side: Side, row: number, packet: number): void {
    const span = seqSpan(packets, packet);
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
      side.retransmitted.add(end);
    }
  }

  function acknowledge(side: Side, row: number, ack: number): void {
    if (side.acked === undefined || seqLessOrEqual(toSeq(ack), toSeq(side.acked))) {
      return;
    }
    side.acked = ack;
    while (side.head < side.rows.length && seqLessOrEqual(endOf(side.rows[side.head]), toSeq(ack))) {
      ackedRow[row] = side.rows[side.head++];
    }
    if (ackedRow[row] !== NO_ROW && !side.retransmitted.has(endOf(ackedRow[row]))) {
      rttNs[row] = rows.tNs[row] - rows.tNs[ackedRow[row]];
    }
  }

  function endOf(row: number) {
    const packet = rows.packet[row];
    return seqAdd(toSeq(packets.seq[packet]), seqSpan(packets, packet));
  }
}

const newSide = (): Side => ({
  rows: [],
  head: 0,
  sent: undefined,
  acked: undefined,
  window: NaN,
  retransmitted: new Set(),
});
