/**
 * Records to Loki, or to whatever speaks its push API: batch → body → spool → sender, each in a file of its own.
 *
 * `write` only appends to the open batch. A batch is closed by size, count or age, compressed off the main thread, put into
 * the spool and pushed. What does not fit is dropped, oldest first, and every line is accounted for: `linesWritten`, or
 * `linesDropped` by reason, or `linesKept` on disk for the next run. Lines of an earlier run that are delivered now count
 * as written.
 */
import { MEBIBYTE } from '../byte-units';
import { CollectorError } from '../errors';
import { type LineSink, type LogLine, type SinkReport } from '../record/log-line';
import { Spool, type SpoolStats } from '../spool/spool';
import { type BackoffLimits } from './backoff';
import { type Batch, Batcher, type BatchLimits } from './batcher';
import { pushBody } from './push-body';
import { createPushClient, type Credentials } from './push-client';
import { Sender, type SenderStats } from './sender';
import { parseStoreAddress } from './store-address';

export interface LokiSinkOptions {
  /** `http(s)://HOST[:PORT][/PREFIX]` or `unix:/path/to.sock`. */
  readonly url: string;
  /** The `host` label. */
  readonly host: string;
  /** Further labels on every stream. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  readonly batch?: Partial<BatchLimits & { readonly maxAgeMs: number }>;
  /** Where batches wait while the store is unavailable. No directory: in memory, at most `maxBytes`. */
  readonly spool?: { readonly directory?: string; readonly maxBytes?: number };
  readonly backoff?: BackoffLimits;
  /** Timeout of a push, which is then retried, ms. */
  readonly timeoutMs?: number;
  /** How long `close` tries to deliver what is left, ms. */
  readonly closeGraceMs?: number;
  /** `ready` rejects when the store has been unavailable for that long, ms. Unset: `ready` waits. */
  readonly giveUpAfterMs?: number;
  /** One line when something changes that the user may want to know. */
  readonly onNote?: (line: string) => void;
}

export interface LokiSinkStats {
  linesIn: number;
  batches: number;
  /** Lines dropped before the spool because compression could not keep up. */
  linesOverrun: number;
  readonly sender: Readonly<SenderStats>;
  readonly spool: Readonly<SpoolStats>;
}

export interface LokiSink extends LineSink {
  readonly stats: Readonly<LokiSinkStats>;
}

const DEFAULTS = {
  batch: { maxEntries: 5000, maxBytes: MEBIBYTE, maxAgeMs: 1000 },
  memoryBytes: 32 * MEBIBYTE,
  diskBytes: 1024 * MEBIBYTE,
  backoff: { firstMs: 500, longestMs: 30_000 },
  timeoutMs: 30_000,
  closeGraceMs: 5000,
} as const;
/** Text of closed batches that are not in the spool yet, at most. */
const MAX_PENDING_BYTES = 32 * MEBIBYTE;
/** `ready` holds a producer back above this part of the spool. */
const HIGH_WATER = 0.75;
const RESERVED_LABELS = ['source', 'host', 'flow_shard', 'service_name'];

/** Throws a `CollectorError` for options that cannot work; a store that is down is not one. */
export async function createLokiSink(options: LokiSinkOptions): Promise<LokiSink> {
  const address = parseStoreAddress(options.url);
  const labels = checkLabels(options.labels ?? {});
  const directory = options.spool?.directory;
  const memoryBytes = DEFAULTS.memoryBytes;
  const spool = await Spool.open({
    directory,
    maxBytes: options.spool?.maxBytes ?? (directory === undefined ? memoryBytes : DEFAULTS.diskBytes),
    memoryBytes,
  });
  return new SpoolingLokiSink({ options, labels, spool, address });
}

interface SinkParts {
  readonly options: LokiSinkOptions;
  readonly labels: Readonly<Record<string, string>>;
  readonly spool: Spool;
  readonly address: ReturnType<typeof parseStoreAddress>;
}

class SpoolingLokiSink implements LokiSink {
  readonly stats: LokiSinkStats;
  private readonly batcher: Batcher;
  private readonly sender: Sender;
  private readonly limits: BatchLimits & { readonly maxAgeMs: number };
  private readonly waiting = new Set<() => void>();
  private ageTimer: NodeJS.Timeout | undefined;
  private pendingBytes = 0;
  private encoding: Promise<void> = Promise.resolve();
  private closing: Promise<SinkReport> | undefined;

  constructor(private readonly parts: SinkParts) {
    const { options, spool, address, labels } = parts;
    this.limits = { ...DEFAULTS.batch, ...options.batch };
    this.batcher = new Batcher({ ...this.limits, host: options.host, labels });
    this.sender = new Sender({
      spool,
      client: createPushClient(address, options.credentials ?? {}, options.timeoutMs ?? DEFAULTS.timeoutMs),
      backoff: options.backoff ?? DEFAULTS.backoff,
      storeName: address.shown,
      onNote: options.onNote ?? (() => undefined),
      onProgress: () => this.recheckWaiting(),
    });
    this.stats = { linesIn: 0, batches: 0, linesOverrun: 0, sender: this.sender.stats, spool: spool.stats };
  }

  write(line: LogLine): void {
    this.stats.linesIn++;
    const full = this.batcher.add(line);
    if (full !== undefined) {
      this.send(full);
    }
    this.ageTimer ??= setTimeout(() => this.sealByAge(), this.limits.maxAgeMs).unref();
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const check = (): void => {
        const failure = this.failure();
        if (failure === undefined && !this.hasRoom()) {
          return;
        }
        clearInterval(timer);
        this.waiting.delete(check);
        if (failure !== undefined) {
          reject(failure);
        } else {
          resolve();
        }
      };
      this.waiting.add(check);
      timer = setInterval(check, 250);
      check();
    });
  }

  close(): Promise<SinkReport> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<SinkReport> {
    clearTimeout(this.ageTimer);
    const last = this.batcher.seal();
    if (last !== undefined) {
      this.send(last);
    }
    await this.encoding;
    await this.sender.finish(this.parts.options.closeGraceMs ?? DEFAULTS.closeGraceMs);
    const { linesOnDisk, linesInMemory } = await this.parts.spool.close();
    const { evictedLines, damagedLines } = this.parts.spool.stats;
    const dropped = {
      ...this.sender.stats.linesRejected,
      'spool full': evictedLines,
      'spool file damaged': damagedLines,
      'compression behind': this.stats.linesOverrun,
      [`store unavailable: ${this.sender.trouble?.reason ?? 'no answer'}`]: linesInMemory,
    };
    return {
      linesWritten: this.sender.stats.linesWritten,
      linesDropped: Object.fromEntries(Object.entries(dropped).filter(([, lines]) => lines > 0)),
      linesKept: linesOnDisk,
    };
  }

  private sealByAge(): void {
    this.ageTimer = undefined;
    const batch = this.batcher.seal();
    if (batch !== undefined) {
      this.send(batch);
    }
  }

  private send(batch: Batch): void {
    if (this.pendingBytes + batch.bytes > MAX_PENDING_BYTES) {
      this.stats.linesOverrun += batch.lines;
      return;
    }
    this.stats.batches++;
    this.pendingBytes += batch.bytes;
    this.encoding = this.encoding.then(async () => {
      const body = await pushBody(batch);
      await this.parts.spool.offer({ body, lines: batch.lines });
      this.pendingBytes -= batch.bytes;
      this.sender.signal();
      this.recheckWaiting();
    });
  }

  private recheckWaiting(): void {
    this.waiting.forEach((check) => check());
  }

  private hasRoom(): boolean {
    const { spool, options } = this.parts;
    const limit =
      options.spool?.maxBytes ?? (options.spool?.directory === undefined ? DEFAULTS.memoryBytes : DEFAULTS.diskBytes);
    return this.pendingBytes < MAX_PENDING_BYTES / 2 && spool.stats.bytes < limit * HIGH_WATER;
  }

  private failure(): CollectorError | undefined {
    const { options, address } = this.parts;
    if (this.sender.hopeless !== undefined) {
      return new CollectorError(
        'store-unreachable',
        `The store ${address.shown} rejects all records (${this.sender.hopeless}): check its address and credentials.`
      );
    }
    const { trouble } = this.sender;
    if (
      trouble !== undefined &&
      options.giveUpAfterMs !== undefined &&
      performance.now() - trouble.sinceMs > options.giveUpAfterMs
    ) {
      return new CollectorError(
        'store-unreachable',
        `The store ${address.shown} is unavailable (${trouble.reason}): start it, or set another --loki-url.`
      );
    }
    return undefined;
  }
}

function checkLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name of Object.keys(labels)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || RESERVED_LABELS.includes(name)) {
      throw new CollectorError(
        'config',
        `"${name}" cannot be a label: use a name of letters, digits and underscores, other than ${RESERVED_LABELS.join(', ')}.`
      );
    }
  }
  return labels;
}
