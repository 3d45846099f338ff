/** Where the time of a request went. */
import { type Caveat } from './caveats';
import { type PacketRef } from './packet-ref';

export type PartName =
  | 'name-resolution'
  | 'connect'
  | 'tls'
  /** The client had all it needed and had not sent yet. */
  | 'client'
  | 'sending'
  /** From the first transmission of the request's last byte to the one that arrived. */
  | 'request-resent'
  | 'network-there'
  | 'server'
  | 'response-resent'
  | 'network-back'
  | 'receiving'
  /** Beyond what was captured these cannot be told apart. */
  | 'network-and-server'
  | 'network-and-client'
  /** No answer. */
  | 'waiting';

/** Parts follow each other and add up to the total. */
export interface Part {
  readonly name: PartName;
  readonly ms: number;
  /** Where the part lies between two clocks; the sum of there and back is exact all the same. */
  readonly ifSymmetricMs: number | null;
  readonly atMostMs: number | null;
  /** First and last packet of it; null where only the record says so. */
  readonly from: PacketRef | null;
  readonly to: PacketRef | null;
}

export type CostKind =
  | 'retransmission'
  | 'timeout'
  | 'syn-retransmission'
  | 'zero-window'
  | 'full-window'
  | 'slow-start'
  | 'congestion-window'
  | 'server-paused'
  | 'reset';

/** Of a part's time, what one cause took. Costs of one part may overlap each other, never exceed it. */
export interface Cost {
  readonly kind: CostKind;
  readonly part: PartName;
  readonly ms: number;
  readonly packets: readonly PacketRef[];
  /** A whole sentence. */
  readonly text: string;
}

export type Cause =
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
  | 'request-lost'
  | 'response-lost'
  | 'no-response'
  | 'not-known'
  | 'refused'
  | 'no-connection'
  | 'reset';

export interface Verdict {
  readonly requestId: string;
  readonly cause: Cause;
  readonly totalMs: number;
  readonly parts: readonly Part[];
  readonly costs: readonly Cost[];
  /** For a ticket. */
  readonly sentence: string;
  readonly caveats: readonly Caveat[];
}
