/** Rows into a table, by columns: the fastest way that DuckDB has. */
import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';

export type Columns = ReadonlyArray<readonly DuckDBValue[]>;

export interface Table {
  readonly table: string;
  readonly types: readonly DuckDBType[];
}

/** DuckDB's vector size: the rows of one chunk. */
const ROWS_PER_CHUNK = 2048;

export async function appendColumns(
  connection: DuckDBConnection,
  { table, types }: Table,
  columns: Columns
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    for (let from = 0; from < columns[0].length; from += ROWS_PER_CHUNK) {
      const chunk = DuckDBDataChunk.create(types);
      chunk.setColumns(
        columns[0].length <= ROWS_PER_CHUNK
          ? columns
          : columns.map((column) => column.slice(from, from + ROWS_PER_CHUNK))
      );
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
