/**
 * Which entries of a push may already be stored. An entry newer than its whole stream cannot be; the others are looked up
 * by stream, time and line.
 */
import { BIGINT, type DuckDBConnection } from '@duckdb/node-api';
import { type LabelSet } from '../logql/label-set';
import { type NewEntry, type NewStreamEntries } from './new-entry';
import { entriesTable } from './schema';
import { type Stream } from './stream-index';

interface PossibleDuplicates {
  /** The streams with an entry that is not newer than the one before it. */
  readonly lateStreams: ReadonlySet<Stream>;
  /** The newest time of each stream once the push is stored. */
  readonly newest: ReadonlyMap<Stream, bigint>;
  /** The stored entries of the late streams at the times of the push's late entries. */
  readonly identities: Set<string>;
}

export function identityOf(stream: number, { tsNs, line }: Pick<NewEntry, 'tsNs' | 'line'>): string {
  return `${stream} ${tsNs} ${line}`;
}

export async function possibleDuplicates(
  connection: DuckDBConnection,
  pushed: readonly NewStreamEntries[],
  streamOf: (labels: LabelSet) => Stream
): Promise<PossibleDuplicates> {
  const newest = new Map<Stream, bigint>();
  const late = new Map<Stream, { firstNs: bigint; lastNs: bigint }>();
  for (const { labels, entries } of pushed) {
    const stream = streamOf(labels);
    for (const { tsNs } of entries) {
      if (tsNs > (newest.get(stream) ?? stream.newestNs)) {
        newest.set(stream, tsNs);
        continue;
      }
      const span = late.get(stream) ?? { firstNs: tsNs, lastNs: tsNs };
      late.set(stream, {
        firstNs: tsNs < span.firstNs ? tsNs : span.firstNs,
        lastNs: tsNs > span.lastNs ? tsNs : span.lastNs,
      });
    }
  }
  const identities = new Set<string>();
  for (const [{ id, part }, { firstNs, lastNs }] of late) {
    const stored = await connection.runAndReadAll(
      `SELECT ts, line FROM ${entriesTable(part)} WHERE ts BETWEEN $1 AND $2 AND stream = ${id}`,
      [firstNs, lastNs],
      [BIGINT, BIGINT]
    );
    for (const [ts, line] of stored.getRows()) {
      identities.add(identityOf(id, { tsNs: BigInt(String(ts)), line: String(line) }));
    }
  }
  return { lateStreams: new Set(late.keys()), newest, identities };
}
