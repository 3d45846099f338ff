/**
 * Loki's HTTP API at this datasource's own URL, through Grafana's datasource proxy (so that the browser needs no access to it).
 */
import { type BackendSrv, getBackendSrv } from '@grafana/runtime';
import * as z from 'zod';
import { DataError } from '../data-error';
import { type LogEntry, type LokiClient, newestFirst, type Sample, type Series } from './loki-client';
import { failureOf } from './loki-failure';
import { answerOf } from './whole-answer';

const labels = z.record(z.string(), z.string());

const streamsAnswer = z.object({
  data: z.object({
    resultType: z.literal('streams'),
    result: z.array(
      z.object({
        stream: labels,
        // Loki adds an object with structured metadata as a third value where there is some.
        values: z.array(z.tuple([z.string().regex(/^\d{1,19}$/), z.string()]).rest(z.unknown())),
      })
    ),
  }),
});

const vectorAnswer = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) })),
  }),
});

const matrixAnswer = z.object({
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: labels, values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

export function directLoki(uid: string, backend: () => Pick<BackendSrv, 'fetch'> = getBackendSrv): LokiClient {
  async function get<T>(
    path: string,
    params: Readonly<Record<string, string>>,
    { answer, signal }: { readonly answer: z.ZodType<T>; readonly signal: AbortSignal }
  ): Promise<T> {
    let data: unknown;
    try {
      const response = await answerOf(
        backend().fetch<unknown>({
          url: `/api/datasources/proxy/uid/${encodeURIComponent(uid)}/loki/api/v1/${path}`,
          method: 'GET',
          params,
          showErrorAlert: false,
        }),
        signal
      );
      data = response.data;
    } catch (error) {
      throw signal.aborted ? signal.reason : failureOf(error, { logql: params.query, through: 'url' });
    }
    const parsed = answer.safeParse(data);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new DataError({ kind: 'bad-answer', reason: `${issue.path.join('.')}: ${issue.message}` });
    }
    return parsed.data;
  }

  return {
    async lines(query, signal) {
      const { logql, window, maxLines } = query;
      const params = {
        query: logql,
        start: window.fromNs.toString(),
        end: window.toNs.toString(),
        limit: String(maxLines),
        direction: 'backward',
      };
      const { data } = await get('query_range', params, { answer: streamsAnswer, signal });
      const entries: readonly LogEntry[] = data.result.flatMap(({ stream, values }) =>
        values.map(([ns, line]) => ({ tsNs: BigInt(ns), line, labels: stream }))
      );
      return newestFirst(entries, query);
    },
    async instant(logql, atNs, signal) {
      const params = { query: logql, time: atNs.toString() };
      const { data } = await get('query', params, { answer: vectorAnswer, signal });
      return data.result.map(({ metric, value }): Sample => ({ labels: metric, value: Number(value[1]) }));
    },
    async series({ logql, window, stepSeconds }, signal) {
      const params = {
        query: logql,
        start: window.fromNs.toString(),
        end: window.toNs.toString(),
        step: `${stepSeconds}s`,
      };
      const { data } = await get('query_range', params, { answer: matrixAnswer, signal });
      return data.result.map(({ metric, values }): Series => ({
        labels: metric,
        points: values.map(([seconds, value]) => ({ timeMs: Math.round(seconds * 1000), value: Number(value) })),
      }));
    },
  };
}
