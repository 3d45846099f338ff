/**
 * One direction of a flow: what one side sent. Objects are pooled with their flow and reset in place. Sequence numbers are signed 32-bit
 * integers here; the sign of their wrapped difference orders them (flow-model/seq).
 */

/** Holes (sequence ranges that the capture skipped) remembered per direction; more than this are forgotten, oldest first. */
const MAX_HOLES = 16;

export class FlowDirection {
  // Counters of the present chunk.
  packets = 0;
  bytes = 0;
  retrans = 0;
  fastRetrans = 0;
  outOfOrder = 0;
  dupAck = 0;
  zeroWindow = 0;
  unseen = 0;
  /** Times that the other side acknowledged what the capture had not seen of this one. */
  ackedUnseen = 0;
  rst = 0;
  seqMin = 0;
  seqMax = 0;
  seqKnown = false;

  // Since the flow began.
  totalPackets = 0;
  totalRetrans = 0;

  // What the analysis knows of the sender.
  /** True once a segment of this direction was seen; the fields below mean nothing before. */
  started = false;
  firstSeq = 0;
  /** Sequence number after the highest seen. */
  nextSeq = 0;
  nextSeqNs = 0;
  /** Up to here the other side's acknowledgements of unseen bytes were noted. */
  unseenNoted = false;
  unseenNotedTo = 0;
  ackStarted = false;
  lastAck = 0;
  lastAckNs = 0;
  /** Window of the last segment, unscaled. */
  window = -1;
  /** Shift from the SYN; -1 where no SYN was seen or it had no option. */
  windowScale = -1;
  dupAcks = 0;
  lastAna = 0;

  synSeen = false;
  /** Initial sequence number: from the SYN, or from the SYN-ACK that answered one. */
  isnKnown = false;
  isn = 0;
  /** The other side acknowledged the SYN. */
  synAcked = false;
  /** It sent something after its SYN: it knows the other side's. */
  pastSyn = false;
  finSeen = false;
  /** Sequence number after the FIN. */
  finEnd = 0;
  finAcked = false;
  rstSeen = false;

  /** One data segment at a time is timed until its acknowledgement (RFC 6298, Karn's rule). */
  rttArmed = false;
  rttEnd = 0;
  rttNs = 0;
  /** Its time stamp (RFC 7323), where it had one; and time and stamp of a retransmission since. */
  rttHasStamp = false;
  rttStamp = 0;
  rttRepeated = false;
  rttRepeatNs = 0;
  rttRepeatStamp = 0;
  /** Samples of the present chunk: what this side sent until it was acknowledged. */
  rttCount = 0;
  rttSumNs = 0;
  rttMinNs = 0;
  rttMaxNs = 0;

  /** Fingerprints of the last packets, to know a packet that was captured twice. */
  lastFingerprint = 0;
  fingerprintBefore = 0;
  lastFingerprintNs = -Infinity;
  fingerprintBeforeNs = -Infinity;

  private holes: Int32Array | undefined;
  private holeCount = 0;

  resetChunk(): void {
    this.packets = 0;
    this.bytes = 0;
    this.retrans = 0;
    this.fastRetrans = 0;
    this.outOfOrder = 0;
    this.dupAck = 0;
    this.zeroWindow = 0;
    this.unseen = 0;
    this.ackedUnseen = 0;
    this.rst = 0;
    this.seqKnown = false;
    this.rttCount = 0;
    this.rttSumNs = 0;
  }

  reset(): void {
    this.resetChunk();
    this.totalPackets = 0;
    this.totalRetrans = 0;
    this.started = false;
    this.unseenNoted = false;
    this.ackStarted = false;
    this.window = -1;
    this.windowScale = -1;
    this.dupAcks = 0;
    this.lastAna = 0;
    this.synSeen = false;
    this.isnKnown = false;
    this.synAcked = false;
    this.pastSyn = false;
    this.finSeen = false;
    this.finAcked = false;
    this.rstSeen = false;
    this.rttArmed = false;
    this.lastFingerprintNs = -Infinity;
    this.fingerprintBeforeNs = -Infinity;
    this.holeCount = 0;
  }

  /** True where an acknowledgement covers bytes that were not seen; the same bytes are noted once. */
  acksUnseen(ack: number): boolean {
    if (this.unseenNoted && ((ack - this.unseenNotedTo) | 0) <= 0) {
      return false;
    }
    let unseen = ((ack - this.nextSeq) | 0) > 0;
    const { holes } = this;
    for (let i = 0; i < this.holeCount && !unseen && holes !== undefined; i++) {
      const isNoted = this.unseenNoted && ((holes[2 * i + 1] - this.unseenNotedTo) | 0) <= 0;
      unseen = !isNoted && ((ack - holes[2 * i]) | 0) > 0;
    }
    if (unseen) {
      this.unseenNoted = true;
      this.unseenNotedTo = ack;
    }
    return unseen;
  }

  /** Remembers that `from` … `to - 1` was not seen. */
  addHole(from: number, to: number): void {
    const holes = (this.holes ??= new Int32Array(2 * MAX_HOLES));
    if (this.holeCount === MAX_HOLES) {
      holes.copyWithin(0, 2);
      this.holeCount--;
    }
    holes[2 * this.holeCount] = from;
    holes[2 * this.holeCount + 1] = to;
    this.holeCount++;
  }

  /** True where `from` … `to - 1` holds bytes that were not seen before; they are seen from now on. */
  fillHole(from: number, to: number): boolean {
    const holes = this.holes;
    if (this.holeCount === 0 || holes === undefined) {
      return false;
    }
    let filled = false;
    for (let i = this.holeCount - 1; i >= 0; i--) {
      const left = holes[2 * i];
      const right = holes[2 * i + 1];
      if (((to - left) | 0) <= 0 || ((right - from) | 0) <= 0) {
        continue;
      }
      filled = true;
      const keepLeft = ((from - left) | 0) > 0;
      const keepRight = ((right - to) | 0) > 0;
      if (keepLeft && keepRight) {
        holes[2 * i + 1] = from;
        this.addHole(to, right);
      } else if (keepLeft) {
        holes[2 * i + 1] = from;
      } else if (keepRight) {
        holes[2 * i] = to;
      } else {
        holes.copyWithin(2 * i, 2 * i + 2, 2 * this.holeCount);
        this.holeCount--;
      }
    }
    return filled;
  }
}
