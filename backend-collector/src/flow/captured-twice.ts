/**
 * The same packet captured twice at one NIC (a mirror port, or a capture on "any"): identical down to IP identification and checksum, within
 * a few hundred microseconds. A retransmission has another identification, or comes after a round trip at least.
 *
 * Where the sender writes no identification (IPv6, and IPv4 with 0) an ACK without payload may well be repeated word for word; there
 * it counts as captured twice only with the very same time.
 */
import { TcpFlag } from '@bpfnet/flow-model/analysis';
import { type Decoded } from '../wire/decoded';
import { type Half } from './flow-direction';

const WITHIN_NS = 500e3;

export function isCapturedTwice(sender: Half, d: Decoded, nowNs: number): boolean {
  const print = fingerprint(d);
  const takesSpace = d.payloadLength > 0 || (d.flags & (TcpFlag.Syn | TcpFlag.Fin | TcpFlag.Rst)) !== 0;
  const within = d.ipId !== 0 || takesSpace ? WITHIN_NS : 0;
  if (
    (print === sender.print0 && Math.abs(nowNs - sender.print0Ns) <= within) ||
    (print === sender.print1 && Math.abs(nowNs - sender.print1Ns) <= within)
  ) {
    return true;
  }
  sender.print1 = sender.print0;
  sender.print1Ns = sender.print0Ns;
  sender.print0 = print;
  sender.print0Ns = nowNs;
  return false;
}

function fingerprint(d: Decoded): number {
  let h = Math.imul(d.ipId | (d.checksum << 16), 0x9e3779b1);
  h = Math.imul(h ^ d.seq ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ d.ack ^ (h >>> 13), 0xc2b2ae35);
  h = Math.imul(h ^ d.payloadLength ^ (d.flags << 24) ^ (h >>> 16), 0x27d4eb2f);
  return h ^ d.window;
}
