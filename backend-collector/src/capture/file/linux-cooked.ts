/** What the header of a Linux cooked capture says beside the protocol: which way the packet went, and (version 2) at which NIC. */
import { PacketDirection } from '../packet-source';

/** LINKTYPE_LINUX_SLL: the packet type, bytes 0 and 1. LINKTYPE_LINUX_SLL2: byte 10. 4 is "sent by this host". */
const OUTGOING = 4;

export function directionOfCooked(packetType: number): PacketDirection {
  return packetType === OUTGOING ? PacketDirection.Outgoing : PacketDirection.Incoming;
}
