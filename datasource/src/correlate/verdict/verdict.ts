/** Where the time of a request went. See docs/the-verdict.md. */
import { type Caveat } from '../caveats/caveats';
import { type PacketRef } from '../../path/packet-ref';

export type PartName =
  | 'name-resolution'
  | 'connect'
  | 'tls'
  /** The client had all it needed and had not sent yet. */
  | 'client'
  | 'sending'
  /** From the first transmission of the request's last byte to the one that arrived. */
  | 'request-retransmission'
  | 'network-request'
  | 'server'
  /** The same for the response's first byte. */
  | 'response-retransmission'
  | 'network-response'
  /** There and back, where two clocks that cannot be compared keep them from being told apart. */
  | 'network'
  | 'receiving'
  /** Beyond the last NIC that was captured these cannot be told apart. */
  | 'network-and-server'
  /** For an answer that did not come. */
  | 'waiting';

/** Parts follow each other and add up to the total. */
export interface Part {
  readonly name: PartName;
  readonly ms: number;
  /** Error bars where the part lies between two clocks; the sum of there and back is exact all the same. */
  readonly ifSymmetricMs: number | null;
  readonly atMostMs: number | null;
  /** First and last packet of it; null where only a record says so. */
  readonly from: PacketRef | null;
  readonly to: PacketRef | null;
}

export type CostKind =
  /** Waiting for what was lost to be sent again, upon duplicate ACKs and upon a timer. */
  | 'retransmission'
  | 'timeout'
  | 'zero-window'
  /** The receive window was used up, though not announced as zero. */
  | 'full-window'
  | 'slow-start'
  /** The same after a loss: the congestion window had been cut. */
  | 'congestion-window'
  /** The sender had nothing to send in the middle of a message. */
  | 'sender-paused'
  | 'reset';

/** What one cause took of a part's time. Costs of different kinds may overlap; none exceeds its part. */
export interface Cost {
  readonly kind: CostKind;
  readonly part: PartName;
  readonly ms: number;
  readonly packets: readonly PacketRef[];
  /** A whole sentence. */
  readonly text: string;
}

export type Cause =
  /** Answered within 20 ms, and nothing was lost. */
  | 'fast'
  | 'slow-server'
  | 'slow-network'
  | 'slow-name-resolution'
  | 'slow-connect'
  | 'slow-tls'
  | 'slow-client'
  | 'transfer'
  | 'loss'
  | 'zero-window'
  /** Most of the time was spent beyond what was captured. */
  | 'beyond'
  | 'request-lost'
  | 'response-lost'
  | 'no-response'
  | 'not-known'
  | 'refused'
  | 'no-connection'
  | 'reset';

export interface Verdict {
  /** '' where there is no request, only a connection that came to nothing. */
  readonly requestId: string;
  readonly cause: Cause;
  readonly totalMs: number;
  readonly parts: readonly Part[];
  readonly costs: readonly Cost[];
  /** For a ticket. */
  readonly sentence: string;
  readonly caveats: readonly Caveat[];
}
