/** One consistent state of the store, as a query reads it. Rows are streamed: only what the caller is reading is in memory. */
import { type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { columnConditions, entryConditions, kindsApart, kindsToRead, selectFrom } from './conditions';
import { type SamplePlan, sampleStatements } from './sample-statements';
import { type PartScope, scopeOf } from './scope';
import { type Selection } from './selection';
import { refuseStopped } from './stop';
import { asBigInt, asList, asNumber, asText, Statement } from './statement';

type Metadata = ReadonlyArray<readonly [string, string]>;

interface Entry {
  readonly tsNs: bigint;
  readonly stream: number;
  readonly line: string;
  readonly metadata: Metadata;
}

/** Samples that a metric query cannot tell apart but by time and value. */
export interface SampleGroup {
  readonly stream: number;
  readonly metadata: Metadata;
  readonly line: string;
  /** Nanoseconds since the plan's zero, in no order; of buckets, their last nanosecond. */
  readonly times: readonly number[];
  /** Parallel to `times`, where the database has read the values; of buckets, its sum, least or greatest. */
  readonly values?: readonly number[];
  /** Parallel to `times`: samples in each bucket. */
  readonly counts?: readonly number[];
}

/** What of a scope there is to look at, before any line is. */
export interface Extent {
  readonly entries: number;
  readonly bytes: number;
  /** First and last entry; undefined where there is none. */
  readonly span?: { readonly fromNs: bigint; readonly toNs: bigint };
}

export interface StreamSize {
  readonly stream: number;
  /** 0, 1, … from the start; 0 without steps. */
  readonly step: number;
  readonly entries: number;
  readonly bytes: number;
}

const NO_METADATA: Metadata = [];

export class Snapshot {
  constructor(
    private readonly connection: DuckDBConnection,
    private readonly stop: AbortSignal
  ) {}

  scope(selection: Selection): Promise<readonly PartScope[]> {
    return scopeOf(this.connection, selection);
  }

  /** Of a selection, the entries whose lines have to be looked at: columns leave out others. Without one, all entries. */
  async extent(scopes: readonly PartScope[], selection?: Selection): Promise<Extent> {
    if (scopes.length === 0) {
      return { entries: 0, bytes: 0 };
    }
    const decided = selection === undefined ? [] : columnConditions(selection);
    const kinds = selection === undefined || decided.length === 0 ? (['any'] as const) : kindsApart(selection);
    const candidates = kinds
      .map((kind) => selectFrom(scopes, 'ts, bytes', kind === 'flat' ? decided : [], kind))
      .join(' UNION ALL ');
    const rows = await this.connection.runAndReadAll(
      `SELECT count(*)::DOUBLE, coalesce(sum(bytes), 0)::DOUBLE, min(ts), max(ts) FROM (${candidates})`
    );
    const [entries, bytes, fromNs, toNs] = rows.getRows()[0];
    return {
      entries: asNumber(entries),
      bytes: asNumber(bytes),
      ...(fromNs === null ? {} : { span: { fromNs: asBigInt(fromNs), toNs: asBigInt(toNs) } }),
    };
  }

  /** Entries in the order of time, the newest first if `backward`. */
  async *entries(
    selection: Selection,
    scopes: readonly PartScope[],
    order: { readonly backward: boolean; readonly limit?: number }
  ): AsyncGenerator<Entry> {
    if (scopes.length === 0) {
      return;
    }
    const sql = new Statement();
    const rows = kindsToRead(selection)
      .map((kind) =>
        selectFrom(scopes, 'ts, stream, line, metadata, rowid AS place', entryConditions(selection, sql, kind), kind)
      )
      .join(' UNION ALL ');
    const direction = order.backward ? 'DESC' : 'ASC';
    const limit = order.limit === undefined ? '' : `LIMIT ${order.limit}`;
    const text = `SELECT ts, stream, line, metadata FROM (${rows}) ORDER BY ts ${direction}, place ${direction} ${limit}`;
    for await (const chunk of this.chunks(sql, text)) {
      const [times, streams, lines, metadata] = chunk.getColumns();
      for (let at = 0; at < chunk.rowCount; at++) {
        yield {
          tsNs: asBigInt(times[at]),
          stream: asNumber(streams[at]),
          line: asText(lines[at]) ?? '',
          metadata: readMetadata(asText(metadata[at])),
        };
      }
    }
  }

  /** What a metric query needs of its lines, in no order. */
  async *samples(selection: Selection, scopes: readonly PartScope[], plan: SamplePlan): AsyncGenerator<SampleGroup> {
    if (scopes.length === 0) {
      return;
    }
    for (const { text, sql, lineOf } of sampleStatements(selection, scopes, plan)) {
      for await (const chunk of this.chunks(sql, text)) {
        const [streams, metadata, times, values, counts, ...members] = chunk.getColumns();
        for (let at = 0; at < chunk.rowCount; at++) {
          const read = asList(values[at]);
          const counted = asList(counts[at]);
          yield {
            stream: asNumber(streams[at]),
            metadata: readMetadata(asText(metadata[at])),
            line: lineOf(members, at),
            times: asList(times[at]).map(asNumber),
            ...(read.length === 0 || read[0] === null ? {} : { values: read.map(asNumber) }),
            ...(counted.length === 0 ? {} : { counts: counted.map(asNumber) }),
          };
        }
      }
    }
  }

  /** The streams with an entry in the scope, and how much each has there; by steps of time where these are given. */
  async streamSizes(
    scopes: readonly PartScope[],
    steps?: { readonly startNs: bigint; readonly stepNs: bigint }
  ): Promise<readonly StreamSize[]> {
    if (scopes.length === 0) {
      return [];
    }
    const step = steps === undefined ? '0' : `(ts - ${steps.startNs}) // ${steps.stepNs}`;
    const rows = await this.connection.runAndReadAll(
      `SELECT stream, step, count(*)::DOUBLE, sum(bytes)::DOUBLE
       FROM (${selectFrom(scopes, `stream, bytes, ${step} AS step`, [])}) GROUP BY stream, step`
    );
    return rows.getRows().map(([stream, at, entries, bytes]) => ({
      stream: asNumber(stream),
      step: asNumber(at),
      entries: asNumber(entries),
      bytes: asNumber(bytes),
    }));
  }

  private async *chunks(sql: Statement, text: string): AsyncGenerator<DuckDBDataChunk> {
    refuseStopped(this.stop);
    for await (const chunk of await sql.run(this.connection, text)) {
      refuseStopped(this.stop);
      yield chunk;
    }
  }
}

function readMetadata(text: string | null): Metadata {
  if (text === null) {
    return NO_METADATA;
  }
  const pairs: Metadata = JSON.parse(text);
  return pairs;
}
