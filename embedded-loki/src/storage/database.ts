/**
 * The store's one DuckDB file.
 *
 * Tables: `streams(id, labels)`, labels as a JSON array of [name, value] pairs; `entries(ts, stream, flat, line,
 * metadata)`, ts in nanoseconds since 1970. Entries are appended in the order of arrival, which is nearly that of time,
 * so DuckDB's minima and maxima per row group prune a time range without an index.
 *
 * Invariant: a transaction that was committed is in the file or its write-ahead log before the push that brought it is
 * acknowledged. Limit: one process at a time opens the file.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { StorageError } from './storage-error';

const schemaVersion = 1;

export interface Database {
  connect(): Promise<DuckDBConnection>;
  /** Bytes in use, the write-ahead log not counted. */
  usedBytes(): Promise<number>;
  close(): Promise<void>;
}

export async function openDatabase(file: string): Promise<Database> {
  const inMemory = file === ':memory:';
  if (!inMemory) {
    mkdirSync(dirname(file), { recursive: true });
  }
  const instance = await DuckDBInstance.create(file, {
    memory_limit: '1GB',
    checkpoint_threshold: '64MB',
    // A store has no business with the network or with other files.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  }).catch((error: unknown) => {
    throw openError(file, error);
  });
  const connection = await instance.connect();
  await migrate(connection, file);
  connection.closeSync();

  return {
    connect: () => instance.connect(),
    async usedBytes() {
      const own = await instance.connect();
      try {
        const rows = (await own.runAndReadAll('SELECT used_blocks * block_size FROM pragma_database_size()')).getRows();
        return Number(rows[0][0]);
      } finally {
        own.closeSync();
      }
    },
    async close() {
      if (!inMemory) {
        const own = await instance.connect();
        await own.run('CHECKPOINT');
        own.closeSync();
      }
      instance.closeSync();
    },
  };
}

async function migrate(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run('CREATE TABLE IF NOT EXISTS store(version INTEGER NOT NULL)');
  const rows = (await connection.runAndReadAll('SELECT version FROM store')).getRows();
  if (rows.length > 0) {
    if (rows[0][0] !== schemaVersion) {
      throw new StorageError(
        'corrupt',
        `${file} was written by another version of the store (schema ${String(rows[0][0])}, this one reads ${schemaVersion}); start with another file`
      );
    }
    return;
  }
  await connection.run('BEGIN');
  await connection.run('CREATE TABLE streams(id INTEGER NOT NULL, labels VARCHAR NOT NULL)');
  await connection.run(
    'CREATE TABLE entries(ts BIGINT NOT NULL, stream INTEGER NOT NULL, flat BOOLEAN NOT NULL, line VARCHAR NOT NULL, metadata VARCHAR)'
  );
  await connection.run(`INSERT INTO store VALUES (${schemaVersion})`);
  await connection.run('COMMIT');
}

function openError(file: string, error: unknown): StorageError {
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (/lock/i.test(reason)) {
    return new StorageError('in-use', `${file} is in use by another process: stop it or name another --file`, {
      cause: error,
    });
  }
  return new StorageError('corrupt', `cannot open ${file} as a store: ${reason}`, { cause: error });
}
