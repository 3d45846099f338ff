/**
 * Takes batches out of the spool, oldest first, one at a time, and pushes each until the store has accepted or rejected it.
 *
 * A batch leaves the spool only after the store's answer. While the store does not answer, the spool fills; what it then does is
 * its own matter (spool.ts).
 */
import { type Spool, type SpooledBatch } from '../spool/spool';
import { backoffMs, type BackoffLimits } from './backoff';
import { type PushAnswer, type PushClient } from './push-client';
import { readRejection } from './rejection';

export interface SenderStats {
  pushes: number;
  /** Attempts that have to be repeated. */
  retries: number;
  bytesPushed: number;
  linesWritten: number;
  linesRejected: Record<string, number>;
}

interface SenderOptions {
  readonly spool: Spool;
  readonly client: PushClient;
  readonly backoff: BackoffLimits;
  /** The store, for messages. */
  readonly storeName: string;
  readonly onNote: (line: string) => void;
  /** Called whenever a batch left the spool or an attempt failed. */
  readonly onProgress: () => void;
}

/** Different reasons counted by name; further ones are counted together. */
const MAX_REASONS = 20;
const OTHER_REASONS = 'store rejected: other reasons';
/** Answers that no later push will change: the address or the credentials are wrong. */
const HOPELESS_STATUSES = new Set([401, 403, 404, 405]);

export class Sender {
  readonly stats: SenderStats = { pushes: 0, retries: 0, bytesPushed: 0, linesWritten: 0, linesRejected: {} };
  /** Why the store is unavailable, and since when (`performance.now`). */
  trouble: { readonly reason: string; readonly sinceMs: number } | undefined;
  /** Set when the store's answer shows that no push can succeed with this configuration. */
  hopeless: string | undefined;

  private readonly abort = new AbortController();
  private readonly running: Promise<void>;
  private finishing = false;
  private wake: (() => void) | undefined;
  private signalled = false;

  constructor(private readonly options: SenderOptions) {
    this.running = this.run();
  }

  /** Something new is in the spool. */
  signal(): void {
    this.signalled = true;
    this.wake?.();
  }

  /** Sends what is left, for at most `graceMs`. The spool then holds what the store did not accept. */
  async finish(graceMs: number): Promise<void> {
    this.finishing = true;
    this.signal();
    const timer = setTimeout(() => {
      this.abort.abort();
      this.wake?.();
    }, graceMs);
    await this.running;
    clearTimeout(timer);
    this.options.client.close();
  }

  private async run(): Promise<void> {
    while (!this.abort.signal.aborted) {
      const batch = await this.options.spool.oldest();
      if (batch !== undefined) {
        await this.deliver(batch);
      } else if (this.finishing) {
        return;
      } else {
        await this.sleep(undefined);
      }
    }
  }

  private async deliver(batch: SpooledBatch): Promise<void> {
    for (let failures = 1; !this.abort.signal.aborted; failures++) {
      const answer = await this.options.client.push(batch.body, this.abort.signal);
      this.stats.pushes++;
      this.stats.bytesPushed += batch.body.length;
      if (answer.kind !== 'later') {
        this.settle(answer, batch);
        await this.options.spool.remove(batch.id);
        this.options.onProgress();
        return;
      }
      if (this.abort.signal.aborted) {
        return;
      }
      this.stats.retries++;
      this.noteTrouble(answer.reason);
      this.options.onProgress();
      await this.sleep(backoffMs(failures, this.options.backoff, Math.random(), answer.afterMs));
    }
  }

  private settle(answer: Exclude<PushAnswer, { kind: 'later' }>, batch: SpooledBatch): void {
    if (this.trouble !== undefined) {
      this.options.onNote(`The store ${this.options.storeName} is available again.`);
      this.trouble = undefined;
    }
    if (answer.kind === 'accepted') {
      this.stats.linesWritten += batch.lines;
      this.hopeless = undefined;
      return;
    }
    const { lostLines, reason } = readRejection(answer.rejection, batch.lines);
    this.stats.linesWritten += batch.lines - lostLines;
    const reasons = this.stats.linesRejected;
    const known = reason in reasons || Object.keys(reasons).length < MAX_REASONS;
    if (!(reason in reasons) && known) {
      this.options.onNote(`The store ${this.options.storeName} rejected lines (${reason}).`);
    }
    const key = known ? reason : OTHER_REASONS;
    reasons[key] = (reasons[key] ?? 0) + lostLines;
    if (HOPELESS_STATUSES.has(answer.status)) {
      this.hopeless = `status ${answer.status}`;
    }
  }

  private noteTrouble(reason: string): void {
    if (this.trouble === undefined) {
      this.options.onNote(`The store ${this.options.storeName} is unavailable (${reason}); retrying.`);
    }
    this.trouble = { reason, sinceMs: this.trouble?.sinceMs ?? performance.now() };
  }

  /** Until `signal` for ever, or for `ms`; the grace at the end cuts either short. */
  private sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const idle = ms === undefined;
      if (this.abort.signal.aborted || (idle && this.signalled)) {
        this.signalled = false;
        resolve();
        return;
      }
      const timer = idle ? undefined : setTimeout(() => done(), ms);
      const done = (): void => {
        clearTimeout(timer);
        this.wake = undefined;
        this.signalled = false;
        resolve();
      };
      // New batches do not shorten a wait that the store imposed; only the end does.
      this.wake = () => (idle || this.finishing ? done() : undefined);
    });
  }
}
