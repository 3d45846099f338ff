/**
 * A block of a TPACKET_V3 ring, as the kernel lays it out (linux/if_packet.h), and the cursor over its packets.
 *
 * A block starts with `tpacket_block_desc`; each packet is a `tpacket3_hdr` (48 bytes), a `sockaddr_ll`, then the frame at
 * `tp_mac`. All fields are in host order, little endian here. The cursor reads a copy of the block, so nothing changes
 * under it; offsets that point out of the block end it and are counted.
 */
import { HardwareType } from '../filter/socket-program';
import { type NicTable } from '../nics/nic-table';
import { PacketDirection, PacketMark, type PacketCursor } from '../packet-source';

export const BlockField = { status: 8, packets: 12, firstPacket: 16, length: 20 } as const;
const BLOCK_HEADER_BYTES = 48;

const Packet = { next: 0, sec: 4, nsec: 8, snapLength: 12, length: 16, status: 20, mac: 24, vlanTci: 32 } as const;
const LINK_LAYER_ADDRESS = 48;
const Address = { ifIndex: 4, hardwareType: 8, packetType: 10 } as const;
const MIN_PACKET_BYTES = LINK_LAYER_ADDRESS + 20;

const STATUS_VLAN_VALID = 1 << 4;
const STATUS_GSO_TCP = 1 << 8;
const PACKET_TYPE_OUTGOING = 4;
/** Ethernet header with two VLAN tags: how much longer than its MTU a NIC's packet can be. */
const LINK_LAYER_ALLOWANCE = 22;

/** What the cursor passed over, and why. */
export interface CursorCounts {
  packets: number;
  bytes: number;
  /** Packets of NICs that the user did not select. */
  unselected: number;
  /** Packets shortened by the snap length. */
  shortened: number;
  /** Packets lost because their block did not make sense. */
  malformed: number;
}

export class RingCursor implements PacketCursor {
  readonly view: DataView;
  offset = 0;
  capturedLength = 0;
  wireLength = 0;
  tsSec = 0;
  tsNsec = 0;
  nicId = 0;
  direction = PacketDirection.Unknown;
  marks = 0;
  vlanTci = 0;

  private ring = 0;
  private header = 0;
  private end = 0;
  private left = 0;

  constructor(
    readonly buffer: Uint8Array,
    private readonly nics: NicTable,
    private readonly counts: CursorCounts
  ) {
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  /** Puts the cursor before the first packet of the block that lies at `offset`. A length of 0 is an empty batch. */
  reset(ring: number, offset: number, length: number): void {
    this.ring = ring;
    this.end = offset + length;
    this.left = length < BLOCK_HEADER_BYTES ? 0 : this.view.getUint32(offset + BlockField.packets, true);
    this.header = this.left === 0 ? 0 : offset + this.view.getUint32(offset + BlockField.firstPacket, true);
  }

  next(): boolean {
    const { view } = this;
    while (this.left > 0) {
      const header = this.header;
      if (header + MIN_PACKET_BYTES > this.end) {
        return this.giveUp();
      }
      const frame = header + view.getUint16(header + Packet.mac, true);
      const captured = view.getUint32(header + Packet.snapLength, true);
      if (frame + captured > this.end) {
        return this.giveUp();
      }
      this.left--;
      this.header = header + view.getUint32(header + Packet.next, true);

      const address = header + LINK_LAYER_ADDRESS;
      const nicId = this.nics.idOf(this.ring, view.getInt32(address + Address.ifIndex, true));
      if (nicId < 0) {
        this.counts.unselected++;
        continue;
      }
      const status = view.getUint32(header + Packet.status, true);
      const wireLength = view.getUint32(header + Packet.length, true);
      const mtu = this.nics.mtuOf(nicId);
      this.nicId = nicId;
      this.offset = frame;
      this.capturedLength = captured;
      this.wireLength = wireLength;
      this.tsSec = view.getUint32(header + Packet.sec, true);
      this.tsNsec = view.getUint32(header + Packet.nsec, true);
      // Both ends of a loopback packet are the NIC's own side.
      this.direction =
        view.getUint16(address + Address.hardwareType, true) === HardwareType.loopback
          ? PacketDirection.Unknown
          : view.getUint8(address + Address.packetType) === PACKET_TYPE_OUTGOING
            ? PacketDirection.Outgoing
            : PacketDirection.Incoming;
      this.marks = 0;
      this.vlanTci = 0;
      if ((status & STATUS_GSO_TCP) !== 0 || (mtu > 0 && wireLength > mtu + LINK_LAYER_ALLOWANCE)) {
        this.marks = PacketMark.Gso;
      }
      if ((status & STATUS_VLAN_VALID) !== 0) {
        this.marks |= PacketMark.VlanStripped;
        this.vlanTci = view.getUint32(header + Packet.vlanTci, true) & 0xffff;
      }
      this.counts.packets++;
      this.counts.bytes += captured;
      if (captured < wireLength) {
        this.counts.shortened++;
      }
      return true;
    }
    return false;
  }

  private giveUp(): false {
    this.counts.malformed += this.left;
    this.left = 0;
    return false;
  }
}
