/**
 * rtnetlink's answer to "which links are there" (RTM_GETLINK, rtnetlink(7)): bytes in, links out.
 *
 * A message is `nlmsghdr` (16 bytes), `ifinfomsg` (16 bytes), then attributes of (length, type, value), padded to four.
 * Lengths are checked against the bytes that are there; what does not fit ends the message.
 */

export interface Link {
  readonly index: number;
  readonly name: string;
  /** `ARPHRD_*` of linux/if_arp.h. */
  readonly hardwareType: number;
  /** `aa:bb:cc:dd:ee:ff`; absent for links without an Ethernet address. */
  readonly mac?: string;
  readonly mtu?: number;
  /** `veth`, `bridge`, `vxlan`, `tun`, …; absent for hardware and for loopback. */
  readonly kind?: string;
  /** Index of the link below or opposite (veth's peer), in the namespace `peerNamespaceId` where that is present. */
  readonly peerIndex?: number;
  readonly peerNamespaceId?: number;
  /** Index of the bridge or bond that holds the link. */
  readonly masterIndex?: number;
}

interface LinkMessages {
  readonly links: readonly Link[];
  /** True when the kernel said that its answer ends here. */
  readonly done: boolean;
  /** The errno of an error message, where there was one. */
  readonly errno?: number;
}

const HEADER_LENGTH = 16;
const INTERFACE_INFO_LENGTH = 16;
const Message = { error: 2, done: 3, newLink: 16, getLink: 18 } as const;
const FLAGS_REQUEST_DUMP = 0x1 | 0x300;

const Attribute = {
  address: 1,
  name: 3,
  mtu: 4,
  link: 5,
  master: 10,
  linkInfo: 18,
  extensionMask: 29,
  linkNamespaceId: 37,
} as const;
const INFO_KIND = 1;
const SKIP_STATISTICS = 1 << 3;

export const RTNETLINK_GROUP_LINK = 1;

export function linkDumpRequest(sequence: number): Buffer {
  const request = Buffer.alloc(HEADER_LENGTH + INTERFACE_INFO_LENGTH + 8);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(Message.getLink, 4);
  request.writeUInt16LE(FLAGS_REQUEST_DUMP, 6);
  request.writeUInt32LE(sequence, 8);
  request.writeUInt16LE(8, 32);
  request.writeUInt16LE(Attribute.extensionMask, 34);
  request.writeUInt32LE(SKIP_STATISTICS, 36);
  return request;
}

export function parseLinkMessages(bytes: Buffer): LinkMessages {
  const links: Link[] = [];
  let at = 0;
  while (at + HEADER_LENGTH <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    if (length < HEADER_LENGTH || at + length > bytes.length) {
      break;
    }
    const type = bytes.readUInt16LE(at + 4);
    const body = bytes.subarray(at + HEADER_LENGTH, at + length);
    if (type === Message.done) {
      return { links, done: true };
    }
    if (type === Message.error && body.length >= 4) {
      return { links, done: true, errno: -body.readInt32LE(0) };
    }
    if (type === Message.newLink && body.length >= INTERFACE_INFO_LENGTH) {
      links.push(parseLink(body));
    }
    at += align(length);
  }
  return { links, done: false };
}

function parseLink(body: Buffer): Link {
  const found = attributes(body.subarray(INTERFACE_INFO_LENGTH));
  const index = body.readInt32LE(4);
  const address = found.get(Attribute.address);
  const info = found.get(Attribute.linkInfo);
  const kind = info && attributes(info).get(INFO_KIND);
  return {
    index,
    name: text(found.get(Attribute.name)) ?? `if${index}`,
    hardwareType: body.readUInt16LE(2),
    mac:
      address?.length === 6 ? Array.from(address, (byte) => byte.toString(16).padStart(2, '0')).join(':') : undefined,
    mtu: word(found.get(Attribute.mtu)),
    kind: text(kind),
    peerIndex: word(found.get(Attribute.link)),
    peerNamespaceId: word(found.get(Attribute.linkNamespaceId)),
    masterIndex: word(found.get(Attribute.master)),
  };
}

function attributes(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) {
      break;
    }
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += align(length);
  }
  return found;
}

const align = (length: number): number => (length + 3) & ~3;
const word = (value: Buffer | undefined): number | undefined =>
  value !== undefined && value.length >= 4 ? value.readInt32LE(0) : undefined;
const text = (value: Buffer | undefined): string | undefined => value?.toString('utf8').replace(/\0.*$/s, '');
