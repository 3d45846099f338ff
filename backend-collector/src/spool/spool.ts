/**
 * The bounded buffer between making batches and sending them: on disk where a directory is given, else in memory.
 *
 * Invariants (tested against a model in test/spool):
 * 1. First in, first out: `oldest` gives the batches in the order in which they were offered, across restarts too.
 * 2. A batch is in the spool from the moment `offer` resolves until `remove`, eviction or damage. On disk, `kill -9` at
 *    any moment loses at most the batches whose `offer` had not resolved.
 * 3. The bytes in the spool never exceed `maxBytes`; those held in memory for want of a disk never exceed `memoryBytes`.
 *    Where a batch does not fit, the oldest ones go first, but never the one that `oldest` gave out last.
 * 4. Every line offered is in exactly one place: removed, evicted, damaged, or still here.
 *
 * A disk that is full or broken stops nothing: the batch stays in memory and `diskErrors` counts. Files are not synced, so a
 * power cut can lose or damage the latest; damage is found by length and checksum, counted, and the file removed.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectorError } from '../errors';
import { batchFileBytes, batchFileName, decodeBatchFile, encodeBatchFile, parseBatchFileName } from './batch-file';
import { lockDirectory } from './directory-lock';

export interface SpoolOptions {
  /** Absent: memory only. Made where it does not exist. */
  readonly directory?: string;
  /** Upper bound of all batches, bytes. With no directory it bounds memory. */
  readonly maxBytes: number;
  /** Upper bound of what is kept in memory besides the disk, bytes. */
  readonly memoryBytes: number;
}

export interface SpooledBatch {
  readonly id: number;
  readonly lines: number;
  readonly body: Buffer;
}

export interface SpoolStats {
  /** Lines and bytes in the spool now. */
  lines: number;
  bytes: number;
  /** Lines pushed out by newer ones because the spool was full. */
  evictedLines: number;
  /** Lines of files that were cut short or altered. */
  damagedLines: number;
  damagedFiles: number;
  /** Writes that failed. */
  diskErrors: number;
  /** Why the last one failed. */
  lastDiskError?: string;
}

interface Entry {
  readonly id: number;
  readonly lines: number;
  readonly bytes: number;
  readonly onDisk: boolean;
  /** Always there for entries that are not on disk. */
  body?: Buffer;
}

export class Spool {
  readonly stats: SpoolStats = {
    lines: 0,
    bytes: 0,
    evictedLines: 0,
    damagedLines: 0,
    damagedFiles: 0,
    diskErrors: 0,
  };
  private entries: Entry[] = [];
  private nextId = 1;
  private memoryBytes = 0;
  private lent: number | undefined;
  private lastOperation: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: SpoolOptions,
    private readonly unlock: () => void
  ) {}

  /** Takes up what an earlier run left. Throws a `CollectorError` where the directory cannot be used. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { directory } = options;
    if (directory === undefined) {
      return new Spool(options, () => undefined);
    }
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const spool = new Spool(options, lockDirectory(directory));
      await spool.recover(directory);
      return spool;
    } catch (error) {
      throw error instanceof CollectorError
        ? error
        : new CollectorError(
            'config',
            `The spool directory ${directory} cannot be used (${reasonOf(error)}): choose a directory that is writable.`
          );
    }
  }

  /** Adds a batch as the newest. Never throws: what the disk does not take stays in memory. */
  offer(batch: { readonly body: Buffer; readonly lines: number }): Promise<void> {
    return this.inTurn(async () => {
      const id = this.nextId++;
      const bytes = batchFileBytes(batch.body.length);
      await this.makeRoom(bytes);
      if (this.stats.bytes + bytes > this.options.maxBytes) {
        this.stats.evictedLines += batch.lines;
        return;
      }
      const onDisk = await this.writeFile(id, batch);
      if (!onDisk) {
        await this.makeRoomInMemory(batch.body.length);
      }
      const fits = this.memoryBytes + batch.body.length <= this.memoryLimit;
      if (!onDisk && !fits) {
        this.stats.evictedLines += batch.lines;
        return;
      }
      this.add({ id, lines: batch.lines, bytes, onDisk, body: fits ? batch.body : undefined });
    });
  }

  /** The oldest batch, which stays until it is removed. Undefined when there is none. */
  oldest(): Promise<SpooledBatch | undefined> {
    return this.inTurn(async () => {
      for (;;) {
        const entry = this.entries[0];
        if (entry === undefined) {
          return undefined;
        }
        const body = entry.body ?? (await this.readFile(entry));
        if (body !== undefined) {
          this.lent = entry.id;
          return { id: entry.id, lines: entry.lines, body };
        }
        this.stats.damagedFiles++;
        this.stats.damagedLines += entry.lines;
        await this.forget(entry);
      }
    });
  }

  /** Takes a batch out for good. */
  remove(id: number): Promise<void> {
    return this.inTurn(async () => {
      const entry = this.entries.find((each) => each.id === id);
      if (entry !== undefined) {
        await this.forget(entry);
      }
    });
  }

  /** Ends the use of the directory. Returns how many lines stay on disk for the next run, and how many are lost with memory. */
  async close(): Promise<{ readonly linesOnDisk: number; readonly linesInMemory: number }> {
    await this.lastOperation;
    this.unlock();
    const count = (onDisk: boolean): number =>
      this.entries.filter((entry) => entry.onDisk === onDisk).reduce((sum, entry) => sum + entry.lines, 0);
    return { linesOnDisk: count(true), linesInMemory: count(false) };
  }

  private get memoryLimit(): number {
    return this.options.directory === undefined ? this.options.maxBytes : this.options.memoryBytes;
  }

  private async recover(directory: string): Promise<void> {
    const names = (await readdir(directory)).sort();
    for (const fileName of names) {
      const name = parseBatchFileName(fileName);
      if (name === undefined) {
        continue;
      }
      this.nextId = Math.max(this.nextId, name.id + 1);
      const bytes = name.whole ? (await stat(join(directory, fileName))).size : 0;
      if (bytes < batchFileBytes(0)) {
        this.stats.damagedFiles++;
        this.stats.damagedLines += name.lines;
        await rm(join(directory, fileName), { force: true });
        continue;
      }
      this.add({ id: name.id, lines: name.lines, bytes, onDisk: true });
    }
    await this.makeRoom(0);
  }

  /** Operations run one after the other, in the order of the calls. */
  private inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.lastOperation.then(operation);
    this.lastOperation = result.catch(() => undefined);
    return result;
  }

  private async makeRoom(bytes: number): Promise<void> {
    while (this.stats.bytes + bytes > this.options.maxBytes && (await this.evict(() => true))) {
      // One at a time, oldest first.
    }
  }

  private async makeRoomInMemory(bytes: number): Promise<void> {
    for (const entry of this.entries) {
      if (this.memoryBytes + bytes <= this.memoryLimit) {
        return;
      }
      if (entry.onDisk && entry.body !== undefined) {
        this.memoryBytes -= entry.body.length;
        entry.body = undefined;
      }
    }
    while (this.memoryBytes + bytes > this.memoryLimit && (await this.evict((entry) => !entry.onDisk))) {
      // One at a time, oldest first.
    }
  }

  /** False when there is nothing left to evict. */
  private async evict(among: (entry: Entry) => boolean): Promise<boolean> {
    const victim = this.entries.find((entry) => entry.id !== this.lent && among(entry));
    if (victim === undefined) {
      return false;
    }
    this.stats.evictedLines += victim.lines;
    await this.forget(victim);
    return true;
  }

  private add(entry: Entry): void {
    this.entries.push(entry);
    this.stats.bytes += entry.bytes;
    this.stats.lines += entry.lines;
    this.memoryBytes += entry.body?.length ?? 0;
  }

  private async forget(entry: Entry): Promise<void> {
    this.entries = this.entries.filter((each) => each !== entry);
    this.stats.bytes -= entry.bytes;
    this.stats.lines -= entry.lines;
    this.memoryBytes -= entry.body?.length ?? 0;
    if (this.lent === entry.id) {
      this.lent = undefined;
    }
    if (entry.onDisk) {
      await this.tryDisk(() => rm(this.fileOf(entry), { force: true }));
    }
  }

  private async writeFile(id: number, batch: { readonly body: Buffer; readonly lines: number }): Promise<boolean> {
    if (this.options.directory === undefined) {
      return false;
    }
    const file = this.fileOf({ id, lines: batch.lines });
    const temporary = `${file}.tmp`;
    const written = await this.tryDisk(async () => {
      await writeFile(temporary, encodeBatchFile(batch.body), { mode: 0o600 });
      await rename(temporary, file);
    });
    if (!written) {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
    return written;
  }

  private async readFile(entry: Entry): Promise<Buffer | undefined> {
    try {
      return decodeBatchFile(await readFile(this.fileOf(entry)));
    } catch {
      return undefined;
    }
  }

  private async tryDisk(action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.stats.diskErrors++;
      this.stats.lastDiskError = reasonOf(error);
      return false;
    }
  }

  private fileOf(entry: { readonly id: number; readonly lines: number }): string {
    return join(this.options.directory ?? '', batchFileName(entry));
  }
}

function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : String(error);
}
