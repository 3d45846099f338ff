/** The story as a panel gets it, from the search terms that people have. */
import {
  type DataFrame,
  type DataQueryRequest,
  type DataSourceApi,
  type DataSourceInstanceSettings,
  dateTime,
  LoadingState,
  toDataFrame,
} from '@grafana/data';
import { type DataSourceSrv, setDataSourceSrv, setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { FrameKind } from '@bpfnet/flow-model';
import { firstValueFrom, lastValueFrom, take, toArray } from 'rxjs';
import { FlowsDatasource } from '../datasource';
import { DataError } from '../data-error';
import { type LogEntry } from '../loki/loki-client';
import { type FlowsOptions } from '../options';
import { type Logql } from '../plan/logql';
import { windowOfMs } from '../plan/time-window';
import { type FlowQuery } from '../query/flow-query';
import { lineStore } from '../test/line-store';
import { EPOCH_NS, linesOf, traffic, TWO_HOSTS } from '../test/traffic-script';

const EPOCH_MS = Number(EPOCH_NS / 1_000_000n);
const ID = '00112233445566ff';
const LINES = linesOf(
  traffic({ requestId: ID, atMs: 600_000, serverMs: 12, clientIsn: 77, resendAfterMs: 4 }, TWO_HOSTS),
  traffic({ requestId: 'ffeeddccbbaa9988', atMs: 610_000, clientIsn: 500, resource: '/api/hang' }, TWO_HOSTS)
);

function lokiOver(entries: readonly LogEntry[]): Pick<DataSourceApi, 'type' | 'query'> {
  const store = lineStore(entries);
  const { signal } = new AbortController();
  return {
    type: 'loki',
    query: async ({ targets, range }) => {
      const { expr, maxLines } = targets[0] as unknown as { readonly expr: string; readonly maxLines: number };
      const window = windowOfMs(range.from.valueOf(), range.to.valueOf());
      const lines = await store.lines({ logql: expr as Logql, window, maxLines }, signal);
      const fields = [
        { name: 'labels', values: lines.map(({ labels }) => labels) },
        { name: 'Line', values: lines.map(({ line }) => line) },
        { name: 'tsNs', values: lines.map(({ tsNs }) => String(tsNs)) },
      ];
      return { data: [toDataFrame({ fields })] };
    },
  };
}

const TEMPO = { uid: 'tempo', name: 'Tempo', type: 'tempo' };

function useLoki(loki: Pick<DataSourceApi, 'type' | 'query'>): void {
  setDataSourceSrv({ get: async () => loki, getInstanceSettings: () => TEMPO } as unknown as DataSourceSrv);
}

beforeEach(() => {
  setTemplateSrv({ replace: (text: string) => text } as unknown as TemplateSrv);
  useLoki(lokiOver(LINES));
});

const RANGE = { from: dateTime(EPOCH_MS), to: dateTime(EPOCH_MS + 3_600_000) };

function ask(query: FlowQuery, more: Partial<DataQueryRequest<FlowQuery>> = {}, jsonData: FlowsOptions = {}) {
  const settings = { uid: 'u', jsonData: { lokiUid: 'loki', ...jsonData } } as DataSourceInstanceSettings<FlowsOptions>;
  const request = { targets: [query], range: { ...RANGE, raw: RANGE }, scopedVars: {}, ...more };
  return new FlowsDatasource(settings).query(request as unknown as DataQueryRequest<FlowQuery>);
}

async function framesOf(
  query: FlowQuery,
  more?: Partial<DataQueryRequest<FlowQuery>>,
  jsonData?: FlowsOptions
): Promise<DataFrame[]> {
  const { errors, data } = await lastValueFrom(ask(query, more, jsonData));
  expect(errors).toBeUndefined();
  return data;
}

function column(frame: DataFrame, name: string): unknown[] {
  return frame.fields.find((field) => field.name === name)?.values ?? [];
}

describe('the story', () => {
  it.each(['00112233445566ff', '78_9001', '10.1.0.5:40000', '10.1.0.5', '78'])(
    'begins with the verdict, from %s',
    async (searchTerm) => {
      const [verdict] = await framesOf({ refId: 'A', queryType: 'story', searchTerm });
      expect(verdict.name).toBe(FrameKind.Verdict);
      expect(verdict.length).toBe(1);
      expect(column(verdict, 'sentence')[0]).toMatch(/^GET \/api\//);
      expect(verdict.meta?.stats?.find(({ displayName }) => displayName === 'Round trips')?.value).toBeLessThanOrEqual(
        3
      );
    }
  );

  it('has one frame per part, and each part is available alone', async () => {
    const all = await framesOf({ refId: 'A', queryType: 'story', requestId: ID });
    expect(all.map(({ name }) => name)).toEqual([
      FrameKind.Verdict,
      FrameKind.VerdictParts,
      FrameKind.HopNodes,
      FrameKind.HopEdges,
      FrameKind.Losses,
      FrameKind.Caveats,
      FrameKind.L7List,
      FrameKind.StoryRequests,
    ]);
    const [parts] = await framesOf({ refId: 'A', queryType: 'story', part: 'parts', requestId: ID });
    const rows = column(parts, 'kind').map((kind, i) => ({
      kind,
      ms: Number(column(parts, 'ms')[i]),
      share: Number(column(parts, 'share')[i]),
    }));
    const sum = rows.filter(({ kind }) => kind === 'part').reduce((total, { share }) => total + share, 0);
    expect(sum).toBeCloseTo(1, 6);
  });

  it('lists retransmissions with the fate of the original', async () => {
    const [losses] = await framesOf({ refId: 'A', queryType: 'story', part: 'losses', requestId: ID });
    expect(column(losses, 'what')).toEqual(['data']);
    expect(column(losses, 'fate')[0]).toMatch(/^Arrived/);
  });

  it('offers the other requests that a search term names, worst first', async () => {
    const [requests] = await framesOf({
      refId: 'A',
      queryType: 'story',
      part: 'requests',
      searchTerm: '10.1.0.5:40000',
    });
    expect(column(requests, 'l7_resource')).toEqual(['/api/hang', '/api/orders']);
    const [nics] = await framesOf({ refId: 'A', queryType: 'story', part: 'nics', searchTerm: '10.1.0.5:40000' });
    expect(new Set(column(nics, 'l7_resource'))).toEqual(new Set(['/api/hang']));
  });

  it('of nothing is one frame per part, with advice', async () => {
    const frames = await framesOf({ refId: 'A', queryType: 'story', searchTerm: '10.9.9.9:1' });
    expect(frames.every(({ length }) => length === 0)).toBe(true);
    const advice = frames.filter(({ name }) => name !== FrameKind.HopEdges).map(({ meta }) => meta?.notices?.[0].text);
    expect(new Set(advice)).toEqual(
      new Set(['Nothing found for address 10.9.9.9:1 in this time range: widen the time range.'])
    );
  });
});

describe('for core panels', () => {
  it('the path is a trace, each NIC inside of the one before', async () => {
    const [trace] = await framesOf({ refId: 'A', queryType: 'trace', requestId: ID });
    expect(trace.meta?.preferredVisualisationType).toBe('trace');
    expect(column(trace, 'serviceName')).toEqual([
      'eth0 of web-1',
      'veth1 on node-a',
      'uplink on node-a',
      'uplink on node-b',
      'eth0 of api-1',
    ]);
    expect(column(trace, 'parentSpanID')).toEqual([null, ...column(trace, 'spanID').slice(0, 4)]);
    expect(new Set(column(trace, 'traceID'))).toEqual(new Set([ID]));
  });

  it('the graph of many requests is a node graph', async () => {
    const [nodes, edges] = await framesOf({ refId: 'A', queryType: 'nicGraph' });
    expect([nodes, edges].map(({ meta }) => meta?.preferredVisualisationPluginId)).toEqual([
      'bpfnet-nictopology-panel',
      'bpfnet-nictopology-panel',
    ]);
    expect([nodes.name, nodes.meta?.preferredVisualisationType, nodes.length, edges.length]).toEqual([
      FrameKind.NicGraphNodes,
      'nodeGraph',
      5,
      4,
    ]);
    const ids = new Set(column(nodes, 'id'));
    expect([...column(edges, 'source'), ...column(edges, 'target')].every((id) => ids.has(id))).toBe(true);
    expect(column(nodes, 'failed')).toEqual([1, 1, 1, 1, 1]);
  });

  it('related records are log lines in three dimensions, with counts', async () => {
    const frames = await framesOf({ refId: 'A', queryType: 'related', requestId: ID });
    expect(new Set(frames.map(({ meta }) => meta?.preferredVisualisationPluginId))).toEqual(
      new Set(['bpfnet-relatedlogs-panel'])
    );
    expect(frames.map(({ name, length }) => [name, length])).toEqual([
      ['bpfnet-related-logs connection', 2],
      ['bpfnet-related-logs request', 5],
      ['bpfnet-related-logs transport', 5],
      [FrameKind.RelatedCounts, 4],
    ]);
    const counts = frames[3];
    expect(
      column(counts, 'dimension').map(
        (dimension, i) => `${dimension} by ${column(counts, 'joinedBy')[i]}: ${column(counts, 'count')[i]}`
      )
    ).toEqual([
      'connection by inner_traceid: 1',
      'connection by inner_traceid: 1',
      'request by request_id: 5',
      'transport by nic_traceid: 5',
    ]);
    const [one] = await framesOf({ refId: 'A', queryType: 'related', dimension: 'transport', requestId: ID });
    expect(one.meta).toMatchObject({
      preferredVisualisationType: 'logs',
      custom: { dimension: 'transport', count: 5 },
    });
    const hops = await framesOf({ refId: 'A', queryType: 'hops', requestId: ID });
    const path = column(hops[0], 'id').filter((_id, i) => column(hops[0], 'observed')[i]);
    expect(path).toHaveLength(5);
    expect(one.meta?.custom).toMatchObject({ path });
  });
});

describe('a dashboard', () => {
  it('adds filters of its readers', async () => {
    const filters = [
      { key: 'nic_name', operator: '=', value: 'uplink' },
      { key: 'host', operator: '!=', value: 'node-b' },
    ];
    const [list] = await framesOf({ refId: 'A', queryType: 'l7List' }, { filters });
    expect(new Set(column(list, 'nic_name').map((nic, i) => `${nic} ${column(list, 'host')[i]}`))).toEqual(
      new Set(['uplink node-a'])
    );
  });

  it('has links out, as configured', async () => {
    const options: FlowsOptions = {
      tracingUid: 'tempo',
      podUrl: '/d/pods?var-pod=${value}&var-ns=${namespace}',
      hostUrl: 'javascript:alert(1)',
    };
    const [list] = await framesOf({ refId: 'A', queryType: 'l7List' }, {}, options);
    const links = (name: string) => list.fields.find((field) => field.name === name)?.config.links ?? [];
    expect(links('trace_id')[0]).toMatchObject({
      title: 'Open in Tempo',
      internal: { datasourceUid: 'tempo', query: { query: '${__value.raw}', queryType: 'traceql' } },
    });
    expect(links('k8s_pod_name')[0].url).toBe(
      '/d/pods?var-pod=${__value.raw:percentencode}&var-ns=${__data.fields.k8s_namespace:percentencode}'
    );
    // No page of Grafana and none of the web.
    expect(links('host')).toEqual([]);
  });

  it('shows a limit that was hit as advice, not as an error', async () => {
    useLoki({
      type: 'loki',
      query: async () => ({ data: [], error: { status: 504, message: 'context deadline exceeded' } }),
    });
    const [frame] = await framesOf({ refId: 'A', queryType: 'l7List' });
    expect(frame.length).toBe(0);
    expect(frame.meta?.notices?.[0].text).toMatch(/^The query timed out .*: narrow the time range, or filter by host/);
  });

  it.each([
    ['maximum number of series (500) reached for a single query', 'too-many-series'],
    ['the query would read too many bytes (query: 1.2 GB, limit: 1 GB)', 'too-much-to-read'],
  ])('knows the limit in "%s"', async (message, kind) => {
    useLoki({ type: 'loki', query: async () => ({ data: [], error: { status: 400, message } }) });
    const [frame] = await framesOf({ refId: 'A', queryType: 'l7List' });
    expect(frame.meta?.notices?.[0].text).toBe(new DataError({ kind, reason: message } as never).message);
  });
});

describe('the live tail', () => {
  const tail = () => ask({ refId: 'A', queryType: 'l7List' }, { liveStreaming: true });
  const recent = (atMs: number) =>
    linesOf(
      traffic({ requestId: `${atMs}`.padStart(16, '0'), atMs: Date.now() - EPOCH_MS - atMs, serverMs: 1 }, [
        TWO_HOSTS[0],
      ])
    );

  it('streams log lines, each once, and the new ones as they come', async () => {
    const store = [...recent(5000)];
    useLoki({ type: 'loki', query: (request) => lokiOver(store).query(request) });
    const answers = lastValueFrom(tail().pipe(take(2), toArray()));
    await new Promise((resolve) => setTimeout(resolve, 500));
    store.push(...recent(1000));
    const [first, second] = await answers;
    expect([first.state, first.key]).toEqual([LoadingState.Streaming, 'tail-A']);
    expect([first.data[0].length, second.data[0].length]).toEqual([1, 2]);
    expect(first.data[0].meta.preferredVisualisationType).toBe('logs');
  });

  it('ends with the error where the store is gone', async () => {
    useLoki({ type: 'loki', query: async () => ({ data: [], error: { status: 502, message: 'connection refused' } }) });
    await expect(firstValueFrom(tail())).rejects.toThrow(/^Loki is unreachable/);
  });
});
