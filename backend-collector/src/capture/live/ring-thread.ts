/**
 * The ring's worker as the main thread sees it: its start, its messages, its end, and how to rouse it.
 *
 * Descriptors that the worker opened are used here too (NIC lists, filters), so they are closed here, once the worker has ended.
 */
import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CollectorError } from '../../errors';
import { closeLinkSocket, type LinkSocket } from '../nics/link-socket';
import { closeSocketLists, type SocketLists } from '../nics/listening-ports';
import { type BlockQueue } from './block-queue';
import { type Libc } from '../libc';
import { type WorkerMessage, type WorkerStart } from './worker-protocol';

/** The worker's bundle lies beside the command's; from source (tests, tsx) it is loaded through tsx. */
export function startWorker(workerData: WorkerStart): Worker {
  const bundle = join(__dirname, 'ring-worker.js');
  if (existsSync(bundle)) {
    return new Worker(bundle, { workerData, trackUnmanagedFds: false });
  }
  const source = join(__dirname, 'ring-worker.ts');
  const loader = `const load = require('node:module').createRequire(${JSON.stringify(source)}); load('tsx/cjs'); load(${JSON.stringify(source)});`;
  return new Worker(loader, { workerData, eval: true, trackUnmanagedFds: false });
}

interface RingThreadParts {
  readonly libc: Libc;
  readonly worker: Worker;
  readonly queue: BlockQueue;
}

export class RingThread {
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
  fds: readonly number[] = [];
  links: readonly LinkSocket[] = [];
  socketLists: readonly SocketLists[] = [];
  failure: CollectorError | undefined;
  finished = false;
  kernelPackets = 0;
  kernelDrops = 0;
  freezes = 0;
  private wakeFd = -1;
  private rouse: (() => void) | undefined;

  constructor(private readonly parts: RingThreadParts) {
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
        this.failure ??= new CollectorError('not-supported', `The live capture failed: ${error.message}.`);
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
    this.socketLists.forEach(closeSocketLists);
    if (this.wakeFd >= 0) {
      libc.close(this.wakeFd);
    }
    this.fds = [];
    this.links = [];
    this.socketLists = [];
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
        this.socketLists = message.rings.map(({ socketLists }) => socketLists);
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
