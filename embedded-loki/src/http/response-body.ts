/** Query results as Loki writes them. */
import { type CategorizedLabels } from '../logql/label-builder';
import { type LabelSet, labelObject, labelSet } from '../logql/label-set';
import { type WorkDone } from '../query/query-source';
import { type LogEntry, type QueryResult } from '../query/result';

interface ResponseOptions {
  /** The client sent `categorize-labels`: streams are grouped by stream labels only, the other labels come with each entry. */
  readonly categorize: boolean;
  readonly seconds: number;
  readonly work: WorkDone;
}

export function queryResponse(result: QueryResult, options: ResponseOptions): unknown {
  const { categorize, seconds, work } = options;
  return {
    status: 'success',
    data: {
      resultType: result.kind,
      ...(result.kind === 'streams' && categorize ? { encodingFlags: ['categorize-labels'] } : {}),
      result: resultBody(result, categorize),
      stats: {
        summary: {
          execTime: seconds,
          totalBytesProcessed: work.bytes,
          totalLinesProcessed: work.lines,
          bytesProcessedPerSecond: seconds > 0 ? Math.round(work.bytes / seconds) : 0,
          linesProcessedPerSecond: seconds > 0 ? Math.round(work.lines / seconds) : 0,
          totalEntriesReturned: returnedEntries(result),
        },
      },
    },
  };
}

function returnedEntries(result: QueryResult): number {
  switch (result.kind) {
    case 'streams':
      return result.entries.length;
    case 'matrix':
      return result.series.reduce((sum, { points }) => sum + points.length, 0);
    case 'vector':
      return result.samples.length;
    case 'scalar':
      return 0;
  }
}

function resultBody(result: QueryResult, categorize: boolean): unknown {
  switch (result.kind) {
    case 'streams':
      return streamsBody(result.entries, categorize);
    case 'matrix':
      return result.series.map(({ labels, points }) => ({
        metric: labelObject(labels.pairs),
        values: points.map(({ tsMs, value }) => [tsMs / 1000, formatValue(value)]),
      }));
    case 'vector':
      return result.samples.map(({ labels, value }) => ({
        metric: labelObject(labels.pairs),
        value: [result.tsMs / 1000, formatValue(value)],
      }));
    case 'scalar':
      return [result.tsMs / 1000, formatValue(result.value)];
  }
}

/** Streams with their entries, as answers and live tails hold them. */
export function streamsBody(entries: readonly LogEntry[], categorize: boolean): unknown {
  const byLabels = new Map<string, { readonly labels: LabelSet; readonly values: unknown[] }>();
  for (const { tsNs, line, labels } of entries) {
    const own = categorize ? labels.stream : merged(labels);
    let stream = byLabels.get(own.key);
    if (stream === undefined) {
      stream = { labels: own, values: [] };
      byLabels.set(own.key, stream);
    }
    stream.values.push(categorize ? [String(tsNs), line, categories(labels)] : [String(tsNs), line]);
  }
  return [...byLabels.values()]
    .sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1))
    .map(({ labels, values }) => ({ stream: labelObject(labels.pairs), values }));
}

function merged({ stream, metadata, parsed }: CategorizedLabels): LabelSet {
  return metadata.length === 0 && parsed.length === 0 ? stream : labelSet([...stream.pairs, ...metadata, ...parsed]);
}

function categories({ metadata, parsed }: CategorizedLabels): unknown {
  return {
    ...(metadata.length === 0 ? {} : { structuredMetadata: labelObject(metadata) }),
    ...(parsed.length === 0 ? {} : { parsed: labelObject(parsed) }),
  };
}

/** Never in exponent form. */
function formatValue(value: number): string {
  if (Number.isNaN(value)) {
    return 'NaN';
  }
  if (!Number.isFinite(value)) {
    return value > 0 ? '+Inf' : '-Inf';
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) {
    return text;
  }
  const [, sign, first, fraction = '', exponent] = match;
  const digits = first + fraction;
  const point = 1 + Number(exponent);
  return point <= 0 ? `${sign}0.${'0'.repeat(-point)}${digits}` : `${sign}${digits.padEnd(point, '0')}`;
}
