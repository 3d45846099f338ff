/**
 * Which NIC a packet was seen at: (ring, kernel index) → index into `PacketSource.nics`.
 *
 * Invariants: entries of `nics` are only added. A NIC that is renamed gets a new entry, and so does an index that the kernel
 * gives to another NIC. An index that is not known yet is looked up at its first packet, before that packet is handed on;
 * a NIC that is gone by then is called `if<index>`.
 */
import { LinkType } from '../../wire/link-type';
import { type Nic, type NicOwner } from '../packet-source';
import { type Link } from './link-message';
import { type NicSelection } from './nic-pattern';

interface NicNamespace {
  /** As in `Nic.netns`. */
  readonly name: string;
  readonly hostNetwork: boolean;
  readonly owner?: NicOwner;
}

/** In `NicTable.idOf`: not looked up yet; looked up, but not selected by the user. */
const NIC_UNKNOWN = -1;
export const NIC_EXCLUDED = -2;

const MAX_DIRECT_INDEX = 65_535;

/** Hardware types whose packets have an Ethernet header; all others start with the IP header on a packet socket. */
const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;

export class NicTable {
  readonly nics: Nic[] = [];
  private readonly idsByNamespace: Int32Array[] = [];
  private readonly farIds: Array<Map<number, number>> = [];
  private readonly linksByNamespace: Array<Map<number, Link>> = [];
  private readonly mtus: number[] = [];
  private readonly namespaceIndexes: number[] = [];

  constructor(
    private readonly namespaces: readonly NicNamespace[],
    private readonly selection: NicSelection,
    private readonly listLinks: (namespace: number) => readonly Link[]
  ) {
    namespaces.forEach(() => {
      this.idsByNamespace.push(new Int32Array(256).fill(NIC_UNKNOWN));
      this.farIds.push(new Map());
      this.linksByNamespace.push(new Map());
    });
  }

  /** The id of a NIC, or `nicExcluded`. Looks the namespace's NICs up again where the index is new. */
  idOf(namespace: number, ifIndex: number): number {
    const id = this.knownId(namespace, ifIndex);
    return id === NIC_UNKNOWN ? this.lookUp(namespace, ifIndex) : id;
  }

  /** Which of the namespaces the NIC is in. */
  namespaceOf(nicId: number): number {
    return this.namespaceIndexes[nicId];
  }

  /** Largest IP packet that the NIC sends as one, bytes; 0 where unknown. */
  mtuOf(nicId: number): number {
    return this.mtus[nicId] ?? 0;
  }

  /** Asks the kernel for the NICs of a namespace. Throws what `listLinks` throws. */
  refresh(namespace: number): void {
    const found = this.listLinks(namespace);
    found.forEach((link) => this.enter(namespace, link));
    const links = this.linksByNamespace[namespace];
    const there = new Set(found.map((link) => link.index));
    // Packets of a NIC that is gone may still be on their way: its id stays.
    [...links.keys()].filter((index) => !there.has(index)).forEach((index) => links.delete(index));
  }

  allNames(): readonly string[] {
    return this.linksByNamespace.flatMap((links) => [...links.values()].map((link) => link.name));
  }

  /** Kernel indexes of a namespace's NICs that the user does not want. */
  excludedIndexes(namespace: number): readonly number[] {
    return [...this.linksByNamespace[namespace].keys()].filter(
      (index) => this.knownId(namespace, index) === NIC_EXCLUDED
    );
  }

  private lookUp(namespace: number, ifIndex: number): number {
    try {
      this.refresh(namespace);
    } catch {
      // The packet counts for more than its NIC's name: it is handed on under its index.
    }
    const id = this.knownId(namespace, ifIndex);
    return id === NIC_UNKNOWN
      ? this.enter(namespace, { index: ifIndex, name: `if${ifIndex}`, hardwareType: ARPHRD_ETHER })
      : id;
  }

  private enter(namespace: number, link: Link): number {
    const links = this.linksByNamespace[namespace];
    const known = links.get(link.index);
    links.set(link.index, link);
    if (known !== undefined && known.name === link.name && known.mac === link.mac) {
      const id = this.knownId(namespace, link.index);
      if (id >= 0) {
        this.mtus[id] = link.mtu ?? 0;
      }
      return id;
    }
    const id = this.selection.selects(link.name) ? this.add(namespace, link) : NIC_EXCLUDED;
    this.setId(namespace, link.index, id);
    return id;
  }

  private add(namespace: number, link: Link): number {
    const { name, hostNetwork, owner } = this.namespaces[namespace];
    const ethernet = link.hardwareType === ARPHRD_ETHER || link.hardwareType === ARPHRD_LOOPBACK;
    this.nics.push({
      name: link.name,
      linkType: ethernet ? LinkType.Ethernet : LinkType.RawIp,
      mac: link.mac,
      ifIndex: link.index,
      netns: name,
      kind: link.kind,
      peerIfIndex: link.peerIndex === 0 ? undefined : link.peerIndex,
      peerNetnsId: link.peerNamespaceId,
      masterIfIndex: link.masterIndex,
      virtual: link.kind !== undefined || link.hardwareType === ARPHRD_LOOPBACK,
      hostNetwork,
      owner,
    });
    this.mtus.push(link.mtu ?? 0);
    this.namespaceIndexes.push(namespace);
    return this.nics.length - 1;
  }

  private knownId(namespace: number, ifIndex: number): number {
    const ids = this.idsByNamespace[namespace];
    return ifIndex < ids.length ? ids[ifIndex] : (this.farIds[namespace].get(ifIndex) ?? NIC_UNKNOWN);
  }

  private setId(namespace: number, ifIndex: number, id: number): void {
    let ids = this.idsByNamespace[namespace];
    if (ifIndex > MAX_DIRECT_INDEX) {
      this.farIds[namespace].set(ifIndex, id);
      return;
    }
    if (ifIndex >= ids.length) {
      const grown = new Int32Array(2 ** Math.ceil(Math.log2(ifIndex + 1))).fill(NIC_UNKNOWN);
      grown.set(ids);
      this.idsByNamespace[namespace] = ids = grown;
    }
    ids[ifIndex] = id;
  }
}
