/**
 * The store's one DuckDB file, attached as `store` to an instance of its own.
 *
 * Invariant: a transaction that was committed is in the file or its write-ahead log before the push that brought it is
 * acknowledged. Limits: one process at a time opens the file; DuckDB takes `MEMORY_LIMIT` at most, whatever the
 * query, and spills to disk next to the file where it needs more.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createTables, SCHEMA_VERSION, storedVersion } from './schema';
import { StorageError } from './storage-error';

const MEMORY_LIMIT = '1GB';
/** Small row groups: a checkpoint rewrites the last one of each part. */
const ROW_GROUP_SIZE = 4096;

export interface Database {
  /** A connection in which the store's tables have their plain names. */
  connect(): Promise<DuckDBConnection>;
  /** Bytes in use, the write-ahead log not counted. */
  usedBytes(): Promise<number>;
  close(): Promise<void>;
}

/** @throws StorageError `in-use`, `other-version` or `corrupt`. */
export async function openDatabase(file: string): Promise<Database> {
  const inMemory = file === ':memory:';
  if (!inMemory) {
    mkdirSync(dirname(file), { recursive: true });
  }
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    // Each checkpoint rewrites the last row group of every part: few are cheap, and 128 MB are replayed in seconds.
    checkpoint_threshold: '128MB',
    preserve_insertion_order: 'false',
    // A store needs neither the network nor other files.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(inMemory ? {} : { temp_directory: `${file}.tmp` }),
  });
  const connect = async () => {
    const connection = await instance.connect();
    await connection.run('USE store');
    return connection;
  };
  try {
    const first = await instance.connect();
    await first.run(
      `ATTACH '${file.replaceAll("'", "''")}' AS store (ROW_GROUP_SIZE ${ROW_GROUP_SIZE}, STORAGE_VERSION 'v1.4.0')`
    );
    await first.run('USE store');
    await prepare(first, file);
    first.closeSync();
  } catch (error) {
    instance.closeSync();
    throw openError(file, error);
  }

  return {
    connect,
    async usedBytes() {
      const own = await connect();
      try {
        const rows = await own.runAndReadAll(
          "SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = 'store'"
        );
        return Number(rows.getRows()[0][0]);
      } finally {
        own.closeSync();
      }
    },
    async close() {
      if (!inMemory) {
        const own = await connect();
        await own.run('CHECKPOINT');
        own.closeSync();
      }
      instance.closeSync();
    },
  };
}

async function prepare(connection: DuckDBConnection, file: string): Promise<void> {
  const version = await storedVersion(connection);
  if (version === undefined) {
    await createTables(connection);
  } else if (version !== SCHEMA_VERSION) {
    throw new StorageError(
      'other-version',
      `${file} was written by ${version < SCHEMA_VERSION ? 'an older' : 'a newer'} version of the store (schema ${version}, this one reads ${SCHEMA_VERSION}): start that version, move the file away, or name another --file`
    );
  }
}

function openError(file: string, error: unknown): StorageError {
  if (error instanceof StorageError) {
    return error;
  }
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  if (/lock/i.test(reason)) {
    return new StorageError(
      'in-use',
      `${file} is in use by another process: stop that process, or name another --file`,
      {
        cause: error,
      }
    );
  }
  return new StorageError('corrupt', `cannot open ${file} as a store: ${reason}`, { cause: error });
}
