/**
 * Loki through a Loki datasource of this Grafana: its `query()` is called with LogQL, so that its permissions, authentication and tenant
 * apply. It replaces template variables in what it is given, which `quote` in logql.ts allows for.
 */
import {
  CoreApp,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  dateTime,
  type TimeRange,
} from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { type DataQuery } from '@grafana/schema';
import { from, isObservable } from 'rxjs';
import { DataError } from '../data-error';
import { type Logql } from '../plan/logql';
import { type TimeWindow } from '../plan/time-window';
import { type LokiClient, newestFirst } from './loki-client';
import { failureOf } from './loki-failure';
import { entriesOfFrames, samplesOfFrames, seriesOfFrames } from './loki-frames';
import { answerOf } from './whole-answer';

interface LokiTarget extends DataQuery {
  readonly expr: string;
  readonly queryType: 'range' | 'instant';
  readonly maxLines?: number;
  readonly step?: string;
  readonly direction?: 'backward';
}

export function wrappedLoki(uid: string | undefined, getInstance = dataSourceInstance): LokiClient {
  let requests = 0;

  async function query(target: Omit<LokiTarget, 'refId'>, range: TimeRange, signal: AbortSignal) {
    const loki = await instanceOf(uid, getInstance);
    const request: DataQueryRequest<LokiTarget> = {
      app: CoreApp.Unknown,
      requestId: `bpfnet-${uid}-${Date.now()}-${requests++}`,
      startTime: Date.now(),
      // A Loki datasource takes no step that is finer than this.
      interval: target.step ?? '1m',
      intervalMs: target.step === undefined ? 60_000 : parseInt(target.step, 10) * 1000,
      maxDataPoints: 1000,
      timezone: 'utc',
      scopedVars: {},
      range,
      targets: [{ refId: 'A', ...target }],
    };
    const answer = loki.query(request);
    const response = await answerOf(isObservable(answer) ? answer : from(answer), signal);
    throwReported(response, target.expr);
    return response.data;
  }

  return {
    async lines(lineQuery, signal) {
      const { logql, window, maxLines } = lineQuery;
      const target = { expr: logql, queryType: 'range', maxLines, direction: 'backward' } as const;
      const frames = await withFailures(logql, signal, () => query(target, rangeOf(window), signal));
      return newestFirst(entriesOfFrames(frames), lineQuery);
    },
    async instant(logql: Logql, atNs, signal) {
      const target = { expr: logql, queryType: 'instant' } as const;
      const range = rangeOf({ fromNs: atNs - BigInt(1_000_000_000), toNs: atNs });
      return samplesOfFrames(await withFailures(logql, signal, () => query(target, range, signal)));
    },
    async series({ logql, window, stepSeconds }, signal) {
      const target = { expr: logql, queryType: 'range', step: `${stepSeconds}s` } as const;
      const range = rangeOf(window);
      const frames = await withFailures(logql, signal, () => query(target, range, signal));
      return seriesOfFrames(frames);
    },
  };
}

type GetInstance = (uid: string) => Promise<DataSourceApi>;

/** `getDataSourceSrv` is deprecated; its replacement is not yet exported by every Grafana that we run in. */
function dataSourceInstance(uid: string): Promise<DataSourceApi> {
  const exported: Readonly<Record<string, unknown>> = { ...runtime };
  return typeof exported.getDataSourceInstance === 'function'
    ? (exported.getDataSourceInstance as GetInstance)(uid)
    : runtime.getDataSourceSrv().get(uid);
}

async function instanceOf(uid: string | undefined, getInstance: GetInstance): Promise<DataSourceApi<LokiTarget>> {
  if (uid === undefined || uid === '') {
    throw new DataError({ kind: 'no-loki-chosen' });
  }
  let instance: DataSourceApi | undefined;
  try {
    instance = await getInstance(uid);
  } catch {
    instance = undefined;
  }
  if (instance === undefined) {
    throw new DataError({ kind: 'loki-missing', uid });
  }
  if (instance.type !== 'loki') {
    throw new DataError({ kind: 'loki-wrong-type', uid, type: instance.type });
  }
  return instance as unknown as DataSourceApi<LokiTarget>;
}

function throwReported(response: DataQueryResponse, expr: string): void {
  const error = response.errors?.[0] ?? response.error;
  if (error !== undefined) {
    throw failureOf(error, { logql: expr, through: 'datasource' });
  }
}

async function withFailures<T>(logql: string, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw signal.aborted ? signal.reason : failureOf(error, { logql, through: 'datasource' });
  }
}

/** Loki datasources take milliseconds: rounded outwards, so that nothing is missed. */
function rangeOf(window: TimeWindow): TimeRange {
  const nsPerMs = BigInt(1_000_000);
  const fromMs = dateTime(Number(window.fromNs / nsPerMs));
  const toMs = dateTime(Number((window.toNs + nsPerMs - BigInt(1)) / nsPerMs));
  return { from: fromMs, to: toMs, raw: { from: fromMs, to: toMs } };
}
