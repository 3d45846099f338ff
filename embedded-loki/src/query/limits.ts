import { QueryError } from '../logql/query-error';

/** Loki's defaults. */
export const maxEntries = 5_000;
export const maxSeries = 500;
export const maxPointsPerSeries = 11_000;
export const defaultEntries = 100;
/** More series than this inside a query are a runaway grouping; Loki would run out of memory instead. */
export const maxInnerSeries = 100_000;
/** Samples that a query may hold at once: 16 bytes each. */
export const maxSamples = 20_000_000;

export function seriesLimitError(limit: number): QueryError {
  return new QueryError(
    'limit',
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`
  );
}

export function sampleLimitError(): QueryError {
  return new QueryError(
    'limit',
    `the query needs more than ${maxSamples} samples at once; narrow its time range or its stream selector`
  );
}
