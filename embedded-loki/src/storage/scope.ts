/**
 * Where the lines of a selection can be: for each part the streams and the time ranges that are worth reading. A line
 * filter that holds an id asks the word index; all others leave the selection's own range.
 */
import { type DuckDBConnection } from '@duckdb/node-api';
import { textsOfPattern } from '../logql/literal-regex';
import { type LineFilterStage } from '../logql/ast';
import { wordHashes } from './line-words';
import { SLOT_NS, slotOf } from './schema';
import { type Selection } from './selection';
import { asNumber } from './statement';

export interface TimeSpan {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface PartScope {
  readonly part: number;
  readonly streams: readonly number[];
  /** In order of time, apart from one another. */
  readonly spans: readonly TimeSpan[];
}

/** More postings than this do not help. */
const MAX_POSTINGS = 4096;
/** Spans of one part in one query; more are merged. */
const MAX_SPANS = 16;

export async function scopeOf(connection: DuckDBConnection, selection: Selection): Promise<readonly PartScope[]> {
  const { streams, fromNs, toNs, lineFilters } = selection;
  const byPart = new Map<number, number[]>();
  for (const { id, part } of streams) {
    byPart.set(part, [...(byPart.get(part) ?? []), id]);
  }
  let scopes: readonly PartScope[] = [...byPart].map(([part, ids]) => ({
    part,
    streams: ids,
    spans: [{ fromNs, toNs }],
  }));
  for (const hashes of lineFilters.map(hashesOf)) {
    if (hashes !== undefined && scopes.length > 0) {
      scopes = await narrowed(connection, scopes, { hashes, fromNs, toNs });
    }
  }
  return scopes;
}

/** Every line that passes contains one of these words; undefined where that is not known. */
function hashesOf({ operator, alternatives }: LineFilterStage): readonly number[] | undefined {
  const texts =
    operator === '|='
      ? alternatives
      : operator === '|~'
        ? alternatives.flatMap((pattern) => textsOfPattern(pattern) ?? [''])
        : [''];
  const hashes = texts.map((text) => [...wordHashes(text)][0]);
  return hashes.every((hash) => hash !== undefined) ? [...new Set(hashes)] : undefined;
}

async function narrowed(
  connection: DuckDBConnection,
  scopes: readonly PartScope[],
  { hashes, fromNs, toNs }: TimeSpan & { readonly hashes: readonly number[] }
): Promise<readonly PartScope[]> {
  const postings = await connection.runAndReadAll(
    `SELECT DISTINCT part, slot FROM words WHERE hash IN (${hashes.join(', ')}) AND slot BETWEEN ${slotOf(fromNs)} AND ${slotOf(toNs)}
     LIMIT ${MAX_POSTINGS + 1}`
  );
  if (postings.currentRowCount > MAX_POSTINGS) {
    return scopes;
  }
  const slots = new Map<number, number[]>();
  for (const [part, slot] of postings.getRows()) {
    slots.set(asNumber(part), [...(slots.get(asNumber(part)) ?? []), asNumber(slot)]);
  }
  return scopes.flatMap((scope) => {
    const spans = intersection(scope.spans, joined(slots.get(scope.part) ?? []));
    return spans.length === 0 ? [] : [{ ...scope, spans }];
  });
}

/** Slots as spans, neighbours as one. */
function joined(slots: readonly number[]): readonly TimeSpan[] {
  const spans: Array<{ first: number; last: number }> = [];
  for (const slot of [...slots].sort((a, b) => a - b)) {
    const before = spans.at(-1);
    if (before !== undefined && slot <= before.last + 1) {
      before.last = slot;
    } else {
      spans.push({ first: slot, last: slot });
    }
  }
  const kept = spans.length > MAX_SPANS ? [{ first: spans[0].first, last: spans[spans.length - 1].last }] : spans;
  // Slots are cut towards zero, so that slot 0 reaches to both of its sides.
  return kept.map(({ first, last }) => ({
    fromNs: BigInt(first > 0 ? first : first - 1) * SLOT_NS,
    toNs: BigInt(last + 1) * SLOT_NS - 1n,
  }));
}

function intersection(left: readonly TimeSpan[], right: readonly TimeSpan[]): readonly TimeSpan[] {
  return left.flatMap((a) =>
    right.flatMap((b) => {
      const fromNs = a.fromNs > b.fromNs ? a.fromNs : b.fromNs;
      const toNs = a.toNs < b.toNs ? a.toNs : b.toNs;
      return fromNs <= toNs ? [{ fromNs, toNs }] : [];
    })
  );
}

/** What of a scope lies in a time span. */
export function clipped(scopes: readonly PartScope[], span: TimeSpan): readonly PartScope[] {
  return scopes.flatMap((scope) => {
    const spans = intersection(scope.spans, [span]);
    return spans.length === 0 ? [] : [{ ...scope, spans }];
  });
}
