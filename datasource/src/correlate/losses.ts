/** Which hop lost what, and why each retransmission was sent. */
import { type PacketRef } from './packet-ref';

export type Side = 'client' | 'server';

/** What became of one transmission. Lanes name the NICs, in the direction of travel. */
export type Fate =
  /** It was seen at the last NIC of ours on its way, or the other side acknowledged it. */
  | { readonly kind: 'arrived'; readonly at: string }
  /** Seen at `from`, and not at `to`, which was watching. */
  | { readonly kind: 'lost'; readonly from: string; readonly to: string }
  /** It was sent before the first NIC of ours, which did not see it. */
  | { readonly kind: 'lost-before'; readonly first: string }
  /** The last NIC of ours on its way saw it, and the sender had to send it again. */
  | { readonly kind: 'lost-after'; readonly last: string }
  /** It was not seen at `at`, where the capture itself lost packets, or did not see the connection then. */
  | {
      readonly kind: 'unknown';
      readonly from: string;
      readonly at: string;
      readonly why: 'capture-dropped' | 'not-watching';
    };

export interface Retransmission {
  readonly sender: Side;
  readonly seq: number;
  /** Sequence space: payload, and one for SYN or FIN. */
  readonly length: number;
  readonly what: 'data' | 'syn' | 'fin';
  /** The retransmission, at the NIC nearest to its sender. */
  readonly again: PacketRef;
  /** What it repeats, at the same NIC; null where that was not seen there. */
  readonly before: PacketRef | null;
  /** From the one to the other, ms. */
  readonly waitedMs: number | null;
  readonly trigger: 'timeout' | 'duplicate-acks';
  /** Of what it repeats. `arrived` makes it spurious. */
  readonly fateOfBefore: Fate;
}

/** What one hop did to what one side sent. What the capture itself may have lost is left out of `lost` and of `crossed`. */
export interface HopLoss {
  readonly from: string;
  readonly to: string;
  readonly sender: Side;
  /** Transmissions seen at `from` of which it is known what became of them on this hop. */
  readonly sent: number;
  readonly lost: number;
  readonly bytesLost: number;
  /** Seen at `from` only, and the capture at `to` was not whole then. */
  readonly notKnown: number;
  /** Pure ACKs among `lost`. */
  readonly acksLost: number;
  /** The packets at `from`. */
  readonly packets: readonly PacketRef[];
}

/** How far bytes came. Lanes; null where no NIC saw them. */
export interface Reach {
  /** The last NIC on the way that saw every byte. */
  readonly whole: string | null;
  /** The last NIC that saw any byte, of any transmission. */
  readonly any: string | null;
  /** The last NIC that saw the last transmission. */
  readonly lastTransmission: string | null;
  readonly transmissions: number;
  /** The other side acknowledged the last byte. */
  readonly acknowledged: boolean;
}

export interface RequestReach {
  readonly requestId: string;
  readonly request: Reach;
  /** Null where no NIC saw a byte of a response. */
  readonly response: Reach | null;
}
