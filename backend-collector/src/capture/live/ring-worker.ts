/**
 * The thread that reads the kernel's rings, and does nothing else: waits for a block, copies it into shared
 * memory, hands it back. It never parses a packet.
 *
 * It opens the rings itself, because only a thread can be in another network namespace. Entering, opening and coming back
 * are one synchronous sequence; should the way back fail, the process is aborted, since everything after it would run in
 * the wrong namespace.
 *
 * The last reading: a filter that rejects everything is attached first, then blocks are read until the kernel's count
 * (arrived less dropped) equals the packets read. So at the end packets read + kernel drops = packets sent, exactly.
 */
import { closeSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CollectorError } from '../../errors';
import { REFUSE_ALL } from '../filter/socket-program';
import { closeLinkSocket, type LinkSocket, openLinkSocket } from '../nics/link-socket';
import { closeSocketLists, openSocketLists, type SocketLists } from '../nics/listening-ports';
import { BlockQueue } from './block-queue';
import { type Libc, loadLibc } from '../libc';
import { openingError } from './opening-error';
import {
  attachFilter,
  clearSocketError,
  closeRing,
  openRing,
  type PacketRing,
  readStatistics,
  RingReader,
} from './packet-ring';
import { dropCapabilities } from './privileges';
import { type WorkerMessage, type WorkerStart } from './worker-protocol';

const POLLIN = 1;
const POLLERR = 8;
const STATISTICS_EVERY_MS = 1000;
const READER_NICE = -10;
const ROOM_WAIT_MS = 100;
const LAST_READING_MS = { atLeast: 30, silence: 1000, poll: 5 } as const;

interface OpenRing {
  readonly ring: PacketRing;
  readonly links: LinkSocket;
  readonly socketLists: SocketLists;
}

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function openAll(libc: Libc, start: WorkerStart): readonly OpenRing[] {
  const opened: OpenRing[] = [];
  try {
    for (const namespace of start.namespaces) {
      try {
        opened.push(inNamespace(libc, namespace.path, () => openBoth(libc, namespace.ringBytes, start)));
      } catch (error) {
        throw openingError(error, namespace);
      }
    }
    return opened;
  } catch (error) {
    opened.forEach((each) => closeBoth(libc, each));
    throw error;
  }
}

function openBoth(libc: Libc, ringBytes: number, start: WorkerStart): OpenRing {
  const links = openLinkSocket(libc);
  try {
    return { links, ring: openRing(libc, ringBytes, start.program), socketLists: openSocketLists() };
  } catch (error) {
    closeLinkSocket(libc, links);
    throw error;
  }
}

function closeBoth(libc: Libc, opened: OpenRing): void {
  closeRing(libc, opened.ring);
  closeLinkSocket(libc, opened.links);
  closeSocketLists(opened.socketLists);
}

/** Must stay free of `await`: nothing else may run on this thread before it is back. */
function inNamespace<T>(libc: Libc, path: string | undefined, open: () => T): T {
  if (path === undefined) {
    return open();
  }
  const home = openSync('/proc/thread-self/ns/net', 'r');
  try {
    const there = openSync(path, 'r');
    try {
      libc.enterNetworkNamespace(there);
    } finally {
      closeSync(there);
    }
    try {
      return open();
    } finally {
      try {
        libc.enterNetworkNamespace(home);
      } catch {
        process.abort();
      }
    }
  } finally {
    closeSync(home);
  }
}

class RingLoop {
  private readonly readers: readonly RingReader[];
  private readonly delivered: number[];
  private readonly pollfds: Buffer;
  private nextStatisticsMs = 0;

  constructor(
    private readonly libc: Libc,
    private readonly rings: readonly OpenRing[],
    private readonly queue: BlockQueue,
    private readonly wakeFd: number
  ) {
    this.readers = rings.map(({ ring }) => new RingReader(ring));
    this.delivered = rings.map(() => 0);
    this.pollfds = Buffer.alloc((rings.length + 1) * 8);
    [...rings.map(({ ring }) => ring.fd), wakeFd].forEach((fd, index) => {
      this.pollfds.writeInt32LE(fd, index * 8);
      this.pollfds.writeInt16LE(POLLIN, index * 8 + 4);
    });
  }

  run(): void {
    while (!this.queue.stopRequested) {
      if (!this.takeReadyBlocks()) {
        this.wait(Math.max(1, this.nextStatisticsMs - performance.now()));
      }
      this.reportWhenDue();
    }
    if (!this.queue.abandoned) {
      this.readTheRest();
    }
    this.report();
  }

  /** True when there was something to take. */
  private takeReadyBlocks(): boolean {
    let took = false;
    this.readers.forEach((reader, index) => {
      // A ring at a time, and no longer than once around it, so that a busy namespace cannot starve the others.
      for (let left = this.rings[index].ring.blocks; left > 0 && reader.ready; left--) {
        const length = reader.readyBytes;
        const offset = this.waitForRoom(length);
        if (offset === undefined) {
          return;
        }
        reader.take(this.queue.bytes, offset);
        took = true;
        if (this.queue.publish(index, offset, length)) {
          post({ kind: 'wake' });
        }
      }
    });
    return took;
  }

  /** Undefined when the main thread will take nothing more. */
  private waitForRoom(length: number): number | undefined {
    for (;;) {
      if (this.queue.abandoned) {
        return undefined;
      }
      const offset = this.queue.acquire(length, ROOM_WAIT_MS);
      if (offset >= 0) {
        return offset;
      }
      this.reportWhenDue();
    }
  }

  private wait(timeoutMs: number): void {
    const count = this.rings.length + 1;
    if (this.libc.poll(this.pollfds, count, timeoutMs) === 0) {
      return;
    }
    this.rings.forEach(({ ring }, index) => {
      if ((this.pollfds.readInt16LE(index * 8 + 6) & POLLERR) !== 0) {
        clearSocketError(this.libc, ring.fd);
      }
    });
  }

  private readTheRest(): void {
    this.rings.forEach(({ ring }) => attachFilter(this.libc, ring.fd, REFUSE_ALL));
    const earliest = performance.now() + LAST_READING_MS.atLeast;
    let lastProgress = performance.now();
    // The wake-up that asked to stop is still readable; only the rings matter now.
    this.pollfds.writeInt32LE(-1, this.rings.length * 8);
    while (!this.queue.abandoned) {
      if (this.takeReadyBlocks()) {
        lastProgress = performance.now();
      }
      const now = performance.now();
      if (now >= earliest) {
        this.report();
        if (this.readers.every((reader, index) => reader.packets >= this.delivered[index])) {
          return;
        }
      }
      if (now - lastProgress > LAST_READING_MS.silence) {
        return;
      }
      this.wait(LAST_READING_MS.poll);
    }
  }

  private reportWhenDue(): void {
    const now = performance.now();
    if (now >= this.nextStatisticsMs) {
      this.nextStatisticsMs = now + STATISTICS_EVERY_MS;
      this.report();
    }
  }

  private report(): void {
    let [packets, drops, freezes] = [0, 0, 0];
    this.rings.forEach(({ ring }, index) => {
      const counted = readStatistics(this.libc, ring.fd);
      this.delivered[index] += counted.packets - counted.drops;
      packets += counted.packets;
      drops += counted.drops;
      freezes += counted.freezes;
    });
    if (packets > 0 || freezes > 0) {
      post({ kind: 'statistics', packets, drops, freezes });
    }
  }
}

/** On a busy machine a late reader loses packets; this thread does little, so it may go before others where that is allowed. */
function goFirst(libc: Libc): void {
  try {
    libc.setThreadNice(READER_NICE);
  } catch {
    // Needs CAP_SYS_NICE; without it the reader is one among many.
  }
}

async function main(): Promise<void> {
  const start = workerData as WorkerStart;
  const libc = await loadLibc();
  const rings = openAll(libc, start);
  const wakeFd = libc.eventfd();
  goFirst(libc);
  if (!start.keepPrivileges) {
    dropCapabilities(libc);
  }
  const opened = rings.map(({ ring, links, socketLists }) => ({ fd: ring.fd, links, socketLists }));
  post({ kind: 'opened', wakeFd, rings: opened });
  const queue = new BlockQueue(start.blocks);
  if (start.stallMs > 0) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, start.stallMs);
  }
  try {
    new RingLoop(libc, rings, queue, wakeFd).run();
  } finally {
    // The main thread closes the descriptors once this thread has ended: it uses them too.
    rings.forEach(({ ring }) => libc.unmap(ring.memory));
  }
}

main()
  .then(() => post({ kind: 'done' }))
  .catch((error: unknown) => {
    const known = error instanceof CollectorError;
    const message = error instanceof Error ? error.message : String(error);
    post({
      kind: 'failed',
      errorKind: known ? error.kind : 'not-supported',
      message: known ? message : `The live capture broke off: ${message}.`,
    });
  });
