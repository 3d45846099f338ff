/**
 * Long answers in pages. Loki's components exchange messages of 4 MB at most by default, and an
 * answer beyond that fails as a whole, so no page may come near it.
 *
 * Invariants: what comes out is what one answer of `maxLines` would have been, up to 4 000 lines of one millisecond. Pages end at whole milliseconds, because a wrapped
 * Loki datasource takes no finer time; what two pages share is given once. A page that a store still finds too large is asked
 * for again in smaller ones. Pages follow one another, so an answer that fits one page costs one request.
 */
import { DataError } from '../data-error';
import { DEFAULT_PAGE_LINES } from '../options';
import { type LineQuery, type LogEntry, type LokiClient, newestFirst } from './loki-client';

export const PAGE_LINES = DEFAULT_PAGE_LINES;
const LEAST_PAGE_LINES = 20;
/** Of one millisecond; what it holds beyond that is not read. */
const MOST_PAGE_LINES = 2 * PAGE_LINES;

export function pagedLoki(client: LokiClient, mostPageLines = PAGE_LINES): LokiClient {
  return {
    instant: (...query) => client.instant(...query),
    series: (...query) => client.series(...query),
    lines: (query, signal) =>
      readPages(client, { ...query, pageLines: Math.min(query.pageLines ?? mostPageLines, mostPageLines) }, signal),
  };
}

async function readPages(client: LokiClient, query: LineQuery, signal: AbortSignal): Promise<readonly LogEntry[]> {
  const { logql, window, maxLines } = query;
  const found = new Map<string, LogEntry>();
  let pageLines = Math.min(query.pageLines ?? PAGE_LINES, maxLines);
  let toNs = msAfter(window.toNs - 1n);
  while (toNs > window.fromNs && found.size < maxLines) {
    let page: readonly LogEntry[];
    try {
      page = await client.lines({ logql, window: { fromNs: window.fromNs, toNs }, maxLines: pageLines }, signal);
    } catch (error) {
      if (pageLines > LEAST_PAGE_LINES && isTooLarge(error)) {
        pageLines = Math.max(LEAST_PAGE_LINES, Math.floor(pageLines / 4));
        continue;
      }
      throw error;
    }
    // The first page reaches to the end of a millisecond, the window may not.
    page.filter(({ tsNs }) => tsNs < window.toNs).forEach((entry) => found.set(keyOf(entry), entry));
    if (page.length < pageLines) {
      break;
    }
    const next = msAfter(page[page.length - 1].tsNs);
    if (next < toNs) {
      toNs = next;
    } else if (pageLines < MOST_PAGE_LINES) {
      // One millisecond holds more than a page.
      pageLines = Math.min(MOST_PAGE_LINES, pageLines * 2);
    } else {
      toNs -= NS_PER_MS;
    }
  }
  return newestFirst([...found.values()], query);
}

const NS_PER_MS = 1_000_000n;

/** The first whole millisecond after a moment. */
const msAfter = (ns: bigint): bigint => (ns / NS_PER_MS + 1n) * NS_PER_MS;

const keyOf = ({ tsNs, labels, line }: LogEntry): string => `${tsNs} ${labels.flow_shard ?? ''} ${line}`;

function isTooLarge(error: unknown): boolean {
  return error instanceof DataError && 'reason' in error.problem && TOO_LARGE.test(error.problem.reason);
}

const TOO_LARGE = /larger than max|ResourceExhausted|response (body )?too large/i;
