import {
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  LoadingState,
  type PanelData,
  toDataFrame,
} from '@grafana/data';
import { toDataQueryError } from '@grafana/runtime';
import {
  catchError,
  connect,
  defer,
  from,
  isObservable,
  map,
  merge,
  type Observable,
  of,
  scan,
  takeUntil,
  timer,
} from 'rxjs';

type QueryFunction = (request: DataQueryRequest) => Observable<DataQueryResponse> | Promise<DataQueryResponse>;

interface Packets {
  readonly frames: ReadonlyMap<string, readonly DataFrame[]>;
  readonly data: PanelData;
}

/** How long a panel shows its previous data before it shows that it is loading. */
const LOADING_AFTER_MS = 200;

/**
 * Runs one panel's request: streams the datasource's answers as panel data. Answers with the same key replace each other;
 * an error becomes a state of the panel, never an error of the stream.
 */
export function runRequest(
  datasource: DataSourceApi,
  request: DataQueryRequest,
  queryFunction?: QueryFunction
): Observable<PanelData> {
  const initial: PanelData = {
    state: LoadingState.Loading,
    series: [],
    annotations: [],
    request,
    timeRange: request.range,
  };
  if (request.targets.length === 0) {
    request.endTime = Date.now();
    return of({ ...initial, state: LoadingState.Done });
  }

  const answers = defer(() => callQuery(datasource, request, queryFunction)).pipe(
    scan<DataQueryResponse, Packets>((packets, response) => addResponse(packets, response, request), {
      frames: new Map(),
      data: initial,
    }),
    map((packets) => packets.data),
    catchError((error: unknown) =>
      of({ ...initial, state: LoadingState.Error, errors: [toDataQueryError(error)], error: toDataQueryError(error) })
    )
  );
  const sayLoading = timer(LOADING_AFTER_MS).pipe(map(() => initial));
  return answers.pipe(connect((shared) => merge(sayLoading.pipe(takeUntil(shared)), shared)));
}

function callQuery(
  datasource: DataSourceApi,
  request: DataQueryRequest,
  queryFunction: QueryFunction | undefined
): Observable<DataQueryResponse> {
  const targets = request.targets.filter((target) => target.hide !== true);
  const visible = targets.filter((target) => datasource.filterQuery?.(target) ?? true);
  if (visible.length === 0) {
    return of({ data: [] });
  }
  const asked = { ...request, targets: visible };
  const answer = queryFunction ? queryFunction(asked) : datasource.query(asked);
  return isObservable(answer) ? answer : from(answer);
}

function addResponse(packets: Packets, response: DataQueryResponse, request: DataQueryRequest): Packets {
  request.endTime = Date.now();
  const frames = new Map(packets.frames).set(
    response.key ?? 'A',
    (response.data ?? []).map((frame) => toDataFrame(frame))
  );
  const errors = response.errors ?? (response.error ? [response.error] : []);
  const all = [...frames.values()].flat();
  const state = errors.length > 0 ? LoadingState.Error : (response.state ?? LoadingState.Done);
  return {
    frames,
    data: {
      ...packets.data,
      state,
      series: all.filter((frame) => frame.meta?.dataTopic === undefined),
      annotations: all.filter((frame) => frame.meta?.dataTopic !== undefined),
      errors: errors.length > 0 ? errors : undefined,
      error: errors[0],
      timeRange: request.range,
    },
  };
}
