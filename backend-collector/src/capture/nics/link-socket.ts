/**
 * An rtnetlink socket of one network namespace: asks for all links, and hears of changes (RTNLGRP_LINK).
 *
 * A netlink socket belongs to the namespace that it was opened in, for whichever thread uses it later. A dump is one
 * synchronous exchange with the kernel, below a millisecond for tens of links; it never waits longer than a second.
 */
import { type Libc } from '../libc';
import { type Link, linkDumpRequest, parseLinkMessages, RTNETLINK_GROUP_LINK } from './link-message';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_ROUTE = 0;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const MSG_DONTWAIT = 0x40;

export interface LinkSocket {
  readonly requests: number;
  readonly events: number;
}

/** Opens the sockets in the calling thread's network namespace. Throws a `SystemCallError`. */
export function openLinkSocket(libc: Libc): LinkSocket {
  const opened: number[] = [];
  const open = (groups: number): number => {
    const fd = libc.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
    opened.push(fd);
    const address = Buffer.alloc(12);
    address.writeUInt16LE(AF_NETLINK, 0);
    address.writeUInt32LE(groups, 8);
    libc.bind(fd, address);
    return fd;
  };
  try {
    const requests = open(0);
    const oneSecond = Buffer.alloc(16);
    oneSecond.writeBigInt64LE(1n, 0);
    libc.setOption(requests, SOL_SOCKET, SO_RCVTIMEO, oneSecond);
    return { requests, events: open(1 << (RTNETLINK_GROUP_LINK - 1)) };
  } catch (error) {
    opened.forEach((fd) => libc.close(fd));
    throw error;
  }
}

export function closeLinkSocket(libc: Libc, socket: LinkSocket): void {
  libc.close(socket.requests);
  libc.close(socket.events);
}

let sequence = 0;

/** All links of the socket's namespace. Throws a `SystemCallError` or, where the kernel returns an error, an Error. */
export function dumpLinks(libc: Libc, socket: LinkSocket): readonly Link[] {
  const answer = Buffer.alloc(64 * 1024);
  while (libc.receive(socket.requests, answer, MSG_DONTWAIT) > 0) {
    // The rest of a dump that was abandoned.
  }
  libc.send(socket.requests, linkDumpRequest(++sequence));
  const links: Link[] = [];
  for (;;) {
    const length = libc.receive(socket.requests, answer, 0);
    if (length <= 0) {
      return links;
    }
    const parsed = parseLinkMessages(answer.subarray(0, length));
    if (parsed.errno !== undefined && parsed.errno !== 0) {
      throw new Error(`the kernel did not list the network interfaces (errno ${parsed.errno})`);
    }
    links.push(...parsed.links);
    if (parsed.done) {
      return links;
    }
  }
}

/** True when links came, went or changed since the last call. Never blocks. */
export function linksChanged(libc: Libc, socket: LinkSocket): boolean {
  const event = Buffer.alloc(16 * 1024);
  let changed = false;
  try {
    while (libc.receive(socket.events, event, MSG_DONTWAIT) > 0) {
      changed = true;
    }
  } catch {
    changed = true; // ENOBUFS: more events than the socket could hold
  }
  return changed;
}
