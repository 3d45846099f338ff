/**
 * Writing. Pushes that wait for the disk are committed together, in one transaction; each is acknowledged after the
 * commit that holds it.
 *
 * Duplicates (same stream, time and line) are dropped here, so a sender may repeat a push that was not
 * acknowledged. Entries newer than their whole stream cannot be duplicates and are not looked up.
 */
import { type DuckDBConnection } from '@duckdb/node-api';
import { type LabelSet } from '../logql/label-set';
import { appendColumns } from './append-columns';
import { identityOf, possibleDuplicates } from './duplicates';
import { entryColumns, WordPostings } from './entry-columns';
import { type NewStreamEntries, type Row } from './new-entry';
import { entriesTable, ENTRY_COLUMN_TYPES, WORDS_TABLE } from './schema';
import { storageError } from './storage-error';
import { type Stream, type StreamIndex } from './stream-index';

interface AppendCounts {
  readonly stored: number;
  readonly duplicates: number;
}

interface PendingPush {
  readonly streams: readonly NewStreamEntries[];
  readonly resolve: (counts: AppendCounts) => void;
  readonly reject: (error: Error) => void;
}

export class Appender {
  private pending: PendingPush[] = [];
  private writing: Promise<void> | undefined;
  private readonly listeners = new Set<(rows: readonly Row[]) => void>();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly index: StreamIndex
  ) {}

  /** @throws StorageError if nothing of the push was stored. */
  append(streams: readonly NewStreamEntries[]): Promise<AppendCounts> {
    return new Promise((resolve, reject) => {
      this.pending.push({ streams, resolve, reject });
      this.writing ??= this.writeAll();
    });
  }

  /** Calls `listener` with what each commit stored. Returns the function that unsubscribes. */
  onStored(listener: (rows: readonly Row[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits until pending writes are done. */
  async drain(): Promise<void> {
    await this.writing;
  }

  /** Runs `work` on the writer's connection, between two commits. */
  async exclusively<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    while (this.writing !== undefined) {
      await this.writing;
    }
    const running = work(this.connection);
    this.writing = running
      .then(
        () => undefined,
        () => undefined
      )
      .then(() => this.writeAll());
    return running;
  }

  private async writeAll(): Promise<void> {
    while (this.pending.length > 0) {
      const pushes = this.pending;
      this.pending = [];
      try {
        const counts = await this.commit(pushes.map(({ streams }) => streams));
        pushes.forEach(({ resolve }, at) => resolve(counts[at]));
      } catch (error) {
        const failure = storageError(error, 'writing');
        pushes.forEach(({ reject }) => reject(failure));
      }
    }
    this.writing = undefined;
  }

  private async commit(pushes: ReadonlyArray<readonly NewStreamEntries[]>): Promise<readonly AppendCounts[]> {
    const created = new Map<string, Stream>();
    const streamOf = (labels: LabelSet): Stream => {
      let stream = this.index.find(labels) ?? created.get(labels.key);
      if (stream === undefined) {
        stream = this.index.propose(labels);
        created.set(labels.key, stream);
      }
      return stream;
    };
    const { lateStreams, newest, identities } = await possibleDuplicates(this.connection, pushes.flat(), streamOf);
    const rows: Row[] = [];
    const counts = pushes.map((push): AppendCounts => {
      let duplicates = 0;
      const before = rows.length;
      for (const { labels, entries } of push) {
        const stream = streamOf(labels);
        const late = lateStreams.has(stream);
        for (const entry of entries) {
          if (late) {
            const identity = identityOf(stream.id, entry);
            if (identities.has(identity)) {
              duplicates++;
              continue;
            }
            identities.add(identity);
          }
          rows.push({ stream, entry });
        }
      }
      return { stored: rows.length - before, duplicates };
    });
    await this.write([...created.values()], rows);
    for (const stream of created.values()) {
      this.index.add(stream);
    }
    for (const [stream, tsNs] of newest) {
      stream.newestNs = tsNs;
    }
    this.listeners.forEach((listener) => listener(rows));
    return counts;
  }

  private async write(created: readonly Stream[], rows: readonly Row[]): Promise<void> {
    if (rows.length === 0 && created.length === 0) {
      return;
    }
    await this.connection.run('BEGIN');
    try {
      for (const { id, labels, part } of created) {
        await this.connection.run('INSERT INTO streams VALUES ($1, $2, $3)', [id, JSON.stringify(labels.pairs), part]);
      }
      await this.appendRows(rows);
      await this.connection.run('COMMIT');
    } catch (error) {
      await this.connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  private async appendRows(rows: readonly Row[]): Promise<void> {
    const words = new WordPostings();
    const byPart = new Map<number, Row[]>();
    for (const row of rows) {
      const { part } = row.stream;
      words.add(row.entry, part);
      const known = byPart.get(part);
      if (known === undefined) {
        byPart.set(part, [row]);
      } else {
        known.push(row);
      }
    }
    for (const [part, ofPart] of byPart) {
      await appendColumns(
        this.connection,
        { table: entriesTable(part), types: ENTRY_COLUMN_TYPES },
        entryColumns(ofPart)
      );
    }
    await appendColumns(this.connection, WORDS_TABLE, words.columns());
  }
}
