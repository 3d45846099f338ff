/** Loki's defaults. */
export const maxEntries = 5_000;
export const maxSeries = 500;
export const maxPointsPerSeries = 11_000;
export const defaultEntries = 100;
/** More series than this inside a query are a runaway grouping; Loki would run out of memory instead. */
export const maxInnerSeries = 100_000;
