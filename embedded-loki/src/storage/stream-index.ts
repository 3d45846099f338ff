/** All streams, in memory: a store has as many as hosts times sources times shards, which is thousands and no more. */
import { type DuckDBConnection } from '@duckdb/node-api';
import { type Matcher } from '../logql/ast';
import { type LabelSet, labelSet } from '../logql/label-set';
import { selectorPredicate } from '../logql/matcher';
import { PartAssignment } from './part-assignment';
import { selectFromAllParts } from './schema';

export interface Stream {
  readonly id: number;
  readonly labels: LabelSet;
  /** The table that holds its entries. */
  readonly part: number;
  /** Timestamp of the newest entry; an entry after it cannot be a duplicate. */
  newestNs: bigint;
  /** Whether any of its entries may be other than flat; see field-columns.ts. */
  hasOther: boolean;
}

export class StreamIndex {
  private readonly byKey = new Map<string, Stream>();
  private readonly byId = new Map<number, Stream>();
  private readonly parts = new PartAssignment();
  private nextId = 1;

  static async load(connection: DuckDBConnection): Promise<StreamIndex> {
    const index = new StreamIndex();
    const rows = await connection.runAndReadAll(
      `SELECT s.id, s.labels, s.part, coalesce(e.newest, -9223372036854775808), coalesce(e.other, false)
       FROM streams s LEFT JOIN (SELECT stream, max(ts) AS newest, bool_or(NOT flat) AS other FROM (${selectFromAllParts('stream, ts, flat')}) GROUP BY stream) e ON e.stream = s.id ORDER BY s.id`
    );
    for (const [id, labels, part, newestNs, hasOther] of rows.getRows()) {
      if (
        typeof id !== 'number' ||
        typeof labels !== 'string' ||
        typeof part !== 'number' ||
        typeof newestNs !== 'bigint' ||
        typeof hasOther !== 'boolean'
      ) {
        throw new Error('the streams table does not have the types it was created with');
      }
      const pairs: Array<[string, string]> = JSON.parse(labels);
      index.add({ id, labels: labelSet(pairs), part, newestNs, hasOther });
    }
    return index;
  }

  get size(): number {
    return this.byKey.size;
  }

  find(labels: LabelSet): Stream | undefined {
    return this.byKey.get(labels.key);
  }

  get(id: number): Stream {
    const stream = this.byId.get(id);
    if (stream === undefined) {
      throw new Error(`an entry names stream ${id}, which does not exist`);
    }
    return stream;
  }

  /** A stream that is not in the index until `add` is called with it, after its row is committed. */
  propose(labels: LabelSet): Stream {
    return { id: this.nextId++, labels, part: this.parts.partOf(labels), newestNs: -(2n ** 63n), hasOther: false };
  }

  add(stream: Stream): void {
    this.byKey.set(stream.labels.key, stream);
    this.byId.set(stream.id, stream);
    this.parts.record(stream.labels, stream.part);
    this.nextId = Math.max(this.nextId, stream.id + 1);
  }

  delete(id: number): void {
    const stream = this.byId.get(id);
    if (stream !== undefined) {
      this.byId.delete(id);
      this.byKey.delete(stream.labels.key);
    }
  }

  all(): readonly Stream[] {
    return [...this.byKey.values()];
  }

  select(selector: readonly Matcher[]): readonly Stream[] {
    const matches = selectorPredicate(selector);
    return this.all().filter(({ labels }) => matches(new Map(labels.pairs)));
  }
}
