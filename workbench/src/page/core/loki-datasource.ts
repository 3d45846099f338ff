/**
 * A Loki datasource for the workbench: range, instant and label queries over Loki's HTTP API, answered in the frame
 * shape of Grafana's own Loki datasource (labels, Time, Line, tsNs, id), which the flows datasource reads.
 */
import {
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceInstanceSettings,
  type MetricFindValue,
  rangeUtil,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import { type DataQuery } from '@grafana/schema';
import { getBackendSrv, getTemplateSrv, isFetchError } from '@grafana/runtime';
import { catchError, forkJoin, map, type Observable, of } from 'rxjs';
import { type LokiAnswer, metricFrames, streamFrame } from './loki-frames';

interface LokiQuery extends DataQuery {
  readonly expr: string;
  readonly queryType?: 'range' | 'instant' | 'stream';
  readonly legendFormat?: string;
  readonly maxLines?: number;
  readonly step?: string;
  readonly direction?: 'forward' | 'backward' | 'scan';
}

/** Query of a variable: `label_values(…)` of Grafana's Loki datasource in its object form. */
interface LokiVariableQuery {
  readonly refId?: string;
  /** 0: names of labels; 1: values of a label. */
  readonly type: number;
  readonly label?: string;
  readonly stream?: string;
}

const DEFAULT_MAX_LINES = 1000;

export class LokiDatasource extends DataSourceApi<LokiQuery> {
  private readonly url: string;
  private readonly maxLines: number;

  constructor(settings: DataSourceInstanceSettings) {
    super(settings);
    this.url = settings.url ?? '';
    const { maxLines } = settings.jsonData as { readonly maxLines?: number | string };
    this.maxLines = Number(maxLines ?? DEFAULT_MAX_LINES);
  }

  override filterQuery(query: LokiQuery): boolean {
    return query.expr !== undefined && query.expr.trim() !== '';
  }

  override query(request: DataQueryRequest<LokiQuery>): Observable<DataQueryResponse> {
    const asked = request.targets.filter((target) => target.hide !== true && this.filterQuery(target));
    if (asked.length === 0) {
      return of({ data: [] });
    }
    return forkJoin(asked.map((target) => this.runTarget(target, request))).pipe(
      map((responses) => ({
        data: responses.flatMap((response) => response.data),
        errors: responses.flatMap((response) => response.errors ?? []),
      })),
      map((response) => (response.errors.length === 0 ? { data: response.data } : response))
    );
  }

  override async metricFindQuery(
    query: LokiVariableQuery,
    options?: { range?: { from: unknown; to: unknown } }
  ): Promise<MetricFindValue[]> {
    const params: Record<string, string> = {};
    const stream = getTemplateSrv().replace(query.stream ?? '');
    if (stream !== '') {
      params.query = stream;
    }
    const range = options?.range as DataQueryRequest['range'] | undefined;
    if (range !== undefined) {
      params.start = nanoseconds(range.from.valueOf());
      params.end = nanoseconds(range.to.valueOf());
    }
    const path = query.type === 1 ? `label/${encodeURIComponent(query.label ?? '')}/values` : 'labels';
    const answer = await getBackendSrv().get<{ data?: readonly string[] }>(`${this.url}/loki/api/v1/${path}`, params);
    return (answer.data ?? []).map((text) => ({ text, value: text }));
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    await getBackendSrv().get(`${this.url}/loki/api/v1/labels`);
    return { status: 'success', message: 'Connected to the store.' };
  }

  override interpolateVariablesInQueries(queries: LokiQuery[], scopedVars: ScopedVars): LokiQuery[] {
    return queries.map((query) => ({ ...query, expr: getTemplateSrv().replace(query.expr, scopedVars, interpolate) }));
  }

  private runTarget(target: LokiQuery, request: DataQueryRequest<LokiQuery>): Observable<DataQueryResponse> {
    const instant = target.queryType === 'instant';
    const stepMs = stepOf(target, request);
    const expr = getTemplateSrv().replace(target.expr, macros(request, stepMs), interpolate);
    const params: Record<string, string | number> = {
      query: expr,
      limit: target.maxLines ?? this.maxLines,
      direction: target.direction === 'forward' ? 'forward' : 'backward',
    };
    if (instant) {
      params.time = nanoseconds(request.range.to.valueOf());
    } else {
      params.start = nanoseconds(request.range.from.valueOf());
      params.end = nanoseconds(request.range.to.valueOf());
      params.step = `${stepMs}ms`;
    }
    return getBackendSrv()
      .fetch<LokiAnswer>({
        url: `${this.url}/loki/api/v1/${instant ? 'query' : 'query_range'}`,
        params,
        requestId: request.requestId === undefined ? undefined : `${request.requestId}.${target.refId}`,
      })
      .pipe(
        map(({ data }) => ({ data: frames(data, target, expr) })),
        catchError((error: unknown) =>
          of({ data: [], errors: [{ refId: target.refId, message: reason(error), status: statusOf(error) }] })
        )
      );
  }
}

function frames(answer: LokiAnswer, target: LokiQuery, expr: string): DataFrame[] {
  return answer.data.resultType === 'streams'
    ? [streamFrame(answer.data.result, { refId: target.refId, expr })]
    : metricFrames(answer.data, { refId: target.refId, expr, legendFormat: target.legendFormat });
}

function macros(request: DataQueryRequest<LokiQuery>, stepMs: number): ScopedVars {
  const rangeMs = request.range.to.valueOf() - request.range.from.valueOf();
  const step = { text: `${stepMs}ms`, value: `${stepMs}ms` };
  return {
    ...request.scopedVars,
    __auto: step,
    __interval: step,
    __interval_ms: { text: String(stepMs), value: stepMs },
    __range: { text: `${Math.round(rangeMs / 1000)}s`, value: `${Math.round(rangeMs / 1000)}s` },
    __range_s: { text: String(Math.round(rangeMs / 1000)), value: Math.round(rangeMs / 1000) },
    __range_ms: { text: String(rangeMs), value: rangeMs },
  };
}

function stepOf(target: LokiQuery, request: DataQueryRequest<LokiQuery>): number {
  const asked = target.step === undefined ? 0 : rangeUtil.intervalToMs(getTemplateSrv().replace(target.step));
  return Math.max(asked, request.intervalMs, 1000);
}

/** Several values of a variable become alternatives of a regular expression, as Grafana's Loki datasource has it. */
function interpolate(value: unknown, variable: { readonly multi?: boolean; readonly includeAll?: boolean }): string {
  if (Array.isArray(value)) {
    return value.map((item) => escapeRegex(String(item))).join('|');
  }
  return variable.multi || variable.includeAll ? escapeRegex(String(value)) : escapeText(String(value));
}

function escapeRegex(value: string): string {
  return escapeText(value.replace(/[\\^$*+?.()|[\]{}]/g, '\\$&'));
}

function escapeText(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms)}000000`;
}

function reason(error: unknown): string {
  if (isFetchError<{ readonly message?: string; readonly error?: string } | undefined>(error)) {
    return error.data?.message ?? error.data?.error ?? error.statusText ?? `The store answered ${error.status}.`;
  }
  return error instanceof Error ? error.message : String(error);
}

function statusOf(error: unknown): number | undefined {
  return isFetchError(error) ? error.status : undefined;
}
