/**
 * Reading. SQL does what prunes: time range, streams, line filters and, where a query reads only some fields of flat JSON
 * lines, cutting those fields out. All else is done on the rows by the caller.
 */
import {
  DOUBLE,
  BIGINT,
  type DuckDBConnection,
  DuckDBListValue,
  type DuckDBValue,
  type DuckDBType,
  VARCHAR,
} from '@duckdb/node-api';
import { type CompareOperator, type LineFilterStage } from '../logql/ast';
import { QueryError } from '../logql/query-error';
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
  /** Comparisons with a number that a field of each line must pass. */
  readonly mustCompare: readonly FieldComparison[];
}

export interface FieldComparison {
  readonly field: string;
  readonly operator: CompareOperator;
  readonly value: number;
}

export interface Entry {
  readonly tsNs: bigint;
  readonly stream: number;
  readonly line: string;
  readonly metadata: ReadonlyArray<readonly [string, string]>;
}

/** Lines that a metric query cannot tell apart. */
export interface SampleGroup {
  readonly stream: number;
  readonly metadata: ReadonlyArray<readonly [string, string]>;
  readonly line: string;
  /** Nanoseconds since the query's zero, in no order. */
  readonly times: readonly number[];
  /** Parallel to `times`, where the database has read the values. */
  readonly values?: readonly number[];
}

export interface LineGrouping {
  /** False: no stage reads the line. */
  readonly readsJson: boolean;
  readonly fields: readonly string[];
  /** The sample's value: what the pipeline makes of the line, the line's length, or a number in a field. */
  readonly value: 'line' | 'bytes' | { readonly field: string };
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
      throw error instanceof QueryError ? error : storageError(error, 'reading');
    } finally {
      clearTimeout(timer);
      connection.closeSync();
    }
  }
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

  /** Rows for a metric query, one a line, in no order. */
  async *samples(selection: Selection, zeroNs: bigint): AsyncGenerator<SampleGroup> {
    const sql = new Statement();
    const result = await sql.run(
      this.connection,
      `SELECT (ts - ${zeroNs})::DOUBLE, stream, line, metadata FROM entries WHERE ${where(selection, sql)}`
    );
    for await (const chunk of result) {
      const [times, streams, lines, metadata] = chunk.getColumns();
      for (let at = 0; at < chunk.rowCount; at++) {
        yield {
          stream: asNumber(streams[at]),
          metadata: readMetadata(asText(metadata[at])),
          line: asText(lines[at]) ?? '',
          times: [asNumber(times[at])],
        };
      }
    }
  }

  /**
   * The same, with the lines grouped that the query cannot tell apart. A flat JSON line comes back as an object of only
   * `fields`; those it has not are null, which `| json` passes over. A value that the database has read stands in
   * `values`, and as 0 in the line.
   */
  async *groupedSamples(selection: Selection, zeroNs: bigint, grouping: LineGrouping): AsyncGenerator<SampleGroup> {
    const sql = new Statement();
    const { picked, value, members, line } = groupedColumns(grouping);
    const keys = members.map((_, at) => `member${at}`);
    const result = await sql.run(
      this.connection,
      `WITH picked AS (
         SELECT (ts - ${zeroNs})::DOUBLE AS time, stream, metadata, ${picked} FROM entries WHERE ${where(selection, sql)}
       ), valued AS (SELECT *, ${value} AS value FROM picked)
       SELECT stream, metadata, list(time), list(value), ${line} AS rest
         ${members.map(({ expression }, at) => `, ${expression} AS ${keys[at]}`).join('')}
       FROM valued GROUP BY ${['stream', 'metadata', 'rest', ...keys].join(', ')}`
    );
    for await (const chunk of result) {
      const [streams, metadata, times, values, rests, ...found] = chunk.getColumns();
      for (let at = 0; at < chunk.rowCount; at++) {
        const read = asList(values[at]);
        const line =
          asText(rests[at]) ??
          `{${members.map(({ name }, member) => `"${name}":${asText(found[member][at]) ?? 'null'}`).join(',')}}`;
        yield {
          stream: asNumber(streams[at]),
          metadata: readMetadata(asText(metadata[at])),
          line,
          times: asList(times[at]).map(asNumber),
          ...(read[0] === null ? {} : { values: read.map(asNumber) }),
        };
      }
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

/** SQL text with its bound values; of what came from outside only numbers and label names are ever part of the text. */
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

function where({ streams, fromNs, toNs, lineFilters, mustContain, mustCompare }: Selection, sql: Statement): string {
  return [
    `ts BETWEEN ${fromNs} AND ${toNs}`,
    `stream IN (${streams.map(({ id }) => id).join(', ')})`,
    ...lineFilters.map((filter) => lineCondition(filter, sql)),
    ...mustContain.map(
      (text) => `(contains(line, ${sql.bind(text, VARCHAR)}) OR contains(line, '\\') OR metadata IS NOT NULL)`
    ),
    ...mustCompare.map((comparison) => fieldCondition(comparison, sql)),
  ].join(' AND ');
}

/** False only for a flat line whose field is absent, or is a number that fails: the pipeline judges all the rest. */
function fieldCondition({ field, operator, value }: FieldComparison, sql: Statement): string {
  const raw = `json_extract(line, '$.${labelName(field)}')::VARCHAR`;
  const sqlOperator = operator === '==' ? '=' : operator;
  const passes = `try_cast(${raw} AS DOUBLE) ${sqlOperator} ${sql.bind(value, DOUBLE)}`;
  return `(CASE WHEN flat AND metadata IS NULL THEN coalesce(${passes}, NOT starts_with(${raw}, '['), false) ELSE true END)`;
}

/** DuckDB's regular expressions are RE2, the same as Loki's. */
function lineCondition({ operator, alternatives }: LineFilterStage, sql: Statement): string {
  const test = operator === '|=' || operator === '!=' ? 'contains' : 'regexp_matches';
  const any = alternatives.map((text) => `${test}(line, ${sql.bind(text, VARCHAR)})`).join(' OR ');
  return operator === '|=' || operator === '|~' ? `(${any})` : `NOT (${any})`;
}

/** SQL expressions over `entries` (picked) and over what was picked: the value, and the members that make a group. */
function groupedColumns({ readsJson, fields, value }: LineGrouping): {
  readonly picked: string;
  readonly value: string;
  readonly members: ReadonlyArray<{ readonly name: string; readonly expression: string }>;
  /** The line as a whole where it is not flat, else NULL. */
  readonly line: string;
} {
  const bytes = value === 'bytes' ? ', strlen(line) AS bytes' : '';
  const plainValue = value === 'bytes' ? 'bytes::DOUBLE' : 'NULL::DOUBLE';
  const valueField = typeof value === 'object' ? value.field : undefined;
  const all = valueField === undefined ? fields : [...fields, valueField];
  if (!readsJson || all.length === 0) {
    const rest = readsJson ? 'CASE WHEN flat THEN NULL ELSE line END' : 'NULL::VARCHAR';
    return { picked: `${rest} AS line${bytes}`, value: plainValue, members: [], line: 'line' };
  }
  const paths = all.map((field) => `'$.${labelName(field)}'`).join(', ');
  const text = (at: number) => `found[${at + 1}]::VARCHAR`;
  const members = fields.map((name, at) => ({ name, expression: text(at) }));
  if (valueField !== undefined) {
    // A number became the value; anything else stays in the line for the pipeline to judge.
    members.push({
      name: valueField,
      expression: `CASE WHEN value IS NULL THEN ${text(fields.length)} ELSE '0' END`,
    });
  }
  return {
    picked: `flat, CASE WHEN flat THEN NULL ELSE line END AS line, CASE WHEN flat THEN json_extract(line, [${paths}]) END AS found${bytes}`,
    value:
      valueField === undefined
        ? plainValue
        : `CASE WHEN flat AND metadata IS NULL THEN try_cast(${text(fields.length)} AS DOUBLE) END`,
    members,
    line: 'line',
  };
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
const asList = (value: DuckDBValue): readonly DuckDBValue[] => (value instanceof DuckDBListValue ? value.items : []);
