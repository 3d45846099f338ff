/** Log queries: entries in [start, end), the newest or oldest first, until the limit. */
import { type LogExpression } from '../logql/ast';
import { LabelBuilder } from '../logql/label-builder';
import { ParserHints } from '../logql/parser-hints';
import { compilePipeline } from '../logql/pipeline';
import { type EntryPosition } from '../storage/select';
import { necessaryConditions, splitLineFilters } from './pushdown';
import { type QuerySource } from './query-source';
import { type LogEntry, type QueryResult } from './result';

export interface LogQueryRange {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly limit: number;
  readonly backward: boolean;
  /** At most one entry per this many nanoseconds; 0 for all. */
  readonly intervalNs: bigint;
}

/** A page that yields too little is followed by a larger one, so that a rare match costs few scans. */
const pageGrowth = 4;
const largestPage = 20_000;

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
  const drops = rest.some(({ kind }) => kind === 'labelFilter' || kind === 'lineFilter') || intervalNs > 0n;

  const found = await source.reader.read(async (snapshot) => {
    const entries: LogEntry[] = [];
    let pageSize = Math.min(largestPage, drops ? limit * pageGrowth : limit);
    let after: EntryPosition | undefined;
    let lastNs: bigint | undefined;
    for (;;) {
      const page = await snapshot.entries(selection, { backward, limit: pageSize, after });
      source.work.linesRead += page.entries.length;
      for (const entry of page.entries) {
        const labels = builders.get(entry.stream);
        if (labels === undefined) {
          throw new Error(`the database returned stream ${entry.stream}, which was not asked for`);
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
      if (page.entries.length < pageSize) {
        return entries;
      }
      after = page.last;
      pageSize = Math.min(largestPage, pageSize * pageGrowth);
    }
  });
  return { kind: 'streams', entries: found };

  function tooClose(tsNs: bigint, previousNs: bigint | undefined): boolean {
    if (intervalNs === 0n || previousNs === undefined) {
      return false;
    }
    return backward ? tsNs > previousNs - intervalNs : tsNs < previousNs + intervalNs;
  }
}
