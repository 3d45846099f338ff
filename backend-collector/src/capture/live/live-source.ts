/**
 * Packets from every NIC of this network namespace and of others, as they pass.
 *
 * A worker thread (ring-worker.ts) copies the kernel's blocks into shared memory; the cursor here walks them in place. When
 * the consumer is slower than the traffic, shared memory stays full, the worker stops handing blocks back, and the kernel drops and
 * counts. At the end `packets + unselected + malformed + kernelDrops = kernelPackets`, exactly.
 *
 * Limits: packets of one namespace come in order; those of different namespaces come a block (25 ms) at a time. On loopback the
 * outgoing copy of each packet is filtered out and the direction is unknown. The memory that the cursor shows is shared between
 * threads. After opening, the process drops its capabilities (privileges.ts) unless `keepPrivileges` is set.
 */
import { setImmediate as afterOtherEvents } from 'node:timers/promises';
import { MEBIBYTE } from '../../byte-units';
import { CollectorError } from '../../errors';
import { compileFilter } from '../filter/compile-filter';
import { type Endpoint, socketProgram } from '../filter/socket-program';
import { dumpLinks, linksChanged } from '../nics/link-socket';
import { NamespaceListeners } from '../nics/listening-ports';
import { nicSelection } from '../nics/nic-pattern';
import { NicTable } from '../nics/nic-table';
import { type NicOwner, type PacketCursor, type PacketSource, type SourceStats } from '../packet-source';
import { allocateBlocks, BlockQueue } from './block-queue';
import { loadLibc } from '../libc';
import { attachFilter } from './packet-ring';
import { checkNamespaces } from './namespace-check';
import { dropCapabilities } from './privileges';
import { type CursorCounts, RingCursor } from './ring-block';
import { RingThread, startWorker } from './ring-thread';

export interface LiveOptions {
  /** NIC name patterns with `*` and `?`; `!pattern` excludes; none means all. */
  readonly nics?: readonly string[];
  /** A filter expression in pcap-filter syntax. */
  readonly filter?: string;
  /** Bytes of each packet to keep, 262 144 (all) unless set. */
  readonly snapLength?: number;
  /** Keeps the headers only of long TCP segments that begin no message (filter/adaptive-snap.ts). */
  readonly adaptiveSnap?: boolean;
  /** Ring memory for the own namespace, 64 MiB unless set. */
  readonly ringBytes?: number;
  /** Other network namespaces to capture in, besides the own one. */
  readonly namespaces?: readonly LiveNamespace[];
  /** Ring memory for each of `namespaces`, 4 MiB unless set. */
  readonly namespaceRingBytes?: number;
  /** TCP endpoints whose traffic is not captured: the store that the records are pushed to (loki/store-address.ts). */
  readonly excludedEndpoints?: readonly Endpoint[];
  /** Keeps the process's capabilities after opening; for a process that opens more captures later. */
  readonly keepPrivileges?: boolean;
  /** For tests: the reader sleeps that long before it reads, so that the ring fills. */
  readonly stallMs?: number;
}

export interface LiveNamespace {
  /** What to call it in records. */
  readonly name: string;
  /** `/proc/PID/ns/net` or `/run/netns/NAME`. */
  readonly path: string;
  readonly owner?: NicOwner;
}

export interface LiveStats extends SourceStats {
  /** Packets that the kernel counted as passed by the filter, dropped ones included. */
  readonly kernelPackets: number;
  /** Packets of NICs that are not selected, where the filter in the kernel let them through. */
  readonly unselected: number;
  /** Packets cut by the snap length. */
  readonly shortened: number;
  /** Packets of blocks that did not make sense. */
  readonly malformed: number;
}

export interface LiveSource extends PacketSource {
  readonly stats: Readonly<LiveStats>;
  /**
   * Asks the capture to end and returns at once; what was captured is still yielded by `batches()`, and the numbers in
   * `stats` are final when that ends.
   */
  close(): Promise<void>;
}

const DEFAULTS = { snapLength: 262_144, ringBytes: 64 * MEBIBYTE, namespaceRingBytes: 4 * MEBIBYTE } as const;
/** How far the worker may run ahead of the consumer. */
const SHARED_MEMORY = { blocks: 4096, bytes: 16 * MEBIBYTE } as const;
const TICK_MS = 1000;

/** Opens the rings. Throws a `CollectorError`; nothing stays open then. */
export async function openLiveSource(options: LiveOptions): Promise<LiveSource> {
  const libc = await loadLibc();
  const namespaces = options.namespaces ?? [];
  const ownNamespace = checkNamespaces(namespaces);
  const selection = nicSelection(options.nics ?? []);
  const snapLength = options.snapLength ?? DEFAULTS.snapLength;
  const filter = options.filter?.trim() ? await compileFilter(options.filter, snapLength) : undefined;
  const program = (excludedNics: readonly number[]): ReturnType<typeof socketProgram> =>
    socketProgram({
      snapLength,
      adaptive: options.adaptiveSnap,
      filter,
      excludedNics,
      excludedEndpoints: options.excludedEndpoints,
    });

  const blocks = allocateBlocks(SHARED_MEMORY.blocks, SHARED_MEMORY.bytes);
  const worker = startWorker({
    blocks,
    namespaces: [
      { name: ownNamespace, ringBytes: options.ringBytes ?? DEFAULTS.ringBytes },
      ...namespaces.map(({ name, path }) => ({
        name,
        path,
        ringBytes: options.namespaceRingBytes ?? DEFAULTS.namespaceRingBytes,
      })),
    ],
    program: filterThatFits(() => program([])),
    keepPrivileges: options.keepPrivileges === true,
    stallMs: options.stallMs ?? 0,
  });
  const capture = new RingThread({ libc, worker, queue: new BlockQueue(blocks) });
  await capture.opened;

  const table = new NicTable(
    [
      { name: ownNamespace, hostNetwork: true },
      ...namespaces.map(({ name, owner }) => ({ name, owner, hostNetwork: false })),
    ],
    selection,
    (index) => dumpLinks(libc, capture.links[index])
  );
  const attached = capture.fds.map(() => '');
  const refresh = (index: number): void => {
    table.refresh(index);
    const excluded = table.excludedIndexes(index);
    if (excluded.join() !== attached[index]) {
      attached[index] = excluded.join();
      attachFilter(libc, capture.fds[index], program(excluded));
    }
  };
  try {
    capture.fds.forEach((_, index) => refresh(index));
    if (table.nics.length === 0) {
      throw new CollectorError(
        'no-such-nic',
        `No NIC matches ${(options.nics ?? []).map((p) => `"${p}"`).join(' ')}: there are ${table.allNames().join(', ')}.`
      );
    }
  } catch (error) {
    await capture.abandon();
    throw error;
  }
  if (options.keepPrivileges !== true) {
    dropCapabilities(libc);
  }
  return new LivePackets(capture, table, refresh);
}

class LivePackets implements LiveSource {
  readonly stats: Readonly<LiveStats>;
  readonly listeningPorts: NamespaceListeners;
  private readonly cursor: RingCursor;
  private state: 'open' | 'reading' | 'closed' = 'open';

  constructor(
    private readonly capture: RingThread,
    private readonly table: NicTable,
    private readonly refresh: (namespace: number) => void
  ) {
    this.listeningPorts = new NamespaceListeners(capture.socketLists, (nicId) => table.namespaceOf(nicId));
    this.listeningPorts.refresh(performance.now());
    const counts: CursorCounts = { packets: 0, bytes: 0, unselected: 0, shortened: 0, malformed: 0 };
    this.cursor = new RingCursor(capture.queue.bytes, table, counts);
    this.stats = {
      get packets() {
        return counts.packets;
      },
      get bytes() {
        return counts.bytes;
      },
      get unselected() {
        return counts.unselected;
      },
      get shortened() {
        return counts.shortened;
      },
      get malformed() {
        return counts.malformed;
      },
      get kernelPackets() {
        return capture.kernelPackets;
      },
      get kernelDrops() {
        return capture.kernelDrops;
      },
      get freezes() {
        return capture.freezes;
      },
    };
  }

  get nics(): PacketSource['nics'] {
    return this.table.nics;
  }

  async *batches(): AsyncGenerator<PacketCursor, void, undefined> {
    if (this.state === 'reading') {
      throw new Error('the batches of a live source can be read once');
    }
    if (this.state === 'closed') {
      return;
    }
    this.state = 'reading';
    const { capture } = this;
    let nextTick = performance.now() + TICK_MS;
    try {
      for (;;) {
        const last = capture.finished;
        const block = capture.queue.peek();
        if (block !== undefined) {
          this.cursor.reset(block.ring, block.offset, block.length);
          yield this.cursor;
          capture.queue.release();
          // Timers, sockets and signals get their turn however busy the wire is.
          await afterOtherEvents();
        } else if (last) {
          break;
        } else {
          await capture.wait(Math.max(0, nextTick - performance.now()));
        }
        if (performance.now() >= nextTick) {
          nextTick = performance.now() + TICK_MS;
          this.followChanges();
          this.cursor.reset(0, 0, 0);
          yield this.cursor;
        }
      }
      await capture.ended;
      if (capture.failure !== undefined) {
        throw capture.failure;
      }
    } finally {
      await capture.abandon();
    }
  }

  async close(): Promise<void> {
    if (this.state === 'reading') {
      this.capture.requestStop();
    } else if (this.state === 'open') {
      this.state = 'closed';
      await this.capture.abandon();
    }
  }

  private followChanges(): void {
    if (this.capture.finished || this.capture.queue.stopRequested) {
      return;
    }
    this.listeningPorts.refresh(performance.now());
    this.capture.links.forEach((socket, index) => {
      if (linksChanged(this.capture.libc, socket)) {
        try {
          this.refresh(index);
        } catch {
          // Only the filter is out of date then: names are looked up again at the first packet of a NIC.
        }
      }
    });
  }
}

function filterThatFits<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw error instanceof RangeError
      ? new CollectorError('filter-syntax', `The filter cannot be attached (${error.message}): simplify it.`)
      : error;
  }
}
