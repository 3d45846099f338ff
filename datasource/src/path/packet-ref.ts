/** How a result refers to packets and NICs. */

/** One captured packet: where it was seen and its place in the records. */
export interface PacketRef {
  /** `inner_traceid`: the connection at the NIC. */
  readonly flowId: string;
  readonly chunkId: number;
  /** Place in the chunk's columns, from 0. */
  readonly index: number;
  /** Absolute sequence number. */
  readonly seq: number;
  /** On the clock of the NIC's host, ns since the Unix epoch, decimal. */
  readonly tsNs: string;
}

export interface NicPlace {
  /** `inner_traceid`. */
  readonly flowId: string;
  readonly host: string;
  readonly nicName: string;
  /** '' where the NIC is no pod's. */
  readonly podName: string;
  /** 0, 1, … from client to server. */
  readonly order: number;
}

/** `eth0 of cart-7f9c`, `cni0 on node-a`. */
export function placeText({ podName, nicName, host }: Pick<NicPlace, 'podName' | 'nicName' | 'host'>): string {
  return podName === '' ? `${nicName} on ${host}` : `${nicName} of ${podName}`;
}
