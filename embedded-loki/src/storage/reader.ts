/**
 * Reading, a few queries at a time: each has a connection of its own, one consistent state of the store, a time limit
 * and a way to be cancelled.
 *
 * DuckDB runs a query on all cores, and holds one of Node's four I/O threads while it does. More than `MAX_PARALLEL` at
 * once would only make each slower and keep the writer waiting for a thread; the others queue, first come first served.
 */
import { type DuckDBConnection } from '@duckdb/node-api';
import { QueryError } from '../logql/query-error';
import { type Database } from './database';
import { Snapshot } from './snapshot';
import { refuseStopped, stopped } from './stop';
import { storageError } from './storage-error';

const MAX_PARALLEL = 2;
/** Query timeout, waiting included; Loki's default. */
const TIMEOUT_MS = 60_000;

export class Reader {
  private running = 0;
  private readonly waiting: Array<() => void> = [];

  constructor(private readonly database: Database) {}

  /** @throws StorageError `cancelled` once `signal` is aborted, `timeout` after the time limit; QueryError from `work`. */
  async read<T>(work: (snapshot: Snapshot) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    await this.turn(stop);
    let connection: DuckDBConnection | undefined;
    const interrupt = () => connection?.interrupt();
    stop.addEventListener('abort', interrupt);
    try {
      connection = await this.database.connect();
      refuseStopped(stop);
      await connection.run('BEGIN TRANSACTION READ ONLY');
      return await work(new Snapshot(connection, stop));
    } catch (error) {
      refuseStopped(stop);
      throw error instanceof QueryError ? error : storageError(error, 'reading');
    } finally {
      stop.removeEventListener('abort', interrupt);
      connection?.closeSync();
      this.passTurn();
    }
  }

  private async turn(stop: AbortSignal): Promise<void> {
    refuseStopped(stop);
    if (this.running < MAX_PARALLEL) {
      this.running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        stop.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(stopped(stop));
      };
      this.waiting.push(go);
      stop.addEventListener('abort', leave, { once: true });
    });
  }

  private passTurn(): void {
    const next = this.waiting.shift();
    if (next === undefined) {
      this.running--;
    } else {
      next();
    }
  }
}
