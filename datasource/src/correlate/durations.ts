/** Milliseconds as a person reads them: `0.12 ms`, `4.1 ms`, `412.6 ms`, `1.20 s`. */
export function durationText(ms: number): string {
  if (ms >= 1000) {
    return `${(ms / 1000).toFixed(2)} s`;
  }
  return `${ms.toFixed(ms >= 1 || ms === 0 ? 1 : ms >= 0.1 ? 2 : 3)} ms`;
}
