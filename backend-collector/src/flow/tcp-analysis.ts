/**
 * What a TCP segment is, by sequence range: new, retransmitted, out of order, a duplicate ACK, a probe. After Wireshark's
 * `tcp.analysis` flags, with these deliberate differences:
 *
 * - A late segment is "out of order" only where it fills a range that was not seen before. Wireshark keeps a list of
 *   unacknowledged segments instead and calls a repeated segment that was already acknowledged "out of order" when it comes quickly.
 * - A range that is seen for the first time is not a retransmission, even where its ACK was captured before it.
 * - A fast retransmission answers duplicate ACKs that were seen (RFC 5681 section 3.2).
 * - An ACK covers unseen bytes where the capture holds not all of them, each range noted once. Wireshark only compares with where the bytes
 *   were last in one piece, and so is surprised by ACKs of bytes that came late, and not by some of bytes that never came.
 * - The first segment of a side updates no window: there was none before.
 * - A packet that was captured twice is marked as that and analysed once (see captured-twice).
 *
 * The state is in the two `FlowDirection`s; this function reads a segment and moves the state on. Times are nanoseconds.
 */
import { Analysis, TcpFlag } from '@bpfnet/flow-model/analysis';
import { type Decoded } from '../wire/decoded';
import { type FlowDirection } from './flow-direction';

/** A retransmission this soon after the duplicate ACKs was triggered by them (Wireshark's 20 ms). */
const FAST_RETRANSMISSION_NS = 20e6;
/** A late segment counts as reordered within one round trip; where none was measured, within this. */
const REORDERING_NS = 3e6;

const SYN_FIN_RST = TcpFlag.Syn | TcpFlag.Fin | TcpFlag.Rst;

/** @returns `Analysis` bits of the segment. `handshakeNs` is the handshake's round trip, NaN where unknown. */
export function analyseSegment(
  sender: FlowDirection,
  receiver: FlowDirection,
  d: Decoded,
  nowNs: number,
  handshakeNs: number
): number {
  const { flags, seq, ack, window } = d;
  const length = d.payloadLength;
  const span = length + ((flags & TcpFlag.Syn) >> 1) + (flags & TcpFlag.Fin);
  const end = (seq + span) | 0;
  const hasAck = (flags & TcpFlag.Ack) !== 0;
  const plain = (flags & SYN_FIN_RST) === 0;
  let ana = 0;

  if (window === 0 && plain) {
    ana |= Analysis.ZeroWindow;
  }
  if (sender.started) {
    const ahead = (seq - sender.nextSeq) | 0;
    if (length === 1 && ahead === 0 && receiver.window === 0) {
      ana = Analysis.ZeroWindowProbe;
    } else {
      if (ahead > 0 && (flags & TcpFlag.Rst) === 0) {
        ana |= Analysis.PreviousUnseen;
        sender.addHole(sender.nextSeq, seq);
      } else if (ahead === -1 && length <= 1 && plain) {
        ana |= Analysis.KeepAlive;
      }
      if (length === 0 && ahead === 0 && plain && hasAck && sender.ackStarted && ack === sender.lastAck) {
        ana |= classifyPureAck(sender, receiver, window);
      }
      if (length > 0 && plain && fillsWindow(sender, receiver, end)) {
        ana |= Analysis.WindowFull;
      }
      if (span > 0 && ahead < 0 && (ana & Analysis.KeepAlive) === 0) {
        ana |= classifyRepeat(sender, receiver, d, nowNs, handshakeNs, end);
      }
    }
  }

  if (hasAck) {
    if ((receiver.lastAna & Analysis.ZeroWindowProbe) !== 0 && ack === ((receiver.nextSeq + 1) | 0)) {
      // The byte that probed the closed window was taken.
      receiver.nextSeq = ack;
      receiver.nextSeqNs = nowNs;
    }
    if (receiver.started && receiver.acksUnseen(ack)) {
      ana |= Analysis.AckedUnseen;
    }
    takeAck(receiver, d, nowNs);
  }

  if ((ana & Analysis.DuplicateAck) !== 0) {
    sender.dupAcks++;
  } else if (hasAck && (!sender.ackStarted || ack !== sender.lastAck)) {
    sender.dupAcks = 0;
  }
  if (hasAck) {
    sender.ackStarted = true;
    sender.lastAck = ack;
    sender.lastAckNs = nowNs;
  }
  sender.window = window;
  sender.lastAna = ana;
  advance(sender, d, end, nowNs, ana);
  timeSegment(sender, d, end, span, nowNs, ana);
  return ana;
}

/** A segment without payload that acknowledges nothing new. */
function classifyPureAck(sender: FlowDirection, receiver: FlowDirection, window: number): number {
  if (window !== sender.window) {
    return window === 0 ? 0 : Analysis.WindowUpdate;
  }
  if ((receiver.lastAna & Analysis.KeepAlive) !== 0) {
    return Analysis.KeepAliveAck;
  }
  return window === 0 ? 0 : Analysis.DuplicateAck;
}

function fillsWindow(sender: FlowDirection, receiver: FlowDirection, end: number): boolean {
  if (!receiver.ackStarted || receiver.window < 0 || !receiver.synSeen) {
    return false;
  }
  return end === ((receiver.lastAck + scaledWindow(receiver.window, receiver, sender)) | 0);
}

/** A window in bytes. The scale holds only where both sides offered one (RFC 7323 section 2.2). */
export function scaledWindow(window: number, sender: FlowDirection, receiver: FlowDirection): number {
  return sender.windowScale > 0 && receiver.windowScale >= 0 ? window * (1 << sender.windowScale) : window;
}

/** A segment that takes sequence space below the highest seen: a retransmission, or out of order. */
function classifyRepeat(
  sender: FlowDirection,
  receiver: FlowDirection,
  d: Decoded,
  nowNs: number,
  handshakeNs: number,
  end: number
): number {
  const fillsHole = sender.fillHole(d.seq, end);
  if (receiver.dupAcks >= 2 && receiver.lastAck === d.seq && nowNs - receiver.lastAckNs < FAST_RETRANSMISSION_NS) {
    return Analysis.Retransmission | Analysis.FastRetransmission;
  }
  const reordering = handshakeNs > 0 ? handshakeNs : REORDERING_NS;
  if (fillsHole && nowNs - sender.nextSeqNs < reordering) {
    return Analysis.OutOfOrder;
  }
  if (d.payloadLength > 0 && receiver.ackStarted && ((end - receiver.lastAck) | 0) <= 0) {
    return Analysis.Retransmission | Analysis.SpuriousRetransmission;
  }
  return Analysis.Retransmission;
}

/** Round trip samples. */
function takeAck(receiver: FlowDirection, d: Decoded, nowNs: number): void {
  if (receiver.rttArmed && ((d.ack - receiver.rttEnd) | 0) >= 0) {
    let sentNs = receiver.rttNs;
    if (receiver.rttRepeated && !(d.hasTimestamps && d.tsEcho === receiver.rttStamp)) {
      if (!d.hasTimestamps || d.tsEcho !== receiver.rttRepeatStamp) {
        receiver.rttArmed = false;
        return;
      }
      sentNs = receiver.rttRepeatNs;
    }
    const sample = Math.max(0, nowNs - sentNs);
    receiver.rttMinNs = receiver.rttCount === 0 ? sample : Math.min(receiver.rttMinNs, sample);
    receiver.rttMaxNs = receiver.rttCount === 0 ? sample : Math.max(receiver.rttMaxNs, sample);
    receiver.rttSumNs += sample;
    receiver.rttCount++;
    receiver.rttArmed = false;
  }
}

function advance(direction: FlowDirection, d: Decoded, end: number, nowNs: number, ana: number): void {
  const { flags, seq } = d;
  if (!direction.started) {
    direction.started = true;
    direction.firstSeq = seq;
    direction.nextSeq = end;
    direction.nextSeqNs = nowNs;
  } else if ((ana & Analysis.ZeroWindowProbe) === 0 && (flags & TcpFlag.Rst) === 0) {
    if (((end - direction.nextSeq) | 0) > 0) {
      direction.nextSeq = end;
      direction.nextSeqNs = nowNs;
    }
  }
}

/**
 * One segment at a time is timed. Whether an ACK answers its first or its second transmission is ambiguous (Karn's rule, RFC 6298),
 * except by the timestamp that it echoes, where the two had different ones (RFC 7323 section 4.1).
 */
function timeSegment(
  direction: FlowDirection,
  d: Decoded,
  end: number,
  span: number,
  nowNs: number,
  ana: number
): void {
  if ((ana & Analysis.Retransmission) !== 0) {
    if (direction.rttHasStamp && d.hasTimestamps && d.tsValue !== direction.rttStamp && !direction.rttRepeated) {
      direction.rttRepeated = true;
      direction.rttRepeatNs = nowNs;
      direction.rttRepeatStamp = d.tsValue;
    } else {
      direction.rttArmed = false;
    }
  } else if (span > 0 && !direction.rttArmed && end === direction.nextSeq) {
    direction.rttArmed = true;
    direction.rttEnd = end;
    direction.rttNs = nowNs;
    direction.rttHasStamp = d.hasTimestamps;
    direction.rttStamp = d.tsValue;
    direction.rttRepeated = false;
  }
}
