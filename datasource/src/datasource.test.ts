import {
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  type DataSourceInstanceSettings,
  dateTime,
  LoadingState,
  toDataFrame,
} from '@grafana/data';
import { setDataSourceSrv, type DataSourceSrv, setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { FrameKind, type HopsMeta, type PacketsMeta } from '@bpfnet/flow-model';
import { lastValueFrom, NEVER, Observable } from 'rxjs';
import { FlowsDatasource } from './datasource';
import { type LogEntry } from './loki/loki-client';
import { type FlowsOptions } from './options';
import { type Logql } from './plan/logql';
import { windowOfMs } from './plan/time-window';
import { type FlowQuery } from './query/flow-query';
import { lineStore } from './test/line-store';
import { EPOCH_NS, linesOf, traffic, TWO_HOSTS } from './test/traffic-script';

const EPOCH_MS = Number(EPOCH_NS / BigInt(1_000_000));
const ID = '00112233445566ff';
const LINES = linesOf(traffic({ requestId: ID, atMs: 600_000, serverMs: 12, clientIsn: 77 }, TWO_HOSTS));

interface LokiTarget {
  readonly expr: string;
  readonly queryType: string;
  readonly maxLines: number;
}

/** A Loki datasource over lines in memory, with the frames that Grafana's gives. */
function lokiOver(entries: readonly LogEntry[]): Pick<DataSourceApi, 'type' | 'query'> {
  const store = lineStore(entries);
  const signal = new AbortController().signal;
  return {
    type: 'loki',
    query: async (request) => {
      const { expr, queryType, maxLines } = request.targets[0] as unknown as LokiTarget;
      const window = windowOfMs(request.range.from.valueOf(), request.range.to.valueOf());
      if (queryType === 'instant') {
        const samples = await store.instant(expr as Logql, window.toNs, signal);
        return {
          data: samples.map(({ labels, value }) =>
            toDataFrame({ fields: [{ name: 'Value', values: [value], labels }] })
          ),
        };
      }
      const lines = await store.lines({ logql: expr as Logql, window, maxLines }, signal);
      return {
        data: [
          toDataFrame({
            fields: [
              { name: 'labels', values: lines.map(({ labels }) => labels) },
              { name: 'Line', values: lines.map(({ line }) => line) },
              { name: 'tsNs', values: lines.map(({ tsNs }) => String(tsNs)) },
            ],
          }),
        ],
      };
    },
  };
}

function useLoki(loki: Pick<DataSourceApi, 'type' | 'query'>): void {
  setDataSourceSrv({ get: async () => loki } as unknown as DataSourceSrv);
}

function useVariables(values: Readonly<Record<string, string>>): void {
  setTemplateSrv({
    replace: (text: string, _: unknown, format: (value: unknown) => string) =>
      text.replace(/\$(\w+)/g, (whole, name: string) => (name in values ? format(values[name]) : whole)),
  } as unknown as TemplateSrv);
}

function datasource(jsonData: FlowsOptions = { lokiUid: 'bpfnet-loki' }): FlowsDatasource {
  return new FlowsDatasource({
    uid: 'bpfnet-flows',
    type: 'bpfnet-flows-datasource',
    name: 'flows',
    jsonData,
  } as DataSourceInstanceSettings<FlowsOptions>);
}

function ask(...targets: FlowQuery[]): Observable<DataQueryResponse> {
  const range = { from: dateTime(EPOCH_MS), to: dateTime(EPOCH_MS + 3_600_000) };
  return datasource().query({
    targets,
    range: { ...range, raw: range },
    scopedVars: {},
  } as unknown as DataQueryRequest<FlowQuery>);
}

async function framesOf(...targets: FlowQuery[]): Promise<DataFrame[]> {
  const response = await lastValueFrom(ask(...targets));
  expect(response.errors).toBeUndefined();
  return response.data;
}

function column(frame: DataFrame, name: string): unknown[] {
  const field = frame.fields.find((one) => one.name === name);
  if (field === undefined) {
    throw new Error(`no field ${name}`);
  }
  return field.values;
}

beforeEach(() => {
  useVariables({ request_id: ID, none: '' });
  useLoki(lokiOver(LINES));
});

describe('frames', () => {
  it('of a list of requests have time first and all ids', async () => {
    const [frame] = await framesOf({ refId: 'A', queryType: 'l7List', filters: { host: '$none' } });
    expect(frame.name).toBe(FrameKind.L7List);
    expect(frame.length).toBe(5);
    expect(frame.fields[0]).toMatchObject({ name: 'time', type: 'time' });
    expect(column(frame, 'request_id')).toEqual(Array(5).fill(ID));
    expect(column(frame, 'flow_shard')).toEqual(Array(5).fill(12));
    expect(column(frame, 'nic_traceid')).toEqual(Array(5).fill('77_9000'));
    expect(new Set(column(frame, 'inner_traceid')).size).toBe(5);
    expect(frame.fields.find(({ name }) => name === 'latency_ms')?.config.unit).toBe('ms');
  });

  it('of a list of connections', async () => {
    const [frame] = await framesOf({ refId: 'A', queryType: 'l4List', limit: 2 });
    expect([frame.name, frame.length]).toEqual([FrameKind.L4List, 2]);
    expect(column(frame, 'end_reason')).toEqual(['closed', 'closed']);
  });

  it('of the path are a node graph for Grafana and the contract of our panel', async () => {
    const [nodes, edges] = await framesOf({ refId: 'A', queryType: 'hops', requestId: '$request_id' });
    expect([nodes.name, nodes.length, edges.name, edges.length]).toEqual([
      FrameKind.HopNodes,
      5,
      FrameKind.HopEdges,
      4,
    ]);
    expect(nodes.meta?.preferredVisualisationType).toBe('nodeGraph');
    for (const name of ['id', 'title', 'subtitle', 'mainstat', 'secondarystat', 'order', 'observed']) {
      column(nodes, name);
    }
    const ids = new Set(column(nodes, 'id'));
    expect([...column(edges, 'source'), ...column(edges, 'target')].every((id) => ids.has(id))).toBe(true);
    expect(column(edges, 'sameClock')).toEqual([true, true, false, true]);
    const meta = nodes.meta?.custom as HopsMeta;
    expect(meta).toMatchObject({
      kind: FrameKind.HopNodes,
      requestId: ID,
      summary: 'GET /api/orders → 200',
      outcome: 'ok',
    });
  });

  it('of packets have one flow per NIC', async () => {
    const [all] = await framesOf({ refId: 'A', queryType: 'packets', requestId: '$request_id', nics: 'all' });
    expect(all.name).toBe(FrameKind.Packets);
    expect(all.length).toBe(25);
    expect((all.meta?.custom as PacketsMeta).flows.map(({ nicName }) => nicName)).toEqual([
      'eth0',
      'veth1',
      'uplink',
      'uplink',
      'eth0',
    ]);
    const [one] = await framesOf({ refId: 'A', queryType: 'packets', requestId: '$request_id', nics: 'one' });
    expect(one.length).toBe(5);
    expect(column(one, 'l7Label')).toEqual(['', '', '', 'GET /api/orders', '200']);
  });

  it('of records are log lines as they were written', async () => {
    const [frame] = await framesOf({ refId: 'A', queryType: 'records', requestId: '$request_id' });
    expect(frame.length).toBe(10);
    expect(frame.meta).toMatchObject({ type: 'log-lines', preferredVisualisationType: 'logs' });
    const lines = LINES.filter(({ labels }) => labels.source !== 'bpf_net_l4_packets').map(({ line }) => line);
    expect([...column(frame, 'body')].sort()).toEqual([...lines].sort());
    expect(new Set(column(frame, 'id')).size).toBe(10);
  });
});

describe('without an answer', () => {
  it.each<FlowQuery>([
    { refId: 'A', queryType: 'hops', requestId: '$none' },
    { refId: 'A', queryType: 'packets', requestId: '$none' },
    { refId: 'A', queryType: 'records' },
    { refId: 'A', queryType: 'l7List', filters: { requestId: '$none' } },
  ])('no id is an empty frame with advice, and no query: %j', async (query) => {
    useLoki({ type: 'loki', query: () => NEVER });
    const [frame] = await framesOf(query);
    expect(frame.length).toBe(0);
    expect(frame.meta?.notices?.[0].text).toMatch(/^No request or connection is selected/);
  });

  it('an id that is not there is an empty frame with advice', async () => {
    const [frame] = await framesOf({ refId: 'A', queryType: 'hops', requestId: 'feedfeedfeedfeed' });
    expect(frame.meta?.notices?.[0].text).toBe(
      'Nothing found for request feedfeedfeedfeed in this time range: widen the time range.'
    );
  });

  it('an empty list says what to look at', async () => {
    const [frame] = await framesOf({ refId: 'A', queryType: 'l7List', filters: { pod: 'none' } });
    expect(frame.meta?.notices?.[0].text).toMatch(/check that the collector is running/);
  });

  it('a target that fails leaves the others alone', async () => {
    const response = await lastValueFrom(
      ask({ refId: 'A', queryType: 'l7List', filters: { minLatencyMs: 'x' } }, { refId: 'B', queryType: 'l7List' })
    );
    expect(response.state).toBe(LoadingState.Error);
    expect(response.errors).toEqual([
      { refId: 'A', message: 'Invalid minimum latency "x": expected a number such as 100.' },
    ]);
    expect(response.data.map(({ refId }: DataFrame) => refId)).toEqual(['B']);
  });

  it('hidden targets are not asked', async () => {
    expect(await framesOf({ refId: 'A', queryType: 'l7List', hide: true })).toEqual([]);
  });
});

describe('the datasource', () => {
  it('says on test what it found', async () => {
    useLoki(lokiOver([]));
    expect(await datasource().testDatasource()).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/is the collector running/),
    });
    useLoki(lokiOver(LINES.map((entry) => ({ ...entry, tsNs: BigInt(Date.now() - 5000) * BigInt(1_000_000) }))));
    const { status, message } = await datasource().testDatasource();
    expect(status).toBe('success');
    expect(message).toMatch(
      /^Loki responds. In the last hour: 5 connection chunks, newest \d s ago; 5 packet chunks, newest \d s ago; 5 requests, newest \d s ago. Hosts: node-a, node-b. Flow shards: 1 of 16 in use.$/
    );
  });

  it('says on test that no Loki is selected', async () => {
    expect((await datasource({}).testDatasource()).message).toMatch(/^No Loki datasource is selected/);
  });

  it('gives values for variables, and says which there are', async () => {
    const range = { from: dateTime(EPOCH_MS), to: dateTime(EPOCH_MS + 3_600_000) };
    const values = await datasource().metricFindQuery('host', { range: { ...range, raw: range } });
    expect(values.map(({ text }) => text)).toEqual(['node-a', 'node-b']);
    await expect(datasource().metricFindQuery('x')).rejects.toThrow(
      /the name of a record field, such as host, k8s_namespace/
    );
  });

  it('hands queries to Explore without variables', () => {
    const [query] = datasource().interpolateVariablesInQueries(
      [{ refId: 'A', queryType: 'l7List', filters: { host: '$none', resource: '$request_id' } }],
      {}
    );
    expect(query).toMatchObject({ filters: { resource: ID }, queryType: 'l7List' });
    expect(datasource().getQueryDisplayText(query)).toBe(`newest requests, resource ${ID}`);
  });

  it('cancels its requests when nobody listens any more', async () => {
    const open = new Set<string>();
    useLoki({
      type: 'loki',
      query: ({ requestId }) =>
        new Observable(() => {
          open.add(requestId);
          return () => open.delete(requestId);
        }),
    });
    const subscription = ask({ refId: 'A', queryType: 'packets', nicTraceId: '77_9000' }).subscribe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(open.size).toBe(2);
    subscription.unsubscribe();
    expect(open.size).toBe(0);
  });
});
