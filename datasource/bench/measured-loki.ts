/** A store over HTTP, with what it says each answer cost it. */
import * as z from 'zod';
import { type LokiClient, newestFirst } from '../src/loki/loki-client';

/** Of all queries since the last `take`. */
interface StoreWork {
  readonly queries: number;
  /** Of the lines that the store had to look at. */
  readonly bytes: number;
  readonly lines: number;
}

export interface MeasuredLoki extends LokiClient {
  take(): StoreWork;
}

const labels = z.record(z.string(), z.string());
const answer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        stream: labels.optional(),
        metric: labels.optional(),
        value: z.tuple([z.number(), z.string()]).optional(),
        values: z.array(z.tuple([z.union([z.string(), z.number()]), z.string()])).optional(),
      })
    ),
    stats: z.object({ summary: z.object({ totalBytesProcessed: z.number(), totalLinesProcessed: z.number() }) }),
  }),
});

export function measuredLoki(url: string): MeasuredLoki {
  let queries = 0;
  let bytes = 0;
  let lines = 0;
  async function ask(path: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal) {
    queries++;
    const response = await fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(parameters).toString()}`, {
      signal,
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${parameters.query}: ${response.status} ${text}`);
    }
    const { data } = answer.parse(JSON.parse(text));
    bytes += data.stats.summary.totalBytesProcessed;
    lines += data.stats.summary.totalLinesProcessed;
    return data.result;
  }
  return {
    take() {
      const work = { queries, bytes, lines };
      queries = 0;
      bytes = 0;
      lines = 0;
      return work;
    },
    async lines(query, signal) {
      const { logql, window, maxLines } = query;
      const result = await ask(
        'query_range',
        { query: logql, start: String(window.fromNs), end: String(window.toNs), limit: String(maxLines) },
        signal
      );
      const entries = result.flatMap(({ stream = {}, values = [] }) =>
        values.map(([ns, line]) => ({ tsNs: BigInt(ns), line, labels: stream }))
      );
      return newestFirst(entries, query);
    },
    async instant(logql, atNs, signal) {
      const result = await ask('query', { query: logql, time: String(atNs) }, signal);
      return result.map(({ metric = {}, value }) => ({ labels: metric, value: Number(value?.[1]) }));
    },
    async series({ logql, window, stepSeconds }, signal) {
      const result = await ask(
        'query_range',
        { query: logql, start: String(window.fromNs), end: String(window.toNs), step: `${stepSeconds}s` },
        signal
      );
      return result.map(({ metric = {}, values = [] }) => ({
        labels: metric,
        points: values.map(([seconds, value]) => ({
          timeMs: Math.round(Number(seconds) * 1000),
          value: Number(value),
        })),
      }));
    },
  };
}
