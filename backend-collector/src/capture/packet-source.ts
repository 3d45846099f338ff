/**
 * Where packets come from. A live ring and a capture file both end here, so that everything after this
 * point is the same code in production and in tests.
 *
 * A source yields batches. A batch is a cursor over packets that lie in one piece of memory; the cursor is
 * moved with `next()` and read in place. Nothing is allocated per packet: what the cursor says is valid only until the next call
 * of `next()`. The bytes themselves stay where they are until the next batch is asked for.
 */

/** How the packet passed the NIC, where the capture says so. (Linux: `sll_pkttype` 4 is outgoing, the others incoming.) */
export const enum PacketDirection {
  Unknown = 0,
  Incoming = 1,
  Outgoing = 2,
}

/** Marks on a packet, as bits. */
export const enum PacketMark {
  /** The frame is a GSO/GRO super-segment: larger than the wire's segments, to be matched by byte range only. */
  Gso = 1,
  /** The NIC stripped the outermost VLAN tag; `PacketCursor.vlanTci` holds it. */
  VlanStripped = 2,
}

export interface PacketCursor {
  /** Moves to the next packet of the batch. False at its end. */
  next(): boolean;
  /** The memory in which the packet lies, and a view of the same memory. */
  readonly buffer: Uint8Array;
  readonly view: DataView;
  /** First byte of the link layer in `buffer`. */
  readonly offset: number;
  /** Bytes captured, from `offset` on. */
  readonly capturedLength: number;
  /** Bytes that the packet had on the wire; at least `capturedLength` in a sound capture. */
  readonly wireLength: number;
  /** Seconds since the Unix epoch (UTC), whole. */
  readonly tsSec: number;
  /** Nanoseconds within that second, 0..999 999 999. */
  readonly tsNsec: number;
  /** Index into `PacketSource.nics`. */
  readonly nicId: number;
  readonly direction: PacketDirection;
  /** `PacketMark` bits. */
  readonly marks: number;
  /** 802.1Q tag control information, where `marks` has `VlanStripped`; else 0. */
  readonly vlanTci: number;
}

/** A NIC as the source knows it. Index in `PacketSource.nics` = `PacketCursor.nicId`; entries are only ever added or completed. */
export interface Nic {
  /** Interface name as the kernel or the capture file says it; for a file without one, `file:<base name>`. */
  readonly name: string;
  /** Link type of its packets, a `LINKTYPE_` number of the tcpdump.org registry (1 Ethernet, 101 raw IP, 113 and 276 Linux cooked). */
  readonly linkType: number;
  /** Hardware address as `aa:bb:cc:dd:ee:ff`, where known. */
  readonly mac?: string;
  /** Kernel interface index, where known. */
  readonly ifIndex?: number;
  /** The namespace that it lives in, as `net:[4026531840]` or a configured name; absent where unknown. */
  readonly netns?: string;
  /** True for veth, bridge, tunnel, tap and the like; absent where unknown. */
  readonly virtual?: boolean;
  /** What the kernel calls its kind: `veth`, `bridge`, `vxlan`, `tun`, …; absent for hardware, for loopback and where unknown. */
  readonly kind?: string;
  /**
   * Kernel index of the NIC opposite (veth) or below (VLAN, macvlan), where there is one. It counts in the namespace that `peerNetnsId` names
   * from here, or in the NIC's own where that is absent.
   */
  readonly peerIfIndex?: number;
  readonly peerNetnsId?: number;
  /** Kernel index of the bridge or bond that holds it, in its own namespace. */
  readonly masterIfIndex?: number;
  /** True where the NIC is in the host's own network namespace; absent where unknown. */
  readonly hostNetwork?: boolean;
  /** Who owns the namespace that the NIC is in. */
  readonly owner?: NicOwner;
}

export interface NicOwner {
  readonly k8sNamespace?: string;
  readonly podName?: string;
  readonly containerName?: string;
  readonly containerId?: string;
}

/** Counters of a source since it was opened. Drops are counted per stage. */
export interface SourceStats {
  /** Packets handed over by the cursor. */
  packets: number;
  /** Bytes captured of them. */
  bytes: number;
  /** Packets that the kernel had no room for in the ring. 0 for files. */
  kernelDrops: number;
  /** Times that the kernel froze the ring queue because the reader was behind. 0 for files. */
  freezes: number;
}

/** Where a socket is bound, as packets say it. */
export interface SocketAddress {
  /** IP protocol number: 6 TCP, 17 UDP. */
  readonly protocol: number;
  readonly ipVersion: number;
  /** The address is `addresses[at]` for IPv4, `addresses[at … at + 3]` for IPv6; the first byte is a word's highest. */
  readonly addresses: Int32Array;
  readonly at: number;
  readonly port: number;
}

/** Which ports the captured namespaces listen on now; distinguishes servers from clients where no handshake was seen. */
export interface ListeningPorts {
  /** Does a socket of the NIC's namespace listen there? True for any address where it listens on all. */
  isListening(nicId: number, address: SocketAddress): boolean;
}

export interface PacketSource {
  readonly nics: readonly Nic[];
  /** Live sources only. */
  readonly listeningPorts?: ListeningPorts;
  readonly stats: Readonly<SourceStats>;
  /**
   * The batches, in the order of capture. Ends at the end of the file, or after `close()`.
   * Live sources yield an empty batch at least once a second, so that the flow table can age.
   * Throws a `CollectorError` (errors.ts) after everything that could be read was yielded.
   */
  batches(): AsyncIterable<PacketCursor>;
  /** Stops the source; what was captured already is still yielded. */
  close(): Promise<void>;
}
