/** Where the time of a request went. See docs/the-verdict.md. */
import { type Caveat } from '../caveats/caveats';
import { type Fate } from '../losses/loss-attribution';
import { type Side } from '../losses/losses';
import { type Retransmission } from '../losses/retransmissions';
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
  /** The round trip, where two clocks that cannot be compared keep its two ways from being separated. */
  | 'network'
  | 'receiving'
  /** Beyond the last captured NIC these cannot be separated. */
  | 'network-and-server'
  /** For an answer that did not come. */
  | 'waiting';

/** Parts follow each other and add up to the total. */
export interface Part {
  readonly name: PartName;
  readonly ms: number;
  /** Error bars where the part lies between two clocks; the round trip is exact all the same. */
  readonly ifSymmetricMs: number | null;
  readonly atMostMs: number | null;
  /** First and last packet of it; null where only a record says so. */
  readonly from: PacketRef | null;
  readonly to: PacketRef | null;
}

/** Why a sender paused. */
export type PauseKind =
  /** The receive window was full, though not announced as zero. */
  | 'full-window'
  | 'slow-start'
  /** The same after a loss: the congestion window had been reduced. */
  | 'congestion-window'
  /** The sender had nothing to send in the middle of a message. */
  | 'sender-paused';

interface Lost {
  readonly segments: number;
  readonly trigger: Retransmission['trigger'];
  readonly fate: Fate;
}

/** What one cause took of a part's time; worded in cost-text.ts. Costs of different kinds may overlap; none exceeds its part. */
export type Cost = {
  readonly part: PartName;
  readonly ms: number;
  readonly packets: readonly PacketRef[];
} &
  /** Waiting for the retransmission of what was lost: for the retransmission timeout, or less long. */
  (
    | ({ readonly kind: 'timeout' } & Lost)
    | ({ readonly kind: 'retransmission' } & Lost)
    /** Whose window it was. */
    | { readonly kind: 'zero-window'; readonly side: Side }
    | { readonly kind: PauseKind; readonly side: Side }
    | { readonly kind: 'reset'; readonly by: Side; readonly afterMs: number }
  );

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
  /** '' where there is no request, only a connection that failed. */
  readonly requestId: string;
  readonly cause: Cause;
  readonly totalMs: number;
  readonly parts: readonly Part[];
  readonly costs: readonly Cost[];
  /** For a ticket. */
  readonly sentence: string;
  readonly caveats: readonly Caveat[];
}
