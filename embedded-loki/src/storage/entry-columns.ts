/** Rows as the columns that DuckDB's appender takes. */
import { type Columns } from './append-columns';
import { FIELD_NAMES, readFields } from './field-columns';
import { wordHashes } from './line-words';
import { type NewEntry, type Row } from './new-entry';
import { PART_COUNT, slotOf } from './schema';

/** In the order of `ENTRY_COLUMN_TYPES`. Marks streams that get an entry that is not flat, before a query can see it. */
export function entryColumns(rows: readonly Row[]): Columns {
  const fields = rows.map(({ entry }) => (entry.metadata.length === 0 ? readFields(entry.line) : undefined));
  rows.forEach(({ stream }, at) => {
    stream.hasOther ||= fields[at] === undefined;
  });
  return [
    rows.map(({ entry }) => entry.tsNs),
    rows.map(({ stream }) => stream.id),
    rows.map(({ entry }) => Buffer.byteLength(entry.line)),
    fields.map((values) => values !== undefined),
    rows.map(({ entry }) => entry.line),
    rows.map(({ entry }) => (entry.metadata.length === 0 ? null : JSON.stringify(entry.metadata))),
    ...FIELD_NAMES.map((_, at) => fields.map((values) => values?.[at] ?? null)),
  ];
}

/** What a commit adds to the word index: each word once for each part and slot. */
export class WordPostings {
  private readonly known = new Map<number, Set<number>>();
  private readonly hashes: number[] = [];
  private readonly parts: number[] = [];
  private readonly slots: number[] = [];

  add({ line, tsNs }: Pick<NewEntry, 'line' | 'tsNs'>, part: number): void {
    const slot = slotOf(tsNs);
    let known = this.known.get(slot);
    if (known === undefined) {
      known = new Set();
      this.known.set(slot, known);
    }
    for (const hash of wordHashes(line)) {
      const posting = hash * PART_COUNT + part;
      if (!known.has(posting)) {
        known.add(posting);
        this.hashes.push(hash);
        this.parts.push(part);
        this.slots.push(slot);
      }
    }
  }

  /** hash, part, slot */
  columns(): Columns {
    return [this.hashes, this.parts, this.slots];
  }
}
