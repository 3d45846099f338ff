/**
 * Reading. SQL does what prunes: time range, streams, line filters and, where a query reads only some fields of flat JSON
 * lines, cutting those fields out. All else is done on the rows by the caller.
 */
import { BIGINT, type DuckDBConnection, type DuckDBValue, type DuckDBType, INTEGER, VARCHAR } from '@duckdb/node-api';
import { type LineFilterStage } from '../logql/ast';
import { type Database } from './database';
import { storageError } from './storage-error';
import { type Stream } from './stream-index';

export interface Selection {
  readonly streams: readonly Stream[];
  /** First nanosecond, included. */
  readonly fromNs: bigint;
  /** Last nanosecond, included. */
  readonly toNs: bigint;
  readonly lineFilters: readonly LineFilterStage[];
  /** Texts that a line must hold, or else an escape: a necessary condition of label filters that come later. */
  readonly mustContain: readonly string[];
}

export interface Entry {
  readonly tsNs: bigint;
  readonly stream: number;
  readonly line: string;
  readonly metadata: ReadonlyArray<readonly [string, string]>;
}

/** Parallel arrays of the rows that DuckDB hands over at once. */
export interface SampleRows {
  /** Nanoseconds since the query's zero. */
  readonly times: readonly number[];
  readonly streams: readonly number[];
  readonly lines: readonly string[];
  readonly metadata: ReadonlyArray<string | null>;
}

const noMetadata: ReadonlyArray<readonly [string, string]> = [];

export function readMetadata(text: string | null): ReadonlyArray<readonly [string, string]> {
  if (text === null) {
    return noMetadata;
  }
  const pairs: ReadonlyArray<readonly [string, string]> = JSON.parse(text);
  return pairs;
}

/** A query gives up after this long, as Loki's default. */
const timeLimitMs = 60_000;

export class Reader {
  constructor(private readonly database: Database) {}

  /** Runs `work` on a connection of its own: one consistent state of the store, a time limit, and typed errors. */
  async read<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const connection = await this.database.connect();
    const timer = setTimeout(() => connection.interrupt(), timeLimitMs);
    try {
      await connection.run('BEGIN TRANSACTION READ ONLY');
      return await work(new Snapshot(connection));
    } catch (error) {
      throw isDatabaseError(error) ? storageError(error, 'reading') : error;
    } finally {
      clearTimeout(timer);
      connection.closeSync();
    }
  }
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && error.name === 'Error';
}

export class Snapshot {
  constructor(private readonly connection: DuckDBConnection) {}

  /** Entries in the order of time, the newest first if `backward`; at most `limit`, those after `continued` only. */
  async entries(
    selection: Selection,
    page: { readonly backward: boolean; readonly limit: number; readonly after?: EntryPosition }
  ): Promise<{ readonly entries: readonly Entry[]; readonly last?: EntryPosition }> {
    const sql = new Statement();
    const conditions = [where(selection, sql)];
    if (page.after !== undefined) {
      const order = page.backward ? '<' : '>';
      const ts = sql.bind(page.after.tsNs, BIGINT);
      conditions.push(`(ts ${order} ${ts} OR (ts = ${ts} AND rowid ${order} ${sql.bind(page.after.row, BIGINT)}))`);
    }
    const direction = page.backward ? 'DESC' : 'ASC';
    const result = await sql.run(
      this.connection,
      `SELECT ts, stream, line, metadata, rowid FROM entries WHERE ${conditions.join(' AND ')}
       ORDER BY ts ${direction}, rowid ${direction} LIMIT ${page.limit}`
    );
    const entries: Entry[] = [];
    let last: EntryPosition | undefined;
    for await (const chunk of result) {
      const [times, streams, lines, metadata, rows] = chunk.getColumns();
      for (let at = 0; at < chunk.rowCount; at++) {
        const tsNs = asBigInt(times[at]);
        entries.push({
          tsNs,
          stream: asNumber(streams[at]),
          line: asText(lines[at]) ?? '',
          metadata: readMetadata(asText(metadata[at])),
        });
        last = { tsNs, row: asBigInt(rows[at]) };
      }
    }
    return last === undefined ? { entries } : { entries, last };
  }

  /**
   * Rows for a metric query, in no order. With `fields`, a flat JSON line comes back as an object of only these fields
   * (those it has not are null), which is all that `| json` can yield for them.
   */
  async *samples(
    selection: Selection,
    options: { readonly zeroNs: bigint; readonly fields: ReadonlySet<string> | undefined }
  ): AsyncGenerator<SampleRows> {
    const sql = new Statement();
    const condition = where(selection, sql);
    const zero = sql.bind(options.zeroNs, BIGINT);
    const line = options.fields === undefined ? 'line' : shrunkLine([...options.fields]);
    const result = await sql.run(
      this.connection,
      `SELECT (ts - ${zero})::DOUBLE, stream, ${line}, metadata FROM entries WHERE ${condition}`
    );
    for await (const chunk of result) {
      const [times, streams, lines, metadata] = chunk.getColumns();
      yield {
        times: times.map(asNumber),
        streams: streams.map(asNumber),
        lines: lines.map((text) => asText(text) ?? ''),
        metadata: metadata.map(asText),
      };
    }
  }

  /** The streams with an entry in the range, and how many entries and bytes of lines each has there. */
  async streamSizes(
    selection: Selection
  ): Promise<ReadonlyArray<{ readonly stream: number; readonly entries: number; readonly bytes: number }>> {
    const sql = new Statement();
    const result = await sql.run(
      this.connection,
      `SELECT stream, count(*)::DOUBLE, sum(strlen(line))::DOUBLE FROM entries WHERE ${where(selection, sql)} GROUP BY stream`
    );
    const rows = await result.getRows();
    return rows.map(([stream, entries, bytes]) => ({
      stream: asNumber(stream),
      entries: asNumber(entries),
      bytes: asNumber(bytes),
    }));
  }

  async streamsWithEntries(selection: Selection): Promise<readonly number[]> {
    const sql = new Statement();
    const result = await sql.run(this.connection, `SELECT DISTINCT stream FROM entries WHERE ${where(selection, sql)}`);
    return (await result.getRows()).map(([stream]) => asNumber(stream));
  }
}

export interface EntryPosition {
  readonly tsNs: bigint;
  readonly row: bigint;
}

/** SQL text with its bound values; nothing that came from outside is ever part of the text. */
class Statement {
  private readonly values: DuckDBValue[] = [];
  private readonly types: DuckDBType[] = [];

  bind(value: DuckDBValue, type: DuckDBType): string {
    this.values.push(value);
    this.types.push(type);
    return `$${this.values.length}`;
  }

  run(connection: DuckDBConnection, text: string) {
    return connection.stream(text, this.values, this.types);
  }
}

function where({ streams, fromNs, toNs, lineFilters, mustContain }: Selection, sql: Statement): string {
  return [
    `ts BETWEEN ${sql.bind(fromNs, BIGINT)} AND ${sql.bind(toNs, BIGINT)}`,
    `stream IN (${streams.map(({ id }) => sql.bind(id, INTEGER)).join(', ')})`,
    ...lineFilters.map((filter) => lineCondition(filter, sql)),
    ...mustContain.map(
      (text) => `(contains(line, ${sql.bind(text, VARCHAR)}) OR contains(line, '\\') OR metadata IS NOT NULL)`
    ),
  ].join(' AND ');
}

/** DuckDB's regular expressions are RE2, the same as Loki's. */
function lineCondition({ operator, alternatives }: LineFilterStage, sql: Statement): string {
  const test = operator === '|=' || operator === '!=' ? 'contains' : 'regexp_matches';
  const any = alternatives.map((text) => `${test}(line, ${sql.bind(text, VARCHAR)})`).join(' OR ');
  return operator === '|=' || operator === '|~' ? `(${any})` : `NOT (${any})`;
}

function shrunkLine(fields: readonly string[]): string {
  if (fields.length === 0) {
    return `CASE WHEN flat THEN '{}' ELSE line END`;
  }
  const paths = fields.map((field) => `'$.${labelName(field)}'`).join(', ');
  const parts = fields.map(
    (field, at) => `'${at === 0 ? '{' : ','}"${labelName(field)}":', coalesce(found[${at + 1}]::VARCHAR, 'null')`
  );
  const cut = `list_transform([json_extract(line, [${paths}])], lambda found: concat(${parts.join(', ')}, '}'))[1]`;
  return `CASE WHEN flat THEN ${cut} ELSE line END`;
}

/** Field names become part of SQL text, so only label names may. */
function labelName(field: string): string {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(field)) {
    throw new Error(`${JSON.stringify(field)} is no label name`);
  }
  return field;
}

const asNumber = (value: DuckDBValue): number => (typeof value === 'number' ? value : Number(value));
const asBigInt = (value: DuckDBValue): bigint => (typeof value === 'bigint' ? value : BigInt(asNumber(value)));
const asText = (value: DuckDBValue): string | null => (typeof value === 'string' ? value : null);
