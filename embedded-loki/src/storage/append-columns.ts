/** Rows into a table, by columns: the fastest way that DuckDB has. */
import { type DuckDBConnection, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';

export type Columns = ReadonlyArray<readonly DuckDBValue[]>;

export interface Table {
  readonly table: string;
  readonly types: readonly DuckDBType[];
}

/** DuckDB's vector size: the rows of one chunk. */
const rowsPerChunk = 2048;

export async function appendColumns(
  connection: DuckDBConnection,
  { table, types }: Table,
  columns: Columns
): Promise<void> {
  const appender = await connection.createAppender(table);
  try {
    for (let from = 0; from < columns[0].length; from += rowsPerChunk) {
      const chunk = DuckDBDataChunk.create(types);
      chunk.setColumns(
        columns[0].length <= rowsPerChunk ? columns : columns.map((column) => column.slice(from, from + rowsPerChunk))
      );
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}
