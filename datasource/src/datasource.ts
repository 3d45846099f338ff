/**
 * The datasource: targets in, frames out. What it decides is which parts answer which query; the parts do the rest.
 */
import {
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceInstanceSettings,
  LoadingState,
  type LegacyMetricFindQueryOptions,
  type MetricFindValue,
  type ScopedVars,
  type TestDataSourceResponse,
  type TimeRange,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { Observable } from 'rxjs';
import { hopsOf } from './correlate/hops';
import { type LaneRecords, packetTable } from './correlate/packet-table';
import { DataError, type DataProblem, problemText } from './data-error';
import { ChunkCache } from './fetch/chunk-cache';
import { ConnectionReader, type Connections, type ReadOptions } from './fetch/connection-reader';
import { directLoki } from './fetch/direct-loki';
import { readHealth } from './fetch/health';
import { readL4List, readL7List } from './fetch/list-reader';
import { type LokiClient } from './fetch/loki-client';
import { sharedInFlight } from './fetch/shared-in-flight';
import { pagedLoki } from './fetch/paged-loki';
import { readValues, VALUE_FIELDS, valueFieldOf } from './fetch/value-reader';
import { wrappedLoki } from './fetch/wrapped-loki';
import { emptyHopsFrames, hopsFrames } from './frames/hops-frames';
import { l4ListFrame, l7ListFrame } from './frames/list-frame';
import { packetsFrame } from './frames/packets-frame';
import { recordsFrame } from './frames/records-frame';
import { type FlowsOptions, modeOf, shardCountOf } from './options';
import { planL4List, planL7List } from './plan/list-plan';
import { logql } from './plan/logql';
import { type Preview, previewOf } from './plan/preview';
import { type TimeWindow, windowOfMs } from './plan/time-window';
import { displayText } from './query/display-text';
import {
  assertUnreachable,
  DEFAULT_QUERY,
  type FlowQuery,
  type HopsQuery,
  type L4ListQuery,
  type L7ListQuery,
  type PacketsQuery,
  readQuery,
  type RecordsQuery,
} from './query/flow-query';
import { lookUpOf, type Replace } from './query/interpolate';
import { resolveQuery } from './plan/resolve';

/** What answering one target needs. */
interface Answering {
  readonly replace: Replace;
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
}

export class FlowsDatasource extends DataSourceApi<FlowQuery, FlowsOptions> {
  private readonly client: LokiClient;
  private readonly connections: ConnectionReader;
  private readonly shardCount: number;

  constructor(settings: DataSourceInstanceSettings<FlowsOptions>) {
    super(settings);
    const { uid, jsonData } = settings;
    this.client = sharedInFlight(
      pagedLoki(modeOf(jsonData) === 'url' ? directLoki(uid) : wrappedLoki(jsonData.lokiUid))
    );
    this.shardCount = shardCountOf(settings.jsonData);
    this.connections = new ConnectionReader(this.client, new ChunkCache());
  }

  /** Targets are answered side by side; a target that fails leaves the others alone. Unsubscribing aborts all requests. */
  override query(request: DataQueryRequest<FlowQuery>): Observable<DataQueryResponse> {
    return new Observable((subscriber) => {
      const controller = new AbortController();
      const targets = request.targets.filter((target) => this.filterQuery(target));
      const answering: Answering = {
        replace: replaceWith(request.scopedVars),
        window: windowOf(request.range),
        signal: controller.signal,
      };
      Promise.allSettled(targets.map((target) => this.answer(readQuery(target), answering))).then((answers) => {
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
      const { status, message } = await readHealth(this.client, Date.now(), new AbortController().signal);
      return { status, message };
    } catch (error) {
      return { status: 'error', message: reasonText(error) };
    }
  }

  override async metricFindQuery(
    query: string | { readonly query?: string },
    options?: LegacyMetricFindQueryOptions
  ): Promise<MetricFindValue[]> {
    const text = typeof query === 'string' ? query : (query.query ?? '');
    const field = valueFieldOf(text);
    if (field === undefined) {
      const wanted = `one of ${VALUE_FIELDS.join(', ')}`;
      throw new DataError({ kind: 'bad-filter', filter: 'of this variable', value: text, wanted });
    }
    const nowMs = Date.now();
    const window = options?.range === undefined ? windowOfMs(nowMs - 3_600_000, nowMs) : windowOf(options.range);
    const values = await readValues(this.client, field, { window, signal: new AbortController().signal });
    return values.map((value) => ({ text: value, value }));
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

  private answer(query: FlowQuery, answering: Answering): Promise<DataFrame[]> {
    switch (query.queryType) {
      case 'l7List':
        return this.l7List(query, answering);
      case 'l4List':
        return this.l4List(query, answering);
      case 'packets':
        return this.packets(query, answering);
      case 'hops':
        return this.hops(query, answering);
      case 'records':
        return this.records(query, answering);
      default:
        return assertUnreachable(query);
    }
  }

  private async l7List(query: L7ListQuery, { replace, window, signal }: Answering): Promise<DataFrame[]> {
    const planned = planL7List(query, replace);
    if (!planned.ok && planned.problem.kind === 'no-id') {
      return [l7ListFrame([], { refId: query.refId, notes: [problemText(planned.problem)] })];
    }
    if (!planned.ok) {
      throw new DataError(planned.problem);
    }
    const { plan } = planned;
    const { rows, notes, nicsSeen } = await readL7List(this.client, plan, {
      window,
      signal,
      fold: query.fold ?? 'nic',
    });
    const options = { refId: query.refId, notes: orEmpty(rows, notes), logql: logql(plan.parts), nicsSeen };
    return [l7ListFrame(rows, options)];
  }

  private async l4List(query: L4ListQuery, { replace, window, signal }: Answering): Promise<DataFrame[]> {
    const planned = planL4List(query, replace);
    if (!planned.ok && planned.problem.kind === 'no-id') {
      return [l4ListFrame([], { refId: query.refId, notes: [problemText(planned.problem)] })];
    }
    if (!planned.ok) {
      throw new DataError(planned.problem);
    }
    const { plan } = planned;
    const { rows, notes } = await readL4List(this.client, plan, { window, signal });
    return [l4ListFrame(rows, { refId: query.refId, notes: orEmpty(rows, notes), logql: logql(plan.parts) })];
  }

  private async packets(query: PacketsQuery, answering: Answering): Promise<DataFrame[]> {
    const { refId } = query;
    const nics = query.nics ?? 'all';
    const read = await this.read(query, answering, { want: { chunks: true, packets: true }, nics });
    if (!read.ok) {
      return [packetsFrame({ rows: [], lanes: [], notes: [] }, { refId, notes: [problemText(read.problem)] })];
    }
    const table = packetTable({
      lanes: lanesOf(read.value),
      requestId: read.value.focus[0]?.record.request_id,
    });
    const notes = table.rows.length > 0 ? [] : ['The records of this connection hold no packets in this time range.'];
    return [packetsFrame(table, { refId, notes: [...notes, ...read.value.notes] })];
  }

  private async hops(query: HopsQuery, answering: Answering): Promise<DataFrame[]> {
    const { refId } = query;
    const read = await this.read(query, answering, { want: { chunks: true, packets: false }, nics: 'all' });
    if (!read.ok) {
      return emptyHopsFrames(refId, problemText(read.problem));
    }
    const { focus, chunks, notes } = read.value;
    const requestId = focus[0].record.request_id;
    return hopsFrames(hopsOf(focus, chunks), { refId, requestId, notes });
  }

  private async records(query: RecordsQuery, answering: Answering): Promise<DataFrame[]> {
    const { refId } = query;
    const nics = query.nics ?? 'all';
    const read = await this.read(query, answering, { want: { chunks: true, packets: false }, nics });
    if (!read.ok) {
      return [recordsFrame([], { refId, notes: [problemText(read.problem)] })];
    }
    const { focus, spans, chunks, notes } = read.value;
    const lines = [
      ...(focus.length > 0 ? focus : spans).map((one) => ({ source: 'bpf_net_l7_log' as const, ...one })),
      ...chunks.map((one) => ({ source: 'bpf_net_l4_log' as const, ...one })),
    ];
    return [recordsFrame(lines, { refId, notes })];
  }

  private read(
    query: PacketsQuery | HopsQuery | RecordsQuery,
    { replace, window, signal }: Answering,
    options: Pick<ReadOptions, 'want' | 'nics'>
  ) {
    return this.connections.read(lookUpOf(query, replace), { window, signal, shardCount: this.shardCount, ...options });
  }
}

/** A lane a connection at a NIC, with or without packets. */
function lanesOf({ spans, chunks, packets }: Connections): readonly LaneRecords[] {
  const ids = new Set([...packets, ...chunks, ...spans].map(({ record }) => record.inner_traceid));
  return [...ids].map((lane) => ({
    lane,
    packets: packets.map(({ record }) => record).filter((record) => record.inner_traceid === lane),
    chunks: chunks.map(({ record }) => record).filter((record) => record.inner_traceid === lane),
    spans: spans.filter(({ record }) => record.inner_traceid === lane),
  }));
}

function orEmpty(rows: readonly unknown[], notes: readonly string[]): readonly string[] {
  const nothing: DataProblem = { kind: 'no-records' };
  return rows.length > 0 ? notes : [...notes, problemText(nothing)];
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
