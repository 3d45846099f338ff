/**
 * The ways in which a datasource may reach a store: by its own URL through Grafana's proxy, and through a Loki datasource of Grafana, whose
 * frames come in two shapes. What Grafana does on these ways is done here over HTTP.
 */
import { type DataFrame, type DataSourceApi, FieldType, toDataFrame } from '@grafana/data';
import { type BackendSrv, type BackendSrvRequest } from '@grafana/runtime';
import { from, Observable } from 'rxjs';
import { directLoki } from '../../loki/direct-loki';
import { type LokiClient } from '../../loki/loki-client';
import { wrappedLoki } from '../../loki/wrapped-loki';
import { send } from './store-under-test';

export const WAYS = ['own URL', 'Loki datasource, older frames', 'Loki datasource, data plane frames'] as const;
type Way = (typeof WAYS)[number];

export function clientBy(way: Way, storeUrl: () => string): LokiClient {
  return way === 'own URL'
    ? directLoki('any', () => proxy(storeUrl))
    : wrappedLoki('any', async () =>
        lokiDatasource(storeUrl, way === 'Loki datasource, older frames' ? olderFrame : dataPlaneFrame)
      );
}

/** Grafana's datasource proxy, as far as it takes a path away and passes the rest on. */
function proxy(storeUrl: () => string): BackendSrv {
  return {
    fetch: ({ url: path, params }: BackendSrvRequest) => {
      const target = new URL(path.replace(/^\/api\/datasources\/proxy\/uid\/[^/]+/, ''), storeUrl());
      target.search = new URLSearchParams(params as Record<string, string>).toString();
      return new Observable((subscriber) => {
        send(target, { method: 'GET' }).then(
          (data) => {
            subscriber.next({ data: JSON.parse(data) });
            subscriber.complete();
          },
          (error) => subscriber.error(error)
        );
      });
    },
  } as unknown as BackendSrv;
}

interface Line {
  readonly ns: string;
  readonly line: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Result {
  readonly stream?: Record<string, string>;
  readonly metric?: Record<string, string>;
  readonly values?: ReadonlyArray<readonly [string | number, string]>;
  readonly value?: readonly [number, string];
}

interface Answer {
  readonly data: { readonly resultType: string; readonly result: readonly Result[] };
}

interface Target {
  readonly expr: string;
  readonly queryType: string;
  readonly maxLines?: number;
  readonly step?: string;
}

function lokiDatasource(storeUrl: () => string, frameOf: (lines: readonly Line[]) => DataFrame): DataSourceApi {
  return {
    type: 'loki',
    query: ({ targets, range }: Parameters<DataSourceApi['query']>[0]) =>
      from(ask(targets[0] as unknown as Target, range)),
  } as unknown as DataSourceApi;

  async function ask(
    { expr, queryType, maxLines, step }: Target,
    range: { readonly from: { valueOf(): number }; readonly to: { valueOf(): number } }
  ) {
    const instant = queryType === 'instant';
    const target = new URL(`/loki/api/v1/${instant ? 'query' : 'query_range'}`, storeUrl());
    const [start, end] = [range.from, range.to].map((moment) => `${moment.valueOf()}000000`);
    target.search = new URLSearchParams({
      query: expr,
      ...(instant ? { time: end } : { start, end, direction: 'backward' }),
      ...(maxLines === undefined ? {} : { limit: String(maxLines) }),
      ...(step === undefined ? {} : { step }),
    }).toString();
    const { data } = JSON.parse(await send(target, { method: 'GET' })) as Answer;
    return { data: framesOf(data, frameOf) };
  }
}

function framesOf({ resultType, result }: Answer['data'], frameOf: (lines: readonly Line[]) => DataFrame): DataFrame[] {
  if (resultType === 'streams') {
    const lines = result.flatMap(({ stream = {}, values = [] }) =>
      values.map(([ns, line]): Line => ({ ns: String(ns), line, labels: stream }))
    );
    return lines.length === 0 ? [] : [frameOf(lines)];
  }
  return result.map(({ metric, values, value }) => {
    const points = values ?? (value === undefined ? [] : [value]);
    return toDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: points.map(([seconds]) => Number(seconds) * 1000) },
        { name: 'Value', type: FieldType.number, values: points.map(([, text]) => Number(text)), labels: metric },
      ],
    });
  });
}

const msOf = ({ ns }: Line): number => Number(BigInt(ns) / 1_000_000n);

function olderFrame(lines: readonly Line[]): DataFrame {
  return toDataFrame({
    fields: [
      { name: 'labels', type: FieldType.other, values: lines.map(({ labels }) => labels) },
      { name: 'Time', type: FieldType.time, values: lines.map(msOf) },
      { name: 'Line', type: FieldType.string, values: lines.map(({ line }) => line) },
      { name: 'tsNs', type: FieldType.string, values: lines.map(({ ns }) => ns) },
      { name: 'id', type: FieldType.string, values: lines.map(({ ns }, i) => `${ns}_${i}`) },
    ],
  });
}

function dataPlaneFrame(lines: readonly Line[]): DataFrame {
  const frame = toDataFrame({
    fields: [
      { name: 'timestamp', type: FieldType.time, values: lines.map(msOf) },
      { name: 'body', type: FieldType.string, values: lines.map(({ line }) => line) },
      { name: 'labels', type: FieldType.other, values: lines.map(({ labels }) => labels) },
      { name: 'id', type: FieldType.string, values: lines.map(({ ns }, i) => `${ns}_${i}`) },
    ],
  });
  frame.fields[0].nanos = lines.map(({ ns }) => Number(BigInt(ns) % 1_000_000n));
  return frame;
}
