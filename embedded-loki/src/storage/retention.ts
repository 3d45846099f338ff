/**
 * Deletes entries older than `maxAgeMs`, and the oldest twentieth while the file uses more than `maxBytes`. Freed space is
 * reused; DuckDB does not shrink the file.
 */
import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { type Database } from './database';
import { entriesTable, PARTS, selectFromAllParts, slotOf } from './schema';
import { type StreamIndex } from './stream-index';

export interface Retention {
  readonly maxAgeMs?: number;
  readonly maxBytes?: number;
}

interface SweepResult {
  readonly deletedEntries: number;
  readonly deletedStreams: number;
}

export async function sweep(options: {
  readonly connection: DuckDBConnection;
  readonly database: Database;
  readonly index: StreamIndex;
  readonly retention: Retention;
  readonly nowNs: bigint;
}): Promise<SweepResult> {
  const { connection, database, index, retention, nowNs } = options;
  let deletedEntries = 0;
  if (retention.maxAgeMs !== undefined) {
    deletedEntries += await deleteBefore(connection, nowNs - BigInt(Math.round(retention.maxAgeMs)) * 1_000_000n);
  }
  if (retention.maxBytes !== undefined) {
    let used = await database.usedBytes();
    while (used > retention.maxBytes) {
      const cut = await connection.runAndReadAll(`SELECT quantile_disc(ts, 0.05) FROM (${selectFromAllParts('ts')})`);
      const oldestNs = cut.getRows()[0]?.[0];
      if (typeof oldestNs !== 'bigint') {
        break;
      }
      deletedEntries += await deleteBefore(connection, oldestNs + 1n);
      const left = await database.usedBytes();
      if (left >= used) {
        // Nothing was freed yet, because a reader still needs it or a block is only partly empty: the next sweep goes on.
        break;
      }
      used = left;
    }
  }
  return { deletedEntries, deletedStreams: deletedEntries > 0 ? await deleteEmptyStreams(connection, index) : 0 };
}

async function deleteBefore(connection: DuckDBConnection, beforeNs: bigint): Promise<number> {
  let deleted = 0;
  await connection.run('BEGIN');
  try {
    for (const part of PARTS) {
      deleted += (await connection.run(`DELETE FROM ${entriesTable(part)} WHERE ts < $1`, [beforeNs], [BIGINT]))
        .rowsChanged;
    }
    await connection.run(`DELETE FROM words WHERE slot < ${slotOf(beforeNs)}`);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
  if (deleted > 0) {
    await connection.run('CHECKPOINT').catch((error: unknown) => {
      // A query that is still reading keeps the old state alive; the next sweep frees it.
      if (!String(error).includes('transaction')) {
        throw error;
      }
    });
  }
  return deleted;
}

async function deleteEmptyStreams(connection: DuckDBConnection, index: StreamIndex): Promise<number> {
  const empty = await connection.runAndReadAll(
    `DELETE FROM streams WHERE id NOT IN (SELECT DISTINCT stream FROM (${selectFromAllParts('stream')})) RETURNING id`
  );
  const rows = empty.getRows();
  rows.forEach(([id]) => index.delete(Number(id)));
  return rows.length;
}
