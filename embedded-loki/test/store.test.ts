/** What the conformity cases leave out: pushes, limits, retention, sockets, duplicates and the shapes of small answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type RunningStore, startStore } from '../src/index';

const SECOND_NS = 1_000_000_000n;

let store: RunningStore;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-test-'));
  store = await startStore({ port: 0, file: ':memory:' });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

type Value = readonly [string, string] | readonly [string, string, Readonly<Record<string, string>>];

function push(streams: unknown, init: { readonly url?: string; readonly gzip?: boolean; readonly type?: string } = {}) {
  const body = JSON.stringify({ streams });
  return fetch(`${init.url ?? store.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: {
      'Content-Type': init.type ?? 'application/json',
      ...(init.gzip === true ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: init.gzip === true ? new Uint8Array(gzipSync(body)) : body,
  });
}

const stream = (labels: Readonly<Record<string, string>>, values: readonly Value[]) => ({ stream: labels, values });

async function get(path: string, form: Readonly<Record<string, string>> = {}, url = store.url) {
  const response = await fetch(`${url}/loki/api/v1/${path}?${new URLSearchParams(form).toString()}`);
  const text = await response.text();
  return { status: response.status, text, body: response.status === 200 ? (JSON.parse(text) as Answer) : undefined };
}

interface Answer {
  readonly data: {
    readonly resultType: string;
    readonly result: ReadonlyArray<{ readonly values: readonly Value[]; readonly value: readonly [number, string] }>;
  };
}

const lines = (answer: { readonly body?: Answer }): readonly string[] =>
  answer.body?.data.result.flatMap(({ values }) => values.map(([, line]) => line)) ?? [];

const now = () => BigInt(Date.now()) * 1_000_000n;
const aroundNow = () => ({ start: String(now() - 60n * SECOND_NS), end: String(now() + 60n * SECOND_NS) });

describe('push', () => {
  test('plain and gzip bodies are stored', async () => {
    const at = now();
    expect((await push([stream({ a: 'x' }, [[String(at), 'plain']])])).status).toBe(204);
    expect((await push([stream({ a: 'x' }, [[String(at + 1n), 'zipped']])], { gzip: true })).status).toBe(204);
    expect(lines(await get('query_range', { query: '{a="x"}', ...aroundNow() }))).toEqual(['zipped', 'plain']);
  });

  test('a repeated push stores nothing twice, and late lines are taken', async () => {
    const at = now();
    const once = [
      stream({ a: 'x' }, [
        [String(at), 'one'],
        [String(at), 'two'],
        [String(at + 5n), 'three'],
      ]),
    ];
    await push(once);
    expect((await push(once)).status).toBe(204);
    await push([stream({ a: 'x' }, [[String(at - 5n), 'late']])]);
    const answer = await get('query_range', { query: '{a="x"}', ...aroundNow(), direction: 'forward' });
    expect(lines(answer)).toEqual(['late', 'one', 'two', 'three']);
    const metrics = await (await fetch(`${store.url}/metrics`)).text();
    expect(metrics).toContain('store_entries_dropped_total{stage="append",reason="duplicate"} 3\n');
    expect(metrics).toContain('store_entries_stored_total 4\n');
  });

  test('the same pushes at the same time are stored once', async () => {
    const at = now();
    const body = [
      stream(
        { a: 'x' },
        Array.from({ length: 50 }, (_, row) => [String(at + BigInt(row)), `line ${row}`] as const)
      ),
    ];
    const answers = await Promise.all(Array.from({ length: 8 }, () => push(body)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 204));
    expect(lines(await get('query_range', { query: '{a="x"}', ...aroundNow(), limit: '1000' }))).toHaveLength(50);
  });

  test.each([
    ['no streams', [], 422, 'error at least one valid stream is required for ingestion'],
    ['no labels', [stream({}, [['1', 'x']])], 400, 'error at least one label pair is required per stream'],
    ['a label name that is none', [stream({ 'a-b': 'c' }, [['1', 'x']])], 400, `couldn't parse labels`],
    [
      'a time that is not a number',
      [stream({ a: 'c' }, [['soon', 'x']])],
      400,
      'streams[0].values[0][0] is not a string of nanoseconds',
    ],
    ['a line that is missing', [{ stream: { a: 'c' }, values: [['1']] }], 400, 'streams[0].values[0] is not'],
    ['a list of labels', [{ stream: ['a'], values: [] }], 400, 'streams[0].stream is not an object of labels'],
    ['no list', 5, 400, 'the push has no array "streams"'],
  ])('%s is refused', async (_, streams, status, message) => {
    const response = await push(streams);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(message);
  });

  test('a body that is not JSON, or has another content type, is refused', async () => {
    const post = (body: string, type: string) =>
      fetch(`${store.url}/loki/api/v1/push`, { method: 'POST', headers: { 'Content-Type': type }, body });
    expect((await post('{', 'application/json')).status).toBe(400);
    expect((await post('{"streams":[]}', 'text/plain')).status).toBe(415);
    const zipped = await fetch(`${store.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: 'no gzip',
    });
    expect(zipped.status).toBe(400);
  });

  test('a decompression bomb is refused', async () => {
    const response = await fetch(`${store.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: new Uint8Array(gzipSync(Buffer.alloc(65 * 1024 * 1024, 32))),
    });
    expect(response.status).toBe(413);
  });

  test('a line that is too long is refused and the others of its push are stored', async () => {
    const at = now();
    const response = await push([
      stream({ a: 'x' }, [
        [String(at), 'x'.repeat(300_000)],
        [String(at + 1n), 'short'],
      ]),
    ]);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`max entry size '262144' bytes exceeded for stream '{a="x"}'`);
    expect(lines(await get('query_range', { query: '{a="x"}', ...aroundNow() }))).toEqual(['short']);
    expect(await (await fetch(`${store.url}/metrics`)).text()).toContain(
      'store_entries_dropped_total{stage="push",reason="line_too_long"} 1\n'
    );
  });

  test('quotes, SQL and NUL in labels and lines are data', async () => {
    const at = now();
    const evil = `'); DROP TABLE entries; --"\\`;
    await push([stream({ a: evil, __proto__: 'p' }, [[String(at), `${evil}\0end`]])]);
    const answer = await get('query_range', {
      query: `{a=${JSON.stringify(evil)}} |= ${JSON.stringify(evil)}`,
      ...aroundNow(),
    });
    expect(lines(answer)).toEqual([`${evil}\ufffdend`]);
  });
});

describe('answers', () => {
  test('labels, values, series and statistics of a time range', async () => {
    const at = now();
    await push([
      stream({ source: 'l7', host: 'a' }, [[String(at), 'one']]),
      stream({ source: 'l7', host: 'b' }, [[String(at), 'three']]),
      stream({ source: 'old', host: 'c' }, [[String(at - 7200n * SECOND_NS), 'old']]),
    ]);
    expect((await get('labels', aroundNow())).body).toEqual({ status: 'success', data: ['host', 'source'] });
    expect((await get('label/host/values', aroundNow())).body).toEqual({ status: 'success', data: ['a', 'b'] });
    expect((await get('label/host/values', { ...aroundNow(), query: '{host="b"}' })).body).toEqual({
      status: 'success',
      data: ['b'],
    });
    expect((await get('label/nothing/values', aroundNow())).body).toEqual({ status: 'success' });
    expect((await get('series', { ...aroundNow(), 'match[]': '{source=~".+", host!="a"}' })).body).toEqual({
      status: 'success',
      data: [{ source: 'l7', host: 'b' }],
    });
    expect((await get('index/stats', { ...aroundNow(), query: '{source="l7"}' })).body).toEqual({
      streams: 2,
      chunks: 2,
      bytes: 8,
      entries: 2,
    });
  });

  test('what Grafana asks to see whether the store is well', async () => {
    expect(await (await fetch(`${store.url}/ready`)).text()).toBe('ready\n');
    expect((await get('status/buildinfo')).body).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    const health = await get('query', { query: 'vector(1)+vector(1)', time: '4000000000' });
    expect(health.body?.data.result[0].value).toEqual([4_000_000_000, '2']);
    expect((await fetch(`${store.url}/loki/api/v1/nothing`)).status).toBe(404);
  });

  test('a query may come as a form', async () => {
    await push([stream({ a: 'x' }, [[String(now()), 'line']])]);
    const response = await fetch(`${store.url}/loki/api/v1/query_range`, {
      method: 'POST',
      body: new URLSearchParams({ query: '{a="x"}', ...aroundNow() }),
    });
    expect(lines({ body: (await response.json()) as Answer })).toEqual(['line']);
  });

  test('times may be nanoseconds, seconds, fractions of seconds or RFC 3339', async () => {
    const zero = 1_700_000_000n * SECOND_NS;
    await push([
      stream(
        { a: 'x' },
        [0n, 1n, 2n].map((at) => [String(zero + at * SECOND_NS), String(at)] as const)
      ),
    ]);
    for (const start of [
      String(zero + SECOND_NS),
      '1700000001',
      '1700000000.5',
      '2023-11-14T22:13:21Z',
      '2023-11-14T23:13:20.5+01:00',
    ]) {
      const answer = await get('query_range', { query: '{a="x"}', start, end: '1700000002' });
      expect({ start, lines: lines(answer) }).toEqual({ start, lines: ['1'] });
    }
  });

  test('a rare match is found after many pages of lines that do not match', async () => {
    const zero = now() - 10n * SECOND_NS;
    const values = Array.from({ length: 3000 }, (_, at) => [String(zero + BigInt(at)), `{"n":"${at}"}`] as const);
    await push([stream({ a: 'x' }, values)]);
    const answer = await get('query_range', {
      query: '{a="x"} | json | label_format m=n | m=~"[37]"',
      ...aroundNow(),
      limit: '10',
    });
    expect([...lines(answer)].sort()).toEqual(['{"n":"3"}', '{"n":"7"}']);
  });

  test('more than 500 series are refused', async () => {
    const at = now();
    await push([
      stream(
        { a: 'x' },
        Array.from({ length: 501 }, (_, row) => [String(at - BigInt(row)), `{"n":${row}}`] as const)
      ),
    ]);
    const query = 'sum by (n) (count_over_time({a="x"} | json [1m]))';
    const answer = await get('query', { query, time: String(at) });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('maximum number of series (500) reached for a single query');
    const counted = await get('query', { query: `count(${query})`, time: String(at) });
    expect(counted.body?.data.result[0].value[1]).toBe('501');
  });

  test.each([
    ['| line_format "{{ .a"', 'unclosed action'],
    ...['{{ .a | upper }}', '{{ if .a }}', '{{ __line__ }}', '{{- .a }}', '{{ .a.b }}', '{{}}'].map((action) => [
      `| label_format b="x${action}y"`,
      `${action} is not supported by this store; a template may contain text and {{.label}} only`,
    ]),
    ['| addr = ip("10.0.0.0/33")', 'ip: invalid pattern: "10.0.0.0/33"'],
    ['|~ ip("10.0.0.1")', 'ip: invalid operation'],
  ])('%s is refused with a reason', async (stage, message) => {
    const answer = await get('query_range', { query: `{a="x"} ${stage}` });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/^parse error( at line 1, col \d+)? ?: /);
    expect(answer.text).toContain(message);
  });
});

describe('addresses', () => {
  test('a Unix domain socket serves the same, and a stale one is replaced', async () => {
    const socketPath = join(folder, 'store.sock');
    const first = await startStore({ port: 0, file: ':memory:', socketPath });
    const ready = () =>
      new Promise<string>((resolve, reject) => {
        request({ socketPath, path: '/ready' }, (response) => {
          response.setEncoding('utf8').on('data', resolve);
        })
          .on('error', reject)
          .end();
      });
    expect(await ready()).toBe('ready\n');
    await expect(startStore({ port: 0, file: ':memory:', socketPath })).rejects.toThrow(/in use by another process/);
    expect(await ready()).toBe('ready\n');
    await first.close();
    writeFileSync(join(folder, 'file'), '');
    await expect(startStore({ port: 0, file: ':memory:', socketPath: join(folder, 'file') })).rejects.toThrow(
      /is not a socket/
    );
  });

  test('pages of another origin may read where they are let', async () => {
    const open = await startStore({ port: 0, file: ':memory:', corsOrigin: 'http://grafana.test' });
    const preflight = await fetch(`${open.url}/loki/api/v1/query`, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'http://grafana.test',
    ]);
    await open.close();
    const closed = await fetch(`${store.url}/ready`);
    expect(closed.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the file', () => {
  test('is read again by the next process, streams and duplicates included', async () => {
    const file = join(folder, 'deep', 'store.duckdb');
    const body = [stream({ a: 'x' }, [[String(now()), 'kept', { id: 'm' }]])];
    const first = await startStore({ port: 0, file });
    await push(body, { url: first.url });
    await first.close();
    const second = await startStore({ port: 0, file });
    await push(body, { url: second.url });
    expect(lines(await get('query_range', { query: '{a="x"} | id="m"', ...aroundNow() }, second.url))).toEqual([
      'kept',
    ]);
    await second.close();
  });

  test('that is not a store is refused and left alone', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'not a database, '.repeat(1000));
    await expect(startStore({ port: 0, file })).rejects.toThrow(/cannot open .*notes\.txt as a store/);
  });
});
