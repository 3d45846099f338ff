/**
 * What Explore and Logs Drilldown request besides queries: volumes, labels, fields, live tails. The same answers are expected
 * of a real Loki where LOKI_URL is set.
 */
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { type RunningStore, startStore } from '../src/index';

const LOKI_URL = process.env.LOKI_URL;
const ZERO_S = Math.floor(Date.now() / 1000 / 3600) * 3600 - 3600;
const ns = (seconds: number): string => `${Math.round((ZERO_S + seconds) * 1000)}000000`;

function l7Lines(host: string): readonly string[] {
  return Array.from({ length: 20 }, (_, at) =>
    JSON.stringify({
      host,
      level: at % 3 === 0 ? 'error' : 'info',
      latency_ms: at + 0.5,
      took: `${at}ms`,
      size: `${at + 1}KB`,
      ok: at % 2 === 0,
      nested: { x: at % 2 },
    })
  );
}

let store: RunningStore;
let run: string;

beforeAll(async () => {
  store = await startStore({ port: 0, file: ':memory:' });
  run = randomUUID().slice(0, 8);
  const l7 = ['a', 'b'].map((host) => ({
    stream: { run, source: 'l7', host, flow_shard: '3', service_name: 'bpfnet' },
    values: l7Lines(host).map((line, at) => [ns(300 + at * 10), line]),
  }));
  const fmt = {
    stream: { run, source: 'fmt', host: 'a', service_name: 'bpfnet' },
    values: Array.from({ length: 5 }, (_, at) => [ns(900 + at), `level=warn dur=${at}s n=${at} msg="hello ${at}"`]),
  };
  for (const url of urls()) {
    await push(url, [...l7, fmt]);
  }
});
afterAll(() => store.close());

const urls = () => [store.url, ...(LOKI_URL === undefined || LOKI_URL === '' ? [] : [LOKI_URL])];

async function push(url: string, streams: unknown): Promise<void> {
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  expect(response.status).toBe(204);
}

async function ask(path: string, form: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  return Promise.all(
    urls().map(async (url) => {
      const parameters = new URLSearchParams({ start: ns(0), end: ns(1800), ...form });
      const response = await fetch(`${url}/loki/api/v1/${path}?${parameters.toString()}`);
      const text = await response.text();
      return response.status === 200 ? (JSON.parse(text.replaceAll(run, 'RUN')) as unknown) : text;
    })
  );
}

interface VolumeAnswer {
  readonly data: { readonly result: ReadonlyArray<{ readonly metric: unknown; readonly value: readonly unknown[] }> };
}

describe('volumes', () => {
  const volumes = (answers: readonly unknown[]) =>
    answers.map((answer) => (answer as VolumeAnswer).data.result.map(({ metric, value }) => [metric, value[1]]));
  const l7Bytes = ['a', 'b'].flatMap(l7Lines).join('').length;
  const fmtBytes = 5 * `level=warn dur=0s n=0 msg="hello 0"`.length;

  test.each<[string, Readonly<Record<string, string>>, ReadonlyArray<readonly [unknown, string]>]>([
    ['of what the selector names', {}, [[{ run: 'RUN' }, String(l7Bytes + fmtBytes)]]],
    [
      'by a label',
      { targetLabels: 'source' },
      [
        [{ source: 'l7' }, String(l7Bytes)],
        [{ source: 'fmt' }, String(fmtBytes)],
      ],
    ],
    ['the largest', { targetLabels: 'source', limit: '1' }, [[{ source: 'l7' }, String(l7Bytes)]]],
    ['of label names', { aggregateBy: 'labels', targetLabels: 'host' }, [[{ host: '' }, String(l7Bytes + fmtBytes)]]],
  ])('%s', async (_, form, expected) => {
    for (const found of volumes(await ask('index/volume', { query: `{run="${run}"}`, ...form }))) {
      expect(found).toEqual(expected);
    }
  });

  test('in steps', async () => {
    const [answer] = await ask('index/volume_range', { query: `{run="${run}"}`, step: '600', targetLabels: 'source' });
    expect(answer).toMatchObject({
      data: {
        resultType: 'matrix',
        result: [
          { metric: { source: 'fmt' }, values: [[ZERO_S + 1199.999, String(fmtBytes)]] },
          { metric: { source: 'l7' }, values: [[ZERO_S + 599.999, String(l7Bytes)]] },
        ],
      },
    });
  });
});

describe('detection', () => {
  test('of labels leaves out those that are numbers', async () => {
    for (const answer of await ask('detected_labels', { query: `{run="${run}"}` })) {
      const { detectedLabels } = answer as { readonly detectedLabels: ReadonlyArray<{ readonly label: string }> };
      expect([...detectedLabels].sort((a, b) => (a.label < b.label ? -1 : 1))).toEqual([
        { label: 'host', cardinality: 2 },
        { label: 'run', cardinality: 1 },
        { label: 'service_name', cardinality: 1 },
        { label: 'source', cardinality: 2 },
      ]);
    }
  });

  interface FieldsAnswer {
    readonly fields: ReadonlyArray<{
      readonly label: string;
      readonly type: string;
      readonly cardinality: number;
      readonly parsers: readonly string[];
      readonly jsonPath?: readonly string[];
    }>;
  }

  test('of fields gives type, cardinality and path', async () => {
    for (const answer of await ask('detected_fields', { query: `{run="${run}"}` })) {
      const { fields } = answer as FieldsAnswer;
      // Loki 3.4 gives no path.
      const saysWhere = fields.some(({ jsonPath }) => jsonPath !== undefined);
      const shown = fields
        .filter(({ label }) => !label.startsWith('host'))
        .map(({ label, type, cardinality, parsers, jsonPath = [] }) =>
          [label, type, cardinality, [...parsers].sort().join('+'), jsonPath.join('.')].join(' ')
        );
      const expected = [
        'dur duration 5 logfmt ',
        'latency_ms float 20 json latency_ms',
        'level string 3 json+logfmt level',
        'msg string 5 logfmt ',
        'n int 5 logfmt ',
        'nested_x int 2 json nested.x',
        'ok boolean 2 json ok',
        'size bytes 20 json size',
        'took duration 20 json took',
      ];
      expect([...shown].sort()).toEqual(saysWhere ? expected : expected.map((line) => line.replace(/[^ ]*$/, '')));
    }
  });

  test('of the values of a field', async () => {
    for (const answer of await ask('detected_field/level/values', { query: `{run="${run}"} | json` })) {
      const { values } = answer as { readonly values: readonly string[] };
      expect([...values].sort()).toEqual(expect.arrayContaining(['error', 'info']));
    }
  });
});

describe('live tail', () => {
  interface TailFrame {
    readonly streams: ReadonlyArray<{
      readonly stream: Readonly<Record<string, string>>;
      readonly values: ReadonlyArray<readonly [string, string]>;
    }>;
  }

  function openTail(form: Readonly<Record<string, string>>) {
    const parameters = new URLSearchParams(form);
    const socket = new WebSocket(`${store.url.replace('http', 'ws')}/loki/api/v1/tail?${parameters.toString()}`);
    const lines: string[] = [];
    socket.on('message', (data) => {
      const { streams } = JSON.parse(String(data)) as TailFrame;
      streams.forEach(({ values }) => lines.push(...values.map(([, line]) => line)));
    });
    return { socket, lines };
  }

  async function until(holds: () => boolean): Promise<void> {
    for (let waited = 0; !holds() && waited < 10_000; waited += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(holds()).toBe(true);
  }

  const pushLive = (host: string, line: string) =>
    push(store.url, [{ stream: { run, live: 'yes', host }, values: [[`${Date.now()}000000`, line]] }]);

  test('sends stored entries, then new ones that pass the query, each once', async () => {
    await pushLive('a', 'stored {"n":1}');
    const { socket, lines } = openTail({
      query: `{run="${run}", live="yes"} |~ "n\\":[12]" | line_format "<{{.host}}>"`,
    });
    await until(() => lines.length === 1);
    await pushLive('b', 'live {"n":2}');
    await pushLive('b', 'live {"n":3}');
    await pushLive('c', 'live {"n":2}');
    await until(() => lines.length === 3);
    expect(lines).toEqual(['<a>', '<b>', '<c>']);
    socket.terminate();
  });

  test.each([
    ['count_over_time({a="b"}[1m])', '400'],
    ['{a="b"', '400'],
  ])('%s is refused', async (query, status) => {
    const { socket } = openTail({ query });
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(error.message).toContain(status);
  });
});
