import {
  createDataFrame,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  dateTime,
  FieldType,
} from '@grafana/data';
import { type BackendSrv, type BackendSrvRequest, type FetchResponse } from '@grafana/runtime';
import { type DataQuery } from '@grafana/schema';
import { NEVER, Observable, of, throwError } from 'rxjs';
import { DataError } from '../data-error';
import { logql } from '../plan/logql';
import { directLoki } from './direct-loki';
import { type LineQuery } from './loki-client';
import { entriesOfFrames } from './loki-frames';
import { wrappedLoki } from './wrapped-loki';

const T = BigInt('1767225600123456789');
const QUERY: LineQuery = {
  logql: logql({ source: 'bpf_net_l7_log', lineFilters: [] }),
  window: { fromNs: T - BigInt(10), toNs: T + BigInt(10) },
  maxLines: 3,
};
const EXPECTED = [
  { tsNs: T + BigInt(1), line: 'second', labels: { host: 'b', flow_shard: '7' } },
  { tsNs: T, line: 'first', labels: { host: 'a', flow_shard: '3' } },
];
const LABELS = [EXPECTED[1].labels, EXPECTED[0].labels];
const MS = Number(T / BigInt(1_000_000));

/** As Grafana's Loki datasource gives it up to version 11, and where the data plane is off. */
const LEGACY = createDataFrame({
  fields: [
    { name: 'labels', type: FieldType.other, values: LABELS },
    { name: 'Time', type: FieldType.time, values: [MS, MS] },
    { name: 'Line', type: FieldType.string, values: ['first', 'second'] },
    { name: 'tsNs', type: FieldType.string, values: [String(T), String(T + BigInt(1))] },
    { name: 'id', type: FieldType.string, values: ['x_1', 'x_2'] },
  ],
});

const DATA_PLANE = createDataFrame({
  fields: [
    { name: 'timestamp', type: FieldType.time, values: [MS, MS], nanos: [456789, 456790] },
    { name: 'body', type: FieldType.string, values: ['first', 'second'] },
    { name: 'labels', type: FieldType.other, values: LABELS.map((labels) => JSON.stringify(labels)) },
    { name: 'id', type: FieldType.string, values: ['x_1', 'x_2'] },
  ],
});

const DATA_PLANE_WITHOUT_NANOS: DataFrame = createDataFrame({
  fields: [
    { name: 'timestamp', type: FieldType.time, values: [MS, MS] },
    { name: 'severity', type: FieldType.string, values: ['', ''] },
    { name: 'body', type: FieldType.string, values: ['first', 'second'] },
    { name: 'labels', type: FieldType.other, values: LABELS },
    { name: 'id', type: FieldType.string, values: [`${T}_1`, `${T + BigInt(1)}_2`] },
  ],
});

/** One frame a stream, labels on the field. */
const BY_STREAM = [0, 1].map((i) =>
  createDataFrame({
    fields: [
      { name: 'ts', type: FieldType.time, values: [MS] },
      { name: 'tsNs', type: FieldType.string, values: [String(T + BigInt(i))] },
      { name: 'line', type: FieldType.string, values: [i === 0 ? 'first' : 'second'], labels: LABELS[i] },
    ],
  })
);

const signal = () => new AbortController().signal;

async function problemOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  );
  return error instanceof DataError ? error.problem : error;
}

describe('frames of a Loki datasource', () => {
  it.each([
    ['older', [LEGACY]],
    ['data plane', [DATA_PLANE]],
    ['data plane without nanos', [DATA_PLANE_WITHOUT_NANOS]],
    ['one frame a stream', BY_STREAM],
  ])('are read to the nanosecond: %s', (_, frames) => {
    expect([...entriesOfFrames(frames)].reverse()).toEqual(EXPECTED);
  });

  it('without nanoseconds are refused, since the order of packets would be lost', () => {
    const frame = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [MS] },
        { name: 'Line', type: FieldType.string, values: ['x'] },
      ],
    });
    expect(() => entriesOfFrames([frame])).toThrow(/without nanoseconds/);
  });

  it('may be empty', () => {
    expect(entriesOfFrames([createDataFrame({ fields: [] })])).toEqual([]);
  });
});

type Answer = (request: DataQueryRequest<DataQuery>) => Observable<DataQueryResponse> | Promise<DataQueryResponse>;

function lokiDatasource(query: Answer, type = 'loki') {
  return async () => ({ type, query }) as unknown as DataSourceApi;
}

describe('a wrapped Loki datasource', () => {
  it('is asked for the range in whole milliseconds, rounded outwards, and answers newest first', async () => {
    let asked: DataQueryRequest<DataQuery> | undefined;
    const client = wrappedLoki(
      'u',
      lokiDatasource((request) => {
        asked = request;
        return of({ data: [] }, { data: [DATA_PLANE] });
      })
    );
    expect(await client.lines(QUERY, signal())).toEqual(EXPECTED);
    expect(asked?.targets[0]).toMatchObject({ expr: QUERY.logql, queryType: 'range', maxLines: 3 });
    expect([asked?.range.from.valueOf(), asked?.range.to.valueOf()]).toEqual([MS, MS + 1]);
    expect(asked?.range.from).toEqual(dateTime(MS));
  });

  it('may answer by promise, and with more than was asked for', async () => {
    const client = wrappedLoki(
      'u',
      lokiDatasource(async () => ({ data: [LEGACY] }))
    );
    const narrow = { ...QUERY, window: { fromNs: T, toNs: T + BigInt(1) } };
    expect((await client.lines(narrow, signal())).map(({ line }) => line)).toEqual(['first']);
  });

  it('gives samples from series and from tables', async () => {
    const series = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [MS] },
        { name: 'Value', type: FieldType.number, values: [4], labels: { host: 'a' } },
      ],
    });
    const table = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [MS, MS] },
        { name: 'host', type: FieldType.string, values: ['a', 'b'] },
        { name: 'Value #A', type: FieldType.number, values: [4, 5] },
      ],
    });
    const samples = (data: DataFrame[]) =>
      wrappedLoki(
        'u',
        lokiDatasource(() => of({ data }))
      ).instant(QUERY.logql, T, signal());
    expect(await samples([series])).toEqual([{ labels: { host: 'a' }, value: 4 }]);
    expect(await samples([table])).toEqual([
      { labels: { host: 'a' }, value: 4 },
      { labels: { host: 'b' }, value: 5 },
    ]);
  });

  it.each([
    ['none chosen', undefined, async () => undefined as unknown as DataSourceApi, { kind: 'no-loki-chosen' }],
    ['missing', 'u', () => Promise.reject(new Error('not found')), { kind: 'loki-missing', uid: 'u' }],
    [
      'another kind',
      'u',
      lokiDatasource(() => NEVER, 'prometheus'),
      { kind: 'loki-wrong-type', uid: 'u', type: 'prometheus' },
    ],
    [
      'a query that it refuses',
      'u',
      lokiDatasource(() => of({ data: [], errors: [{ message: 'parse error at line 1', status: 400 }] })),
      { kind: 'refused', reason: 'parse error at line 1', logql: QUERY.logql },
    ],
    [
      'a store that is down',
      'u',
      lokiDatasource(() => throwError(() => ({ status: 502, data: { message: 'dial tcp: connection refused' } }))),
      { kind: 'unreachable', reason: 'dial tcp: connection refused' },
    ],
    [
      'a query that finds the queue full',
      'u',
      lokiDatasource(() => throwError(() => ({ status: 429, data: { message: 'too many outstanding requests' } }))),
      { kind: 'too-many-queries', reason: 'too many outstanding requests' },
    ],
    [
      'a full queue without its status',
      'u',
      lokiDatasource(() => of({ data: [], error: { message: 'too many outstanding requests' } })),
      { kind: 'too-many-queries', reason: 'too many outstanding requests' },
    ],
    [
      'no permission',
      'u',
      lokiDatasource(() => throwError(() => ({ status: 403, statusText: 'Forbidden' }))),
      { kind: 'forbidden', reason: 'Forbidden', through: 'datasource' },
    ],
  ])('reports what is wrong: %s', async (_, uid, getInstance, problem) => {
    expect(await problemOf(wrappedLoki(uid, getInstance).lines(QUERY, signal()))).toEqual(problem);
  });

  it('is left when the query is aborted', async () => {
    let left = false;
    const controller = new AbortController();
    const client = wrappedLoki(
      'u',
      lokiDatasource(() => new Observable(() => () => (left = true)))
    );
    const answer = client.lines(QUERY, controller.signal);
    setTimeout(() => controller.abort(new Error('gone')), 5);
    await expect(answer).rejects.toThrow('gone');
    expect(left).toBe(true);
  });
});

describe('Loki by URL', () => {
  function client(answer: unknown, asked: BackendSrvRequest[] = []) {
    const backend = {
      fetch: (request: BackendSrvRequest) => {
        asked.push(request);
        return of({ data: answer } as FetchResponse);
      },
    } as unknown as BackendSrv;
    return directLoki('a/b', () => backend);
  }

  it('goes through the datasource proxy, in nanoseconds', async () => {
    const asked: BackendSrvRequest[] = [];
    const answer = {
      status: 'success',
      data: {
        resultType: 'streams',
        result: [
          { stream: LABELS[0], values: [[String(T), 'first']] },
          { stream: LABELS[1], values: [[String(T + BigInt(1)), 'second', { structuredMetadata: {} }]] },
        ],
      },
    };
    expect(await client(answer, asked).lines(QUERY, signal())).toEqual(EXPECTED);
    expect(asked[0]).toMatchObject({
      url: '/api/datasources/proxy/uid/a%2Fb/loki/api/v1/query_range',
      method: 'GET',
      params: { query: QUERY.logql, start: String(T - BigInt(10)), end: String(T + BigInt(10)), limit: '3' },
    });
  });

  it('gives samples', async () => {
    const answer = { data: { resultType: 'vector', result: [{ metric: { host: 'a' }, value: [1, '2.5'] }] } };
    expect(await client(answer).instant(QUERY.logql, T, signal())).toEqual([{ labels: { host: 'a' }, value: 2.5 }]);
  });

  it('that denies access, advises where this datasource keeps user and tenant', async () => {
    const backend = { fetch: () => throwError(() => ({ status: 401, data: 'no org id' })) } as unknown as BackendSrv;
    const error: unknown = await directLoki('a', () => backend)
      .lines(QUERY, signal())
      .catch((reason: unknown) => reason);
    expect(String(error)).toContain('no org id');
    expect(String(error)).toContain('X-Scope-OrgID');
    expect(String(error)).not.toContain('Loki datasource');
  });

  it('that is no Loki is reported', async () => {
    expect(await problemOf(client('<html>').lines(QUERY, signal()))).toMatchObject({ kind: 'bad-answer' });
  });
});
