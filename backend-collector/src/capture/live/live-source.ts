/**
 * Packets from every NIC of this network namespace and of others, as they pass.
 *
 * A worker thread (ring-worker.ts) copies the kernel's blocks into shared memory; the cursor here walks them in place. When
 * the consumer is slower than the traffic, shared memory stays full, the worker stops handing blocks back, and the kernel drops and
 * counts. At the end `packets + unselected + malformed + kernelDrops = kernelPackets`, exactly.
 *
 * Limits: packets of one namespace come in order; those of different namespaces come a block (10 ms) at a time. On loopback the
 * outgoing copy of each packet is refused and the direction is unknown. The memory that the cursor shows is shared between
 * threads. After opening, the process gives up its capabilities (privileges.ts) unless `keepPrivileges` is set.
 */
import { existsSync, readlinkSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as afterOtherEvents } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CollectorError } from '../../errors';
import { compileFilter } from '../filter/compile-filter';
import { type Endpoint, socketProgram } from '../filter/socket-program';
import { closeLinkSocket, dumpLinks, linksChanged, type LinkSocket } from '../nics/link-socket';
import { nicSelection } from '../nics/nic-pattern';
import { NicTable } from '../nics/nic-table';
import { type NicOwner, type PacketCursor, type PacketSource, type SourceStats } from '../packet-source';
import { allocateBlocks, BlockQueue } from './block-queue';
import { type Libc, loadLibc } from './libc';
import { attachFilter } from './packet-ring';
import { dropCapabilities } from './privileges';
import { type CursorCounts, RingCursor } from './ring-block';
import { type WorkerMessage, type WorkerStart } from './worker-protocol';

export interface LiveOptions {
  /** NIC name patterns with `*` and `?`; `!pattern` excludes; none means all. */
  readonly nics?: readonly string[];
  /** A filter expression in pcap-filter syntax. */
  readonly filter?: string;
  /** Bytes of each packet to keep, 262 144 (all) unless set. */
  readonly snapLength?: number;
  /** Ring memory for the own namespace, 64 MiB unless set. */
  readonly ringBytes?: number;
  /** Other network namespaces to capture in, besides the own one. */
  readonly namespaces?: readonly LiveNamespace[];
  /** Ring memory for each of `namespaces`, 4 MiB unless set. */
  readonly namespaceRingBytes?: number;
  /** TCP endpoints whose traffic is left out: the store that the records are pushed to (loki/store-endpoints.ts). */
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

const mebibyte = 1 << 20;
const defaults = { snapLength: 262_144, ringBytes: 64 * mebibyte, namespaceRingBytes: 4 * mebibyte } as const;
/** How far the worker may run ahead of the consumer. */
const shared = { blocks: 4096, bytes: 16 * mebibyte } as const;
const tickMs = 1000;

/** Opens the rings. Throws a `CollectorError`; nothing stays open then. */
export async function openLiveSource(options: LiveOptions): Promise<LiveSource> {
  const libc = await loadLibc();
  const namespaces = options.namespaces ?? [];
  const ownNamespace = checkNamespaces(namespaces);
  const selection = nicSelection(options.nics ?? []);
  const snapLength = options.snapLength ?? defaults.snapLength;
  const filter = options.filter?.trim() ? await compileFilter(options.filter, snapLength) : undefined;
  const program = (excludedNics: readonly number[]): ReturnType<typeof socketProgram> =>
    socketProgram({ snapLength, filter, excludedNics, excludedEndpoints: options.excludedEndpoints });

  const blocks = allocateBlocks(shared.blocks, shared.bytes);
  const worker = startWorker({
    blocks,
    namespaces: [
      { name: ownNamespace, ringBytes: options.ringBytes ?? defaults.ringBytes },
      ...namespaces.map(({ name, path }) => ({
        name,
        path,
        ringBytes: options.namespaceRingBytes ?? defaults.namespaceRingBytes,
      })),
    ],
    program: filterThatFits(() => program([])),
    keepPrivileges: options.keepPrivileges === true,
    stallMs: options.stallMs ?? 0,
  });
  const capture = new LiveCapture({ libc, worker, queue: new BlockQueue(blocks) });
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

interface CaptureParts {
  readonly libc: Libc;
  readonly worker: Worker;
  readonly queue: BlockQueue;
}

/** The worker as the main thread sees it: its messages, its end, and how to rouse it. */
class LiveCapture {
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  fds: readonly number[] = [];
  links: readonly LinkSocket[] = [];
  failure: CollectorError | undefined;
  finished = false;
  kernelPackets = 0;
  kernelDrops = 0;
  freezes = 0;
  private wakeFd = -1;
  private rouse: (() => void) | undefined;

  constructor(private readonly parts: CaptureParts) {
    const { worker } = parts;
    this.opened = new Promise((resolve, reject) => {
      worker.on('message', (message: WorkerMessage) => {
        this.hear(message);
        if (message.kind === 'opened') {
          resolve();
        } else if (message.kind === 'failed') {
          reject(this.failure);
        }
      });
      worker.on('error', (error) => {
        this.failure ??= new CollectorError('not-supported', `The live capture broke off: ${error.message}.`);
        reject(this.failure);
      });
    });
    this.ended = new Promise((resolve) => {
      worker.on('exit', () => {
        this.finished = true;
        this.rouse?.();
        resolve();
      });
    });
  }

  get queue(): BlockQueue {
    return this.parts.queue;
  }

  get libc(): Libc {
    return this.parts.libc;
  }

  requestStop(): void {
    this.queue.requestStop();
    this.wakeWorker();
  }

  /** Ends the worker, whatever is left to read, and closes what it opened. */
  async abandon(): Promise<void> {
    this.queue.abandon();
    this.wakeWorker();
    await this.ended;
    const { libc } = this.parts;
    this.fds.forEach((fd) => libc.close(fd));
    this.links.forEach((socket) => closeLinkSocket(libc, socket));
    if (this.wakeFd >= 0) {
      libc.close(this.wakeFd);
    }
    this.fds = [];
    this.links = [];
    this.wakeFd = -1;
  }

  /** Waits until a block may be there, the worker is done, or `timeoutMs` passed. */
  wait(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.rouse?.(), timeoutMs);
      this.rouse = () => {
        clearTimeout(timer);
        this.rouse = undefined;
        resolve();
      };
      if (this.finished || !this.queue.announceWaiting()) {
        this.rouse();
      }
    });
  }

  private wakeWorker(): void {
    if (this.wakeFd >= 0) {
      const one = Buffer.alloc(8);
      one.writeUInt8(1);
      writeSync(this.wakeFd, one);
    }
  }

  private hear(message: WorkerMessage): void {
    switch (message.kind) {
      case 'opened':
        this.fds = message.rings.map(({ fd }) => fd);
        this.links = message.rings.map(({ links }) => links);
        this.wakeFd = message.wakeFd;
        break;
      case 'failed':
        this.failure = new CollectorError(message.errorKind, message.message);
        this.finished = true;
        this.rouse?.();
        break;
      case 'statistics':
        this.kernelPackets += message.packets;
        this.kernelDrops += message.drops;
        this.freezes += message.freezes;
        break;
      case 'done':
        this.finished = true;
        this.rouse?.();
        break;
      case 'wake':
        this.rouse?.();
        break;
    }
  }
}

class LivePackets implements LiveSource {
  readonly stats: Readonly<LiveStats>;
  private readonly cursor: RingCursor;
  private state: 'open' | 'reading' | 'closed' = 'open';

  constructor(
    private readonly capture: LiveCapture,
    private readonly table: NicTable,
    private readonly refresh: (namespace: number) => void
  ) {
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
    let nextTick = performance.now() + tickMs;
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
          nextTick = performance.now() + tickMs;
          this.followNicChanges();
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

  private followNicChanges(): void {
    if (this.capture.finished || this.capture.queue.stopRequested) {
      return;
    }
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

/** Throws for namespaces that are given twice or are the own one. Returns the own one's name. */
function checkNamespaces(namespaces: readonly LiveNamespace[]): string {
  const own = '/proc/self/ns/net';
  const seen = new Map([[inode(own), 'the namespace that the collector runs in']]);
  for (const { name, path } of namespaces) {
    const id = inode(path);
    if (id === undefined) {
      continue;
    }
    const other = seen.get(id);
    if (other !== undefined) {
      throw new CollectorError(
        'config',
        `The network namespace "${name}" (${path}) is the same as ${other}, and each packet would be captured twice: leave it out.`
      );
    }
    seen.set(id, `"${name}"`);
  }
  try {
    return readlinkSync(own);
  } catch {
    return 'own';
  }
}

/** Undefined where the path cannot be read; opening it says why. */
function inode(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

function filterThatFits<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw error instanceof RangeError
      ? new CollectorError('filter-syntax', `The filter cannot be attached (${error.message}): make it simpler.`)
      : error;
  }
}

/** The worker's bundle lies beside the command's; from source (tests, tsx) it is loaded through tsx. */
function startWorker(workerData: WorkerStart): Worker {
  const bundle = join(__dirname, 'ring-worker.js');
  if (existsSync(bundle)) {
    return new Worker(bundle, { workerData });
  }
  const source = join(__dirname, 'ring-worker.ts');
  const loader = `const load = require('node:module').createRequire(${JSON.stringify(source)}); load('tsx/cjs'); load(${JSON.stringify(source)});`;
  return new Worker(loader, { workerData, eval: true });
}
