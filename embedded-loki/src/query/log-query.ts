/**
 * Log queries: entries in [start, end), the newest or oldest first, until the limit.
 *
 * The range is read in slices of time, beginning at the end that the direction asks for. A slice is as wide as the share of
 * entries that passed so far suggests, at most 8 times the one before, or 64 times after a slice without a match: a query that
 * soon has its entries reads little, and one that rarely matches reads all in few slices. Lines that columns rule out do not
 * count towards a slice; where few remain, the range is one slice.
 */
import { type LogExpression } from '../logql/ast';
import { LabelBuilder } from '../logql/label-builder';
import { ParserHints } from '../logql/parser-hints';
import { compilePipeline } from '../logql/pipeline';
import { clipped, type PartScope, type TimeSpan } from '../storage/scope';
import { type Selection } from '../storage/selection';
import { type Extent, type Snapshot } from '../storage/snapshot';
import { necessaryConditions, splitLineFilters } from './pushdown';
import { type QuerySource, type WorkDone } from './query-source';
import { type LogEntry, type QueryResult } from './result';

interface LogQueryRange {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly limit: number;
  readonly backward: boolean;
  /** At most one entry per this many nanoseconds; 0 for all. */
  readonly intervalNs: bigint;
}

/** Entries in the first slice of a query that drops some. */
const MIN_SLICE = 2_048;
const SLICE_GROWTH = 8;
/** After a slice without a match: the next will have few, and each slice costs some milliseconds. */
const EMPTY_SLICE_GROWTH = 64;
/** So that the lines of a slice, put in order, stay within what the database may hold in memory. */
const MAX_SLICE = 262_144;

export async function runLogQuery(
  expression: LogExpression,
  range: LogQueryRange,
  source: QuerySource
): Promise<Extract<QueryResult, { readonly kind: 'streams' }>> {
  const { startNs, endNs, limit, backward, intervalNs } = range;
  const { lineFilters, rest } = splitLineFilters(expression.stages);
  const pipeline = compilePipeline(rest);
  const streams = source.index.select(expression.selector);
  if (streams.length === 0 || endNs <= startNs) {
    return { kind: 'streams', entries: [] };
  }
  const hints = ParserHints.everything();
  const builders = new Map(streams.map(({ id, labels }) => [id, new LabelBuilder(labels, hints)]));
  const selection = {
    streams,
    fromNs: startNs,
    toNs: endNs - 1n,
    lineFilters,
    ...necessaryConditions(rest, streams),
  };
  const pipelineDrops =
    rest.some(({ kind }) => ['labelFilter', 'lineFilter', 'lineTest'].includes(kind)) || intervalNs > 0n;
  const dropsSome = pipelineDrops || lineFilters.length > 0;

  const found = await source.reader.read(async (snapshot) => {
    const entries: LogEntry[] = [];
    let lastNs: bigint | undefined;
    const scopes = await snapshot.scope(selection);
    const perSlice = dropsSome ? Math.max(MIN_SLICE, limit * 4) : limit * 2;
    const wanted: Wanted = { backward, perSlice, limit, found: () => entries.length };
    for await (const slice of slices(snapshot, { selection, scopes }, wanted, source.work)) {
      const order = { backward, limit: pipelineDrops ? undefined : limit - entries.length };
      for await (const entry of snapshot.entries(selection, slice, order)) {
        const labels = builders.get(entry.stream);
        if (labels === undefined) {
          throw new Error(`the database returned stream ${entry.stream}, which the query does not select`);
        }
        labels.reset(entry.metadata);
        const line = pipeline(entry.line, labels);
        if (line === undefined || tooClose(entry.tsNs, lastNs)) {
          continue;
        }
        lastNs = entry.tsNs;
        entries.push({ tsNs: entry.tsNs, line, labels: labels.categorized() });
        if (entries.length === limit) {
          return entries;
        }
      }
    }
    return entries;
  }, source.signal);
  return { kind: 'streams', entries: found };

  function tooClose(tsNs: bigint, previousNs: bigint | undefined): boolean {
    if (intervalNs === 0n || previousNs === undefined) {
      return false;
    }
    return backward ? tsNs > previousNs - intervalNs : tsNs < previousNs + intervalNs;
  }
}

interface Wanted {
  readonly backward: boolean;
  /** Entries in the first slice. */
  readonly perSlice: number;
  readonly limit: number;
  /** Entries that passed so far. */
  found(): number;
}

async function* slices(
  snapshot: Snapshot,
  { selection, scopes }: { readonly selection: Selection; readonly scopes: readonly PartScope[] },
  { backward, perSlice, limit, found }: Wanted,
  work: WorkDone
): AsyncGenerator<readonly PartScope[]> {
  const whole = await snapshot.extent(scopes, selection);
  const count = (extent: Extent) => {
    work.lines += extent.entries;
    work.bytes += extent.bytes;
  };
  if (whole.span === undefined) {
    return;
  }
  if (whole.entries <= perSlice) {
    count(whole);
    yield clipped(scopes, whole.span);
    return;
  }
  const { fromNs, toNs } = whole.span;
  let size = perSlice;
  let edge = backward ? toNs : fromNs;
  let seen = 0;
  while (backward ? edge >= fromNs : edge <= toNs) {
    const widthNs = BigInt(Math.ceil((Number(toNs - fromNs + 1n) * size) / whole.entries));
    const span: TimeSpan = backward
      ? { fromNs: edge - widthNs + 1n > fromNs ? edge - widthNs + 1n : fromNs, toNs: edge }
      : { fromNs: edge, toNs: edge + widthNs - 1n < toNs ? edge + widthNs - 1n : toNs };
    const slice = clipped(scopes, span);
    const extent = await snapshot.extent(slice, selection);
    if (extent.entries > 0) {
      count(extent);
      yield slice;
      seen += extent.entries;
    }
    edge = backward ? span.fromNs - 1n : span.toNs + 1n;
    size = nextSize(size, (seen * (limit - found())) / found());
  }
}

/** Enough by the share that passed so far, plus half as many; far more than before where few or none passed. */
function nextSize(size: number, expected: number): number {
  if (!Number.isFinite(expected)) {
    return Math.min(MAX_SLICE, size * EMPTY_SLICE_GROWTH);
  }
  return Math.min(MAX_SLICE, size * SLICE_GROWTH, Math.max(MIN_SLICE, Math.ceil(expected * 1.5)));
}
