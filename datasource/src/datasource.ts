/**
 * The datasource as Grafana sees it: targets in, frames out. Queries are answered in `handlers/`.
 */
import {
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  LoadingState,
  type LegacyMetricFindQueryOptions,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
  type TimeRange,
} from '@grafana/data';
import { getDataSourceSrv, getTemplateSrv } from '@grafana/runtime';
import { Observable } from 'rxjs';
import { type QueryContext } from './handlers/query-context';
import { Answers } from './handlers/answers';
import { tail, type TailedQuery } from './handlers/tail';
import { DataError } from './data-error';
import { ChunkCache } from './fetch/chunk-cache';
import { ConnectionReader } from './fetch/connection-reader';
import { directLoki } from './loki/direct-loki';
import { readHealth } from './fetch/health';
import { labelledLoki } from './loki/labelled-loki';
import { type LokiClient } from './loki/loki-client';
import { pagedLoki } from './loki/paged-loki';
import { sharedInFlight } from './loki/shared-in-flight';
import { ConnectionCache } from './fetch/connection-cache';
import { timedLoki } from './loki/timed-loki';
import { readValues } from './fetch/value-reader';
import { wrappedLoki } from './loki/wrapped-loki';
import { type LinkTargets, type RecordLinks, recordLinks } from './frames/record-links';
import { extraLabelsOf, type FlowsOptions, modeOf, pageLinesOf, shardCountOf, timeoutMsOf } from './options';
import { type Preview, previewOf } from './plan/preview';
import { resolveQuery } from './plan/resolve';
import { type TimeWindow, windowOfMs } from './plan/time-window';
import { RECORD_FIELDS, recordFieldOf, VALUE_FIELDS } from './plan/value-fields';
import { type AdHocFilter } from './query/ad-hoc';
import { displayText } from './query/display-text';
import { DEFAULT_QUERY, type FlowQuery, readQuery } from './query/flow-query';
import { type Replace } from './query/interpolate';

/** Points of a graph where its panel does not say. */
const DEFAULT_POINTS = 300;
/** What is looked at for suggestions where nobody gives a range. */
const SUGGESTION_RANGE_MS = 3_600_000;

export class FlowsDatasource extends DataSourceApi<FlowQuery, FlowsOptions> {
  private readonly client: LokiClient;
  private readonly answers: Answers;
  private readonly shardCount: number;

  constructor(settings: DataSourceInstanceSettings<FlowsOptions>) {
    super(settings);
    const { uid, jsonData } = settings;
    this.shardCount = shardCountOf(jsonData);
    this.client = clientOf(uid, jsonData);
    const connections = new ConnectionReader(this.client, new ChunkCache());
    this.answers = new Answers(this.client, new ConnectionCache(connections, this.shardCount), linksOf(jsonData));
  }

  /** Targets are answered side by side; a target that fails leaves the others alone. Unsubscribing aborts all requests. */
  override query(request: DataQueryRequest<FlowQuery>): Observable<DataQueryResponse> {
    const targets = request.targets.filter((target) => this.filterQuery(target)).map(readQuery);
    const contextIn = (window: TimeWindow, signal: AbortSignal) => contextOf(request, window, signal);
    const tailed = targets.filter(isTailed);
    if (request.liveStreaming === true && tailed.length > 0) {
      return tail(tailed, { newest: (query, context) => this.answers.newest(query, context), contextIn });
    }
    return new Observable((subscriber) => {
      const controller = new AbortController();
      const context = contextIn(windowOf(request.range), controller.signal);
      Promise.allSettled(targets.map((target) => this.answers.answer(target, context))).then((answers) => {
        if (controller.signal.aborted) {
          return;
        }
        const errors = answers.flatMap((answer, i) =>
          answer.status === 'rejected' ? [{ refId: targets[i].refId, message: reasonText(answer.reason) }] : []
        );
        subscriber.next({
          data: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
          errors: errors.length === 0 ? undefined : errors,
          state: errors.length === 0 ? LoadingState.Done : LoadingState.Error,
        });
        subscriber.complete();
      });
      return () => controller.abort(new Error('the query was cancelled'));
    });
  }

  override async testDatasource(): Promise<TestDataSourceResponse> {
    try {
      const { signal } = new AbortController();
      return { ...(await readHealth(this.client, { nowMs: Date.now(), shardCount: this.shardCount, signal })) };
    } catch (error) {
      return { status: 'error', message: reasonText(error) };
    }
  }

  override async metricFindQuery(
    query: string | { readonly query?: string },
    options?: LegacyMetricFindQueryOptions
  ): Promise<MetricFindValue[]> {
    const text = typeof query === 'string' ? query : (query.query ?? '');
    const field = recordFieldOf(text);
    if (field === undefined) {
      const wanted = `the name of a record field, such as ${VALUE_FIELDS.join(', ')}`;
      throw new DataError({ kind: 'bad-filter', filter: 'variable query', value: text, wanted });
    }
    return (await this.values(field, options?.range)).map((value) => ({ text: value, value }));
  }

  /** Fields that ad-hoc filters may be over. */
  override async getTagKeys(_options?: DataSourceGetTagKeysOptions<FlowQuery>): Promise<MetricFindValue[]> {
    return RECORD_FIELDS.map((text) => ({ text }));
  }

  override async getTagValues({
    key,
    timeRange,
  }: DataSourceGetTagValuesOptions<FlowQuery>): Promise<MetricFindValue[]> {
    const field = recordFieldOf(key);
    return field === undefined ? [] : (await this.values(field, timeRange)).map((text) => ({ text }));
  }

  /** Values of a record field in a range, else in the last hour; none where the store cannot answer. */
  async suggestions(field: string, range?: TimeRange): Promise<readonly string[]> {
    return this.values(field, range).catch(() => []);
  }

  override getDefaultQuery(): Partial<FlowQuery> {
    return DEFAULT_QUERY;
  }

  override filterQuery(query: FlowQuery): boolean {
    return query.hide !== true;
  }

  override getQueryDisplayText(query: FlowQuery): string {
    return displayText(readQuery(query));
  }

  /** The LogQL that a query begins with, with the variables of the page. */
  preview(query: FlowQuery): Preview {
    return previewOf(query, replaceWith({}), this.shardCount);
  }

  override interpolateVariablesInQueries(queries: FlowQuery[], scopedVars: ScopedVars): FlowQuery[] {
    const replace = replaceWith(scopedVars);
    return queries.map((query) => ({ ...resolveQuery(readQuery(query), replace), datasource: this.getRef() }));
  }

  private values(field: string, range: TimeRange | undefined): Promise<readonly string[]> {
    const nowMs = Date.now();
    const window = range === undefined ? windowOfMs(nowMs - SUGGESTION_RANGE_MS, nowMs) : windowOf(range);
    return readValues(this.client, field, { window, signal: new AbortController().signal });
  }
}

function clientOf(uid: string, options: FlowsOptions): LokiClient {
  const reached = modeOf(options) === 'url' ? directLoki(uid) : wrappedLoki(options.lokiUid);
  const labelled = labelledLoki(reached, extraLabelsOf(options));
  return sharedInFlight(pagedLoki(timedLoki(labelled, timeoutMsOf(options)), pageLinesOf(options)));
}

function linksOf({ tracingUid, podUrl, hostUrl, storyUrl }: FlowsOptions): RecordLinks {
  const tracing = tracingUid === undefined ? undefined : getDataSourceSrv()?.getInstanceSettings(tracingUid);
  const targets: LinkTargets = {
    tracing: tracing === undefined ? undefined : { uid: tracing.uid, name: tracing.name, type: tracing.type },
    podUrl,
    hostUrl,
    storyUrl,
  };
  return recordLinks(targets);
}

function contextOf(request: DataQueryRequest<FlowQuery>, window: TimeWindow, signal: AbortSignal): QueryContext {
  return {
    replace: replaceWith(request.scopedVars),
    window,
    signal,
    adHoc: (request.filters ?? []).map(({ key, operator, value, values }): AdHocFilter => ({
      key,
      operator,
      value,
      values,
    })),
    maxPoints: request.maxDataPoints ?? DEFAULT_POINTS,
    minStepSeconds: Math.ceil((request.intervalMs ?? 0) / 1000),
  };
}

function isTailed(query: FlowQuery): query is TailedQuery {
  return query.queryType === 'l7List' || query.queryType === 'l4List';
}

function replaceWith(scopedVars: ScopedVars | undefined): Replace {
  const templates = getTemplateSrv();
  return (text, format) => templates.replace(text, scopedVars, format);
}

function windowOf(range: TimeRange): TimeWindow {
  return windowOfMs(range.from.valueOf(), range.to.valueOf());
}

function reasonText(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
