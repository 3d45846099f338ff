/**
 * What the TCP analysis says of one packet, as bits of the `ana` column. Names are Wireshark's (`tcp.analysis.*`), so
 * that a reader knows them.
 */
export const Analysis = {
  Retransmission: 1 << 0,
  FastRetransmission: 1 << 1,
  OutOfOrder: 1 << 2,
  DuplicateAck: 1 << 3,
  ZeroWindow: 1 << 4,
  /** A segment before this one was not captured. */
  PreviousUnseen: 1 << 5,
  KeepAlive: 1 << 6,
  /** The capture holds fewer bytes of the packet than the wire did. */
  Truncated: 1 << 7,
  WindowFull: 1 << 8,
  SpuriousRetransmission: 1 << 9,
  /** It acknowledges data that was not captured. */
  AckedUnseen: 1 << 10,
  /** The same packet captured once more at the same NIC (a mirror port); not the sender's doing. */
  CapturedTwice: 1 << 11,
  /** A GSO or GRO super-segment: several wire segments in one captured packet. */
  SuperSegment: 1 << 12,
  KeepAliveAck: 1 << 13,
  WindowUpdate: 1 << 14,
  ZeroWindowProbe: 1 << 15,
} as const;

interface AnalysisWord {
  readonly bit: number;
  /** As a person reads it, lower case. */
  readonly text: string;
}

/** Worst first within a packet: the first that is set names the packet. */
export const ANALYSIS_WORDS: readonly AnalysisWord[] = [
  { bit: Analysis.FastRetransmission, text: 'fast retransmission' },
  { bit: Analysis.SpuriousRetransmission, text: 'spurious retransmission' },
  { bit: Analysis.Retransmission, text: 'retransmission' },
  { bit: Analysis.PreviousUnseen, text: 'previous segment not captured' },
  { bit: Analysis.AckedUnseen, text: 'acked segment not captured' },
  { bit: Analysis.OutOfOrder, text: 'out of order' },
  { bit: Analysis.ZeroWindow, text: 'zero window' },
  { bit: Analysis.WindowFull, text: 'window full' },
  { bit: Analysis.ZeroWindowProbe, text: 'zero window probe' },
  { bit: Analysis.DuplicateAck, text: 'duplicate ACK' },
  { bit: Analysis.KeepAlive, text: 'keep-alive' },
  { bit: Analysis.KeepAliveAck, text: 'keep-alive ACK' },
  { bit: Analysis.CapturedTwice, text: 'captured twice' },
  { bit: Analysis.WindowUpdate, text: 'window update' },
  { bit: Analysis.SuperSegment, text: 'super-segment' },
  { bit: Analysis.Truncated, text: 'truncated' },
];

/** The words for a set of bits, worst first. */
export function analysisWords(bits: number): string[] {
  return ANALYSIS_WORDS.filter((word) => (bits & word.bit) !== 0).map((word) => word.text);
}

/** TCP flag byte, RFC 9293 section 3.1. */
export const TcpFlag = {
  Fin: 0x01,
  Syn: 0x02,
  Rst: 0x04,
  Psh: 0x08,
  Ack: 0x10,
  Urg: 0x20,
  Ece: 0x40,
  Cwr: 0x80,
} as const;

const FLAG_NAMES: ReadonlyArray<readonly [number, string]> = [
  [TcpFlag.Syn, 'SYN'],
  [TcpFlag.Fin, 'FIN'],
  [TcpFlag.Rst, 'RST'],
  [TcpFlag.Psh, 'PSH'],
  [TcpFlag.Ack, 'ACK'],
  [TcpFlag.Urg, 'URG'],
  [TcpFlag.Ece, 'ECE'],
  [TcpFlag.Cwr, 'CWR'],
];

/** `SYN ACK`, `PSH ACK`, …; the empty string where no flag is set (UDP). */
export function flagNames(flags: number): string {
  return FLAG_NAMES.filter(([bit]) => (flags & bit) !== 0)
    .map(([, name]) => name)
    .join(' ');
}
