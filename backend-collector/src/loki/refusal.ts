/**
 * What a store's refusal says of the lines in it.
 *
 * Loki can refuse some entries of a push and keep the others: "…, total ignored: 2 out of 5 for stream: {…}", once for each
 * stream. Without such a count all lines of the push are lost.
 */
export interface Refusal {
  readonly lostLines: number;
  /** A short text without numbers, to count by. */
  readonly reason: string;
}

const longestReason = 90;

export function readRefusal(text: string, lines: number): Refusal {
  const ignored = [...text.matchAll(/total ignored: (\d+) out of \d+/g)].reduce(
    (sum, match) => sum + Number(match[1]),
    0
  );
  const stated = /reason: '([^']+)'/.exec(text)?.[1] ?? /reason: ([^,\n]+)/.exec(text)?.[1] ?? text.split('\n')[0];
  const reason = stated
    .replace(/\{[^}]*\}/g, '{…}')
    .replace(/^status (\d+)/, 'status-$1')
    .replace(/(?<!status-)\b\d[\d.:TZ+-]*/g, 'N')
    .replace('status-', 'status ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestReason);
  return { lostLines: ignored === 0 ? lines : Math.min(ignored, lines), reason: `store refused: ${reason}` };
}
