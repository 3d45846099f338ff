import {
  createDataFrame,
  type DataFrame,
  DataFrameType,
  FieldType,
  type Labels,
  type PreferredVisualisationType,
} from '@grafana/data';

type Sample = readonly [seconds: number, value: string];

interface StreamResult {
  readonly stream: Labels;
  readonly values: ReadonlyArray<readonly [tsNs: string, line: string, ...rest: unknown[]]>;
}

interface VectorResult {
  readonly metric: Labels;
  readonly value: Sample;
}

interface MatrixResult {
  readonly metric: Labels;
  readonly values: readonly Sample[];
}

/** `data` of Loki's answer to query and query_range. */
export type LokiData =
  | { readonly resultType: 'streams'; readonly result: readonly StreamResult[] }
  | { readonly resultType: 'vector'; readonly result: readonly VectorResult[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixResult[] }
  | { readonly resultType: 'scalar'; readonly result: Sample };

export interface LokiAnswer {
  readonly status: string;
  readonly data: LokiData;
}

interface FrameContext {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
}

/** Log lines of all streams in one frame, in the order that Loki gave them stream by stream, sorted newest first. */
export function streamFrame(streams: readonly StreamResult[], { refId, expr }: FrameContext): DataFrame {
  const rows = streams
    .flatMap(({ stream, values }) => values.map(([tsNs, line]) => ({ stream, tsNs, line })))
    .sort((a, b) => b.tsNs.length - a.tsNs.length || (a.tsNs < b.tsNs ? 1 : a.tsNs > b.tsNs ? -1 : 0));
  return createDataFrame({
    refId,
    meta: {
      custom: { frameType: 'LabeledTimeValues' },
      preferredVisualisationType: 'logs' as PreferredVisualisationType,
      executedQueryString: expr,
      searchWords: [],
    },
    fields: [
      { name: 'labels', type: FieldType.other, config: {}, values: rows.map((row) => row.stream) },
      { name: 'Time', type: FieldType.time, config: {}, values: rows.map((row) => msOf(row.tsNs)) },
      { name: 'Line', type: FieldType.string, config: {}, values: rows.map((row) => row.line) },
      { name: 'tsNs', type: FieldType.string, config: {}, values: rows.map((row) => row.tsNs) },
      { name: 'id', type: FieldType.string, config: {}, values: rows.map((row, index) => `${row.tsNs}_${index}`) },
    ],
  });
}

/** One frame per series. */
export function metricFrames(data: Exclude<LokiData, { resultType: 'streams' }>, context: FrameContext): DataFrame[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result.map(({ metric, values }) =>
        seriesFrame(metric, values, context, DataFrameType.TimeSeriesMulti)
      );
    case 'vector':
      return data.result.map(({ metric, value }) => seriesFrame(metric, [value], context, DataFrameType.NumericMulti));
    case 'scalar':
      return [seriesFrame({}, [data.result], context, DataFrameType.NumericMulti)];
  }
}

function seriesFrame(
  labels: Labels,
  samples: readonly Sample[],
  { refId, expr, legendFormat }: FrameContext,
  type: DataFrameType
): DataFrame {
  return createDataFrame({
    refId,
    meta: { type, executedQueryString: expr },
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: {},
        values: samples.map(([seconds]) => Math.round(seconds * 1000)),
      },
      {
        name: 'Value',
        type: FieldType.number,
        labels,
        config: { displayNameFromDS: seriesName(labels, legendFormat, expr) },
        values: samples.map(([, value]) => Number(value)),
      },
    ],
  });
}

/** `{{label}}` of the legend format, else the labels, else the expression. */
export function seriesName(labels: Labels, legendFormat: string | undefined, expr: string): string {
  if (legendFormat !== undefined && legendFormat !== '') {
    return legendFormat.replace(/\{\{\s*([^}\s]+)\s*\}\}/g, (_match, name: string) => labels[name] ?? '');
  }
  const pairs = Object.entries(labels);
  return pairs.length === 0 ? expr : `{${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}

function msOf(tsNs: string): number {
  return Number(tsNs.slice(0, -6)) + Number(`0.${tsNs.slice(-6)}`);
}
