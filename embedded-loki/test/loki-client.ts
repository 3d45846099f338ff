/** A client that turns a store's answers into something comparable: times relative, nothing that varies between runs. */
import { type InstantCase, type RangeCase } from './conformity-cases';
import { TEST_STREAMS } from './conformity-data';

export interface Target {
  readonly url: string;
  readonly run: string;
  /** The data's zero, in seconds since 1970; a full hour. */
  readonly zero: number;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const ns = (seconds: number): string => `${Math.round(seconds * 1000)}000000`;

export async function pushTestData({ url, run, zero }: Target): Promise<void> {
  const streams = TEST_STREAMS.map(({ labels, entries }) => ({
    stream: { ...labels, run, service_name: 'bpfnet' },
    values: entries.map(({ seconds, line, metadata }) =>
      metadata === undefined ? [ns(zero + seconds), line] : [ns(zero + seconds), line, metadata]
    ),
  }));
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  if (response.status !== 204) {
    throw new Error(`${url} refused the test data: ${response.status} ${await response.text()}`);
  }
}

/** The lines of a log query by stream, as in the answer, and how many lines the store examined for them. */
export async function askLines(
  url: string,
  form: Readonly<Record<string, string>>
): Promise<{ readonly streams: ReadonlyArray<readonly string[]>; readonly looked: number }> {
  const response = await fetch(`${url}/loki/api/v1/query_range?${new URLSearchParams(form).toString()}`);
  const { data } = (await response.json()) as {
    readonly data: {
      readonly result: ReadonlyArray<{ readonly values: ReadonlyArray<readonly [string, string]> }>;
      readonly stats: { readonly summary: { readonly totalLinesProcessed: number } };
    };
  };
  return {
    streams: data.result.map(({ values }) => values.map(([, line]) => line)),
    looked: data.stats.summary.totalLinesProcessed,
  };
}

export async function askRange(target: Target, test: RangeCase): Promise<Json> {
  const { start = 300, end = 960, step, parameters = {}, categorize = false } = test;
  const form = new URLSearchParams({
    query: withRun(test.query, target),
    start: ns(target.zero + start),
    end: ns(target.zero + end),
    limit: '200',
    ...(step === undefined ? {} : { step: String(step) }),
    ...parameters,
  });
  return ask(target, `query_range?${form.toString()}`, categorize);
}

export async function askInstant(target: Target, test: InstantCase): Promise<Json> {
  const form = new URLSearchParams({ query: withRun(test.query, target), time: ns(target.zero + test.at) });
  return ask(target, `query?${form.toString()}`, false);
}

function withRun(query: string, { run }: Target): string {
  return query.replaceAll('RUN', `run="${run}"`);
}

async function ask(target: Target, path: string, categorize: boolean): Promise<Json> {
  const response = await fetch(`${target.url}/loki/api/v1/${path}`, {
    headers: categorize ? { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' } : {},
  });
  const text = await response.text();
  if (response.status !== 200) {
    return { status: response.status, error: refusalText(text, target) };
  }
  const body = JSON.parse(text) as { readonly data: { readonly [name: string]: Json } };
  const { stats: _, ...data } = body.data;
  return sortStreams(relative(data, target));
}

/** The first line, without the series that it names: of several that fail, either store names any. */
function refusalText(text: string, { run }: Target): string {
  return text
    .replaceAll(run, 'RUN')
    .split('\n')[0]
    .replace(/for series: '.*'\.$/, 'for series');
}

/** Times become seconds after zero, the run's label goes, details of errors (worded by each parser) too. */
function relative(value: Json, target: Target, key = ''): Json {
  if (Array.isArray(value)) {
    if (key === 'values' || key === 'value' || (key === 'row' && isTime(value[0]))) {
      return isTime(value[0])
        ? [relativeTime(value[0], target), ...value.slice(1).map((item: Json) => relative(item, target))]
        : value.map((item: Json) => relative(item, target, 'row'));
    }
    return value.map((item: Json) => relative(item, target));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== 'run' && name !== '__error_details__' && name !== 'service_name')
        .map(([name, item]) => [name, relative(item as Json, target, name)])
    );
  }
  return value;
}

function isTime(value: Json | undefined): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && /^\d{19}$/.test(value));
}

function relativeTime(value: string | number, { zero }: Target): number {
  const seconds =
    typeof value === 'number' ? value : Number(BigInt(value) - BigInt(zero) * 1_000_000_000n) / 1e9 + zero;
  return Math.round((seconds - zero) * 1e6) / 1e6;
}

/** The order of streams, and of lines of the same time, is not specified. */
function sortStreams(value: Json): Json {
  const data = value as { readonly resultType?: Json; readonly result?: Json };
  if (data.resultType !== 'streams' || !Array.isArray(data.result)) {
    return value;
  }
  const streams = data.result.map((stream: Json) => {
    const { stream: labels, values } = stream as {
      readonly stream: { readonly [name: string]: Json };
      readonly values: readonly Json[];
    };
    const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    return { stream: sorted, values: sameTimeSorted(values) };
  });
  return {
    ...data,
    result: streams.sort((a, b) => (JSON.stringify(a.stream) < JSON.stringify(b.stream) ? -1 : 1)),
  };
}

function sameTimeSorted(values: readonly Json[]): readonly Json[] {
  const time = (value: Json) => (Array.isArray(value) ? Number(value[0]) : 0);
  const descending = values.length > 1 && time(values[0]) > time(values[values.length - 1]);
  return [...values].sort((a, b) =>
    time(a) === time(b) ? (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : (time(a) - time(b)) * (descending ? -1 : 1)
  );
}
