import { type Fault, type WireDirection } from './fault';

export type DropReason =
  /** The loss rule chose it. */
  | 'fault'
  /** The other host's NIC did not take it, for instance because it was down. */
  | 'refused-by-nic';

/** A frame that entered the wire at one host and did not leave it at the other. Addresses are those inside of the tunnel. */
export interface Dropped {
  /** Nanoseconds since the Unix epoch, in decimal. */
  readonly tsNs: string;
  readonly direction: WireDirection;
  readonly reason: DropReason;
  /** Size of the whole frame on the wire. */
  readonly frameBytes: number;
  /** What follows is absent where the frame was not TCP or UDP. */
  readonly l4Proto?: 'tcp' | 'udp';
  readonly srcIp?: string;
  readonly srcPort?: number;
  readonly dstIp?: string;
  readonly dstPort?: number;
  readonly ipId?: number;
  readonly seq?: number;
  readonly flags?: number;
  readonly payloadBytes?: number;
}

type PerDirection = Readonly<Record<WireDirection, number>>;

/** The wire's answer to a command. Counters are frames since the start. */
export type WireStatus =
  | { readonly ok: true; readonly fault: Fault; readonly carried: PerDirection; readonly dropped: PerDirection }
  | { readonly ok: false; readonly reason: string };
