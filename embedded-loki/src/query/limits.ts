import { QueryError } from '../logql/query-error';

/** Loki's defaults. */
export const MAX_ENTRIES = 5_000;
export const MAX_SERIES = 500;
export const MAX_POINTS_PER_SERIES = 11_000;
export const DEFAULT_ENTRIES = 100;
/** More series than this inside a query are a runaway grouping. */
export const MAX_INNER_SERIES = 100_000;
/** Samples that a query may hold at once: 16 bytes each. */
export const MAX_SAMPLES = 20_000_000;

export function seriesLimitError(limit: number): QueryError {
  return new QueryError(
    'limit',
    `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`
  );
}

export function sampleLimitError(): QueryError {
  return new QueryError(
    'limit',
    `the query needs more than ${MAX_SAMPLES} samples at once; narrow its time range or its stream selector`
  );
}
