/**
 * Asks the kernel which ports the captured namespaces listen on: at the start, then at most every `REFRESH_MS`.
 *
 * A list that was opened in a namespace stays that namespace's for whoever reads it, so no privilege is needed later. Reading a TCP list ends
 * at the first connection: a host with many of them costs no more than one with few.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { type ListeningPorts, type SocketAddress } from '../packet-source';
import { isPastListening, Listeners, SOCKET_LISTS, type SocketList } from './listeners';

/** Open files of a namespace; what the kernel does not have is absent. */
export type SocketLists = Readonly<Partial<Record<SocketList, number>>>;

const REFRESH_MS = 20_000;
const PIECE_BYTES = 1 << 14;
/** Of a list of UDP sockets; about seven thousand of them. */
const MOST_BYTES = 1 << 20;

/** Opens the lists of the calling thread's network namespace. */
export function openSocketLists(): SocketLists {
  const opened: Partial<Record<SocketList, number>> = {};
  for (const list of SOCKET_LISTS) {
    try {
      opened[list] = openSync(`/proc/thread-self/net/${list}`, 'r');
    } catch {
      // No IPv6, or no /proc: then roles are known from the packets alone.
    }
  }
  return opened;
}

export function closeSocketLists(lists: SocketLists): void {
  Object.values(lists).forEach((fd) => closeSync(fd));
}

export class NamespaceListeners implements ListeningPorts {
  private byNamespace: readonly Listeners[] = [];
  private dueMs = 0;

  constructor(
    private readonly lists: readonly SocketLists[],
    private readonly namespaceOf: (nicId: number) => number
  ) {}

  /** Reads the lists anew where it is time. */
  refresh(nowMs: number): void {
    if (nowMs >= this.dueMs) {
      this.dueMs = nowMs + REFRESH_MS;
      this.byNamespace = this.lists.map(readListeners);
    }
  }

  isListening(nicId: number, address: SocketAddress): boolean {
    return this.byNamespace.at(this.namespaceOf(nicId))?.has(address) === true;
  }
}

function readListeners(lists: SocketLists): Listeners {
  const listeners = new Listeners();
  for (const list of SOCKET_LISTS) {
    const fd = lists[list];
    if (fd !== undefined) {
      try {
        listeners.add(list, readList(fd, list.startsWith('tcp')));
      } catch {
        // The namespace is gone, and its packets with it.
      }
    }
  }
  return listeners;
}

function readList(fd: number, untilFirstConnection: boolean): string {
  const piece = Buffer.alloc(PIECE_BYTES);
  let text = '';
  for (let at = 0; at < MOST_BYTES;) {
    const length = readSync(fd, piece, 0, piece.length, at);
    if (length === 0) {
      break;
    }
    at += length;
    const lines = piece.toString('latin1', 0, length);
    text += lines;
    if (untilFirstConnection && isPastListening(lines.trimEnd().split('\n').pop() ?? '')) {
      break;
    }
  }
  return text;
}
