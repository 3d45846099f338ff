/**
 * The tables of a store.
 *
 * - `store(version)`
 * - `streams(id, labels, part)`: labels as a JSON array of [name, value] pairs. Streams that differ only in `host`
 *   share a part, so that one flow shard of one source is one part.
 * - `entries_<part>(ts, stream, bytes, flat, line, metadata, f_…)`: ts in nanoseconds since 1970; bytes of the line in
 *   UTF-8; flat and f_… as field-columns.ts says. Entries are in order of arrival, which is nearly that of time:
 *   DuckDB's minima and maxima per row group prune a time range without an index.
 * - `words(hash, part, slot)`: where lines with a word are, once per slot of `SLOT_NS`; see line-words.ts.
 */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBType,
  INTEGER,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { type Table } from './append-columns';
import { columnOf, FIELD_COLUMNS } from './field-columns';

export const SCHEMA_VERSION = 3;

/** More combinations of source and shard than this share parts. */
export const PART_COUNT = 64;

/** Length of a slot of the word index. */
export const SLOT_NS = 10_000_000_000n;

export function entriesTable(part: number): string {
  return `entries_${part}`;
}

/** `SELECT columns` over the entries of all parts. */
export function selectFromAllParts(columns: string): string {
  return PARTS.map((part) => `SELECT ${columns} FROM ${entriesTable(part)}`).join(' UNION ALL ');
}

export const PARTS: readonly number[] = Array.from({ length: PART_COUNT }, (_, part) => part);

interface Column {
  readonly name: string;
  readonly type: DuckDBType;
  readonly sql: string;
}

const COLUMNS: readonly Column[] = [
  { name: 'ts', type: BIGINT, sql: 'BIGINT NOT NULL' },
  { name: 'stream', type: INTEGER, sql: 'INTEGER NOT NULL' },
  { name: 'bytes', type: INTEGER, sql: 'INTEGER NOT NULL' },
  { name: 'flat', type: BOOLEAN, sql: 'BOOLEAN NOT NULL' },
  { name: 'line', type: VARCHAR, sql: "VARCHAR NOT NULL USING COMPRESSION 'zstd'" },
  { name: 'metadata', type: VARCHAR, sql: 'VARCHAR' },
  ...Object.entries(FIELD_COLUMNS).map(([field, type]) => ({
    name: columnOf(field),
    type: type === 'number' ? DOUBLE : VARCHAR,
    sql: type === 'number' ? 'DOUBLE' : 'VARCHAR',
  })),
];

/** In the order that the appender fills them. */
export const ENTRY_COLUMN_TYPES: readonly DuckDBType[] = COLUMNS.map(({ type }) => type);

export async function createTables(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN');
  await connection.run('CREATE TABLE streams(id INTEGER NOT NULL, labels VARCHAR NOT NULL, part INTEGER NOT NULL)');
  await connection.run('CREATE TABLE words(hash UINTEGER NOT NULL, part UTINYINT NOT NULL, slot INTEGER NOT NULL)');
  const body = COLUMNS.map(({ name, sql }) => `${name} ${sql}`).join(', ');
  for (const part of PARTS) {
    await connection.run(`CREATE TABLE ${entriesTable(part)}(${body})`);
  }
  await connection.run('CREATE TABLE store(version INTEGER NOT NULL)');
  await connection.run(`INSERT INTO store VALUES (${SCHEMA_VERSION})`);
  await connection.run('COMMIT');
}

/** Columns in the order of `WordPostings.columns`. */
export const WORDS_TABLE: Table = { table: 'words', types: [UINTEGER, UTINYINT, INTEGER] };

/** The version of the schema that the store was written with, or undefined for an empty file. */
export async function storedVersion(connection: DuckDBConnection): Promise<number | undefined> {
  const tables = await connection.runAndReadAll(
    "SELECT 1 FROM duckdb_tables() WHERE database_name = current_database() AND table_name = 'store'"
  );
  if (tables.currentRowCount === 0) {
    return undefined;
  }
  const rows = (await connection.runAndReadAll('SELECT version FROM store')).getRows();
  return rows.length === 0 ? undefined : Number(rows[0][0]);
}

export function slotOf(tsNs: bigint): number {
  return Number(tsNs / SLOT_NS);
}
