/**
 * Taking over what an older version of the store wrote. Schema 1 has all entries in one table; schema 2 has the tables of today with fewer
 * columns, and fewer words in its index.
 *
 * The old file is put aside under another name, its entries are pushed into a new one, then it is deleted. A process that
 * ends half-way goes on at its next start: what it had pushed already is dropped as duplicate.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { labelSet } from '../logql/label-set';
import { type Appender, type NewStreamEntries } from './append';
import { type Database, openDatabase } from './database';
import { asBigInt, asText } from './statement';
import { StorageError } from './storage-error';

const entriesPerPush = 10_000;

/** Opens a store; one of an older version is put aside for `importOlder`. */
export async function openOrPutAside(file: string): Promise<Database> {
  try {
    return await openDatabase(file);
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'old') {
      throw error;
    }
  }
  const aside = asideName(file);
  if (existsSync(aside)) {
    throw new StorageError(
      'old',
      `${file} was written by an older version of the store, and so was ${aside}: move one of them away`
    );
  }
  for (const end of ['', '.wal']) {
    if (existsSync(file + end)) {
      renameSync(file + end, aside + end);
    }
  }
  return openDatabase(file);
}

/** The number of entries that were taken over. */
export async function importOlder(file: string, database: Database, appender: Appender): Promise<number> {
  const aside = asideName(file);
  if (!existsSync(aside)) {
    return 0;
  }
  const connection = await database.connect();
  let imported = 0;
  try {
    await connection.run(`ATTACH '${aside.replaceAll("'", "''")}' AS older (READ_ONLY)`);
    const tables = await connection.runAndReadAll(
      "SELECT table_name FROM duckdb_tables() WHERE database_name = 'older' AND table_name SIMILAR TO 'entries(_\\d+)?'"
    );
    const entries = tables
      .getRows()
      .map(([name]) => `SELECT stream, ts, line, metadata FROM older.main.${String(name)}`)
      .join(' UNION ALL ');
    const rows = await connection.stream(
      `SELECT s.labels, e.ts, e.line, e.metadata FROM (${entries}) e JOIN older.main.streams s ON s.id = e.stream ORDER BY e.ts`
    );
    let batch = new Batch();
    for await (const chunk of rows) {
      const [labels, times, lines, metadata] = chunk.getColumns();
      for (let at = 0; at < chunk.rowCount; at++) {
        batch.add(asText(labels[at]) ?? '[]', asBigInt(times[at]), asText(lines[at]) ?? '', asText(metadata[at]));
      }
      if (batch.entries >= entriesPerPush) {
        await appender.append(batch.streams());
        imported += batch.entries;
        batch = new Batch();
      }
    }
    await appender.append(batch.streams());
    imported += batch.entries;
    await connection.run('DETACH older');
  } finally {
    connection.closeSync();
  }
  for (const end of ['', '.wal']) {
    rmSync(aside + end, { force: true });
  }
  return imported;
}

/** The name is that of the first version's, so that what was half taken over is found. */
function asideName(file: string): string {
  return `${file}.v1`;
}

type Pairs = ReadonlyArray<readonly [string, string]>;

class Batch {
  private readonly byLabels = new Map<string, Array<NewStreamEntries['entries'][number]>>();
  entries = 0;

  add(labels: string, tsNs: bigint, line: string, metadata: string | null): void {
    const entry = { tsNs, line, metadata: metadata === null ? [] : (JSON.parse(metadata) as Pairs) };
    const known = this.byLabels.get(labels);
    if (known === undefined) {
      this.byLabels.set(labels, [entry]);
    } else {
      known.push(entry);
    }
    this.entries++;
  }

  streams(): readonly NewStreamEntries[] {
    return [...this.byLabels].map(([labels, entries]) => ({ labels: labelSet(JSON.parse(labels) as Pairs), entries }));
  }
}
