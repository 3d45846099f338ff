export interface BackoffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * How long to wait before the next attempt, ms: doubling with every failure in a row (`failures` from 1), between half and all
 * of that by `random` (0…1), so that many collectors do not come back at once. What the store asked for is the least.
 */
export function backoffMs(
  failures: number,
  limits: BackoffLimits,
  random: number,
  askedForMs: number | undefined
): number {
  const ceiling = Math.min(limits.longestMs, limits.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.max(ceiling * (0.5 + random / 2), askedForMs ?? 0);
}
