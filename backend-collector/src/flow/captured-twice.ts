/**
 * The same packet captured twice at one NIC (a mirror port, or a capture on "any"): identical down to IP identification and checksum, within
 * a few hundred microseconds. A retransmission has another identification, or comes after a round trip at least.
 *
 * Where the sender writes no identification (IPv6, and IPv4 with 0) an ACK without payload may well be repeated word for word, and so is
 * the RST with which a closed socket answers each segment; there they count as captured twice only with the very same time.
 */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { type Decoded } from '../wire/decoded';
import { type FlowDirection } from './flow-direction';

const WITHIN_NS = 500e3;

export function isCapturedTwice(sender: FlowDirection, d: Decoded, nowNs: number): boolean {
  const print = fingerprint(d);
  const takesSpace = d.payloadLength > 0 || (d.flags & (TcpFlag.Syn | TcpFlag.Fin)) !== 0;
  const within = d.ipId !== 0 || takesSpace ? WITHIN_NS : 0;
  if (
    (print === sender.lastFingerprint && Math.abs(nowNs - sender.lastFingerprintNs) <= within) ||
    (print === sender.fingerprintBefore && Math.abs(nowNs - sender.fingerprintBeforeNs) <= within)
  ) {
    return true;
  }
  sender.fingerprintBefore = sender.lastFingerprint;
  sender.fingerprintBeforeNs = sender.lastFingerprintNs;
  sender.lastFingerprint = print;
  sender.lastFingerprintNs = nowNs;
  return false;
}

function fingerprint(d: Decoded): number {
  let h = Math.imul(d.ipId | (d.checksum << 16), 0x9e3779b1);
  h = Math.imul(h ^ d.seq ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ d.ack ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ d.payloadLength ^ (d.flags << 24) ^ (h >>> 16), 0x27d4eb2f);
  return h ^ d.window;
}
