/**
 * Drops what the process no longer needs once its sockets are open.
 *
 * Needed to open: CAP_NET_RAW for packet sockets, CAP_SYS_ADMIN to enter other network namespaces. After that reading the
 * rings, replacing their filters and listing NICs need nothing, so all capabilities go (effective, permitted, inheritable),
 * and no_new_privs keeps a later exec from getting any back.
 *
 * Capabilities belong to a thread. The main thread and the ring's worker each call this; threads that start later inherit
 * the empty set. Threads that ran before keep theirs: V8's own (they run no JavaScript) and those of libuv's pool, if
 * something used the file system before. A process that runs as root still owns root's files, but can no longer pass over
 * the permissions of other users' files.
 */
import { type Libc } from '../libc';

const CAPABILITY_VERSION_3 = 0x2008_0522;
const PR_SET_NO_NEW_PRIVS = 38;

/** Drops all capabilities of the calling thread, for good. */
export function dropCapabilities(libc: Libc): void {
  libc.prctl(PR_SET_NO_NEW_PRIVS, 1);
  const header = Buffer.alloc(8);
  header.writeUInt32LE(CAPABILITY_VERSION_3, 0);
  libc.capset(header, Buffer.alloc(24));
}
