/**
 * What a store's rejection says about the lines in it.
 *
 * Loki rejects entries one by one and keeps the others of the push. Its distributor names each entry that it rejected
 * ("entry for stream '…' has timestamp too old …", "max entry size …"), equal ones once as "3 errors like: …"; its ingester says
 * "…, total ignored: 2 out of 5 for stream: {…}" once for each stream. Where the text says nothing of the kind, or was too
 * long to be read whole, all lines of the push are taken for lost.
 */
interface Rejection {
  readonly lostLines: number;
  /** A short text without numbers, to count by. */
  readonly reason: string;
}

export interface RejectionText {
  readonly text: string;
  /** False where the answer was longer than what is read of it. */
  readonly whole: boolean;
}

const MAX_REASON = 120;
const REJECTED_ENTRIES = /(?:(\d+) errors like: )?(?:entry for stream '[^']*' has timestamp too|max entry size )/g;
const IGNORED_ENTRIES = /total ignored: (\d+) out of \d+/g;

export function readRejection({ text, whole }: RejectionText, lines: number): Rejection {
  const named = sum(text, REJECTED_ENTRIES) + sum(text, IGNORED_ENTRIES);
  const lostLines = named === 0 || !whole ? lines : Math.min(named, lines);
  return { lostLines, reason: `store rejected: ${reasonOf(text)}` };
}

/** The numbers that a pattern finds, added up; a match without a number is one. */
function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1] ?? 1), 0);
}

function reasonOf(text: string): string {
  const stated = /reason: '([^']+)'/.exec(text)?.[1] ?? /reason: ([^,\n]+)/.exec(text)?.[1] ?? text.split('\n')[0];
  return stated
    .slice(0, 1000)
    .replace(/\d+ errors like: /, '')
    .replace(/; \d+ errors like: .*/, '')
    .replace(/\{[^}]*\}/g, '{…}')
    .replace(/^status (\d+)/, 'status-$1')
    .replace(/(?<!status-)\b\d[\d.:TZ+-]*/g, 'N')
    .replace('status-', 'status ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_REASON);
}
