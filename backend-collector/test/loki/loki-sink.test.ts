import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLokiSink, type LokiSink, type LokiSinkOptions } from '../../src/loki/loki-sink';
import { type LogLine } from '../../src/record/log-line';
import { accept, type Behaviour, hang, hangUp, PushStore, refuse } from './push-store';

const CLEAN_UPS: Array<() => unknown> = [];
afterEach(async () => {
  for (const cleanUp of CLEAN_UPS.splice(0).reverse()) {
    await cleanUp();
  }
});

const quick: Partial<LokiSinkOptions> = {
  host: 'node-a',
  batch: { maxAgeMs: 20 },
  backoff: { firstMs: 10, longestMs: 50 },
  timeoutMs: 300,
  closeGraceMs: 2000,
};

async function storeThat(...behaviours: readonly Behaviour[]): Promise<{ store: PushStore; url: string }> {
  const store = new PushStore(...behaviours);
  const url = await store.listen();
  CLEAN_UPS.push(() => store.close());
  return { store, url };
}

async function sinkTo(url: string, options: Partial<LokiSinkOptions> = {}): Promise<LokiSink> {
  const sink = await createLokiSink({ ...quick, host: 'node-a', url, ...options });
  CLEAN_UPS.push(() => sink.close());
  return sink;
}

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bpfnet-sink-'));
  CLEAN_UPS.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const record = (text: string, more: Partial<LogLine> = {}): LogLine => ({
  source: 'bpf_net_l7_log',
  flowShard: 3,
  tsNs: 1_700_000_000_000_000_000n,
  line: JSON.stringify({ text }),
  ...more,
});
const texts = (lines: readonly string[]): string[] => lines.map((line) => (JSON.parse(line) as { text: string }).text);
const numbered = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `line ${from + index}`);

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 5000) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a push', () => {
  it('carries the labels, the lines in time order and a unique time for each', async () => {
    const { store, url } = await storeThat(accept);
    const sink = await sinkTo(url, { labels: { cluster: 'blue' } });
    sink.write(record('late', { tsNs: 20n }));
    sink.write(record('early', { tsNs: 10n }));
    sink.write(record('early too', { tsNs: 10n }));
    sink.write(record('between', { tsNs: 11n }));
    sink.write(record('other stream', { tsNs: 10n, source: 'bpf_net_l4_log', flowShard: 15 }));
    expect(await sink.close()).toEqual({ linesWritten: 5, linesDropped: {}, linesKept: 0 });
    expect(store.pushes[0].path).toBe('/loki/api/v1/push');
    expect(store.pushes[0].streams).toEqual([
      {
        stream: { cluster: 'blue', source: 'bpf_net_l7_log', host: 'node-a', flow_shard: '3', service_name: 'bpfnet' },
        values: [
          ['10', '{"text":"early"}'],
          ['11', '{"text":"early too"}'],
          ['12', '{"text":"between"}'],
          ['20', '{"text":"late"}'],
        ],
      },
      {
        stream: { cluster: 'blue', source: 'bpf_net_l4_log', host: 'node-a', flow_shard: '15', service_name: 'bpfnet' },
        values: [['10', '{"text":"other stream"}']],
      },
    ]);
  });

  it('keeps times unique from push to push', async () => {
    const { store, url } = await storeThat(accept);
    const sink = await sinkTo(url, { batch: { maxEntries: 1 } });
    numbered(50).forEach((text) => sink.write(record(text)));
    await sink.close();
    const times = store.accepted.flatMap((push) => push.streams[0].values.map(([ts]) => ts));
    expect(store.accepted.length).toBe(50);
    expect(new Set(times).size).toBe(50);
  });

  it('is made when the batch is full, or old enough, over one kept connection', async () => {
    const { store, url } = await storeThat(accept);
    const sink = await sinkTo(url, { batch: { maxEntries: 10, maxAgeMs: 30 } });
    numbered(25).forEach((text) => sink.write(record(text)));
    await until(() => store.accepted.length === 3, 'the batch that is not full');
    expect(store.accepted.map((push) => push.streams[0].values.length)).toEqual([10, 10, 5]);
    expect(texts(store.lines)).toEqual(numbered(25));
    expect(store.connections).toBe(1);
  });

  it('stays below the size limit, but takes a longer line alone', async () => {
    const { store, url } = await storeThat(accept);
    const sink = await sinkTo(url, { batch: { maxBytes: 1000 } });
    ['a', 'b'.repeat(2000), 'c'].forEach((text) => sink.write(record(text)));
    await sink.close();
    expect(store.accepted.map((push) => push.streams[0].values.length)).toEqual([1, 1, 1]);
  });

  it('goes to a Unix socket too', async () => {
    const store = new PushStore(accept);
    const url = await store.listen(join(newDirectory(), 'store.sock'));
    CLEAN_UPS.push(() => store.close());
    const sink = await sinkTo(url);
    sink.write(record('by path'));
    expect((await sink.close()).linesWritten).toBe(1);
    expect(texts(store.lines)).toEqual(['by path']);
  });

  it.each([
    ['user and password', { user: 'me', password: 'secret', tenant: 't1' }, 'Basic bWU6c2VjcmV0', 't1'],
    ['a token', { bearerToken: 'abc' }, 'Bearer abc', undefined],
  ])('presents %s', async (_, credentials, authorization, tenant) => {
    const { store, url } = await storeThat(accept);
    const sink = await sinkTo(url, { credentials });
    sink.write(record('x'));
    await sink.close();
    expect(store.pushes[0].headers.authorization).toBe(authorization);
    expect(store.pushes[0].headers['x-scope-orgid']).toBe(tenant);
  });
});

describe('a store in trouble', () => {
  it.each([
    ['says 500', refuse(500, 'broken')],
    ['says 503', refuse(503)],
    ['says 429', refuse(429, 'slow down')],
    ['never answers', hang],
    ['hangs up', hangUp],
  ])('that %s gets the same batch again until it takes it', async (_, trouble) => {
    const { store, url } = await storeThat(trouble, trouble, accept);
    const notes: string[] = [];
    const sink = await sinkTo(url, { onNote: (line) => notes.push(line) });
    numbered(3).forEach((text) => sink.write(record(text)));
    await until(() => store.accepted.length === 1, 'the third attempt');
    sink.write(record('line 4'));
    expect(await sink.close()).toEqual({ linesWritten: 4, linesDropped: {}, linesKept: 0 });
    expect(texts(store.lines)).toEqual(numbered(4));
    expect(sink.stats.sender.retries).toBe(2);
    expect(notes).toEqual([
      expect.stringMatching(/^The store http:\/\/127\.0\.0\.1:\d+ is unavailable \(.+\); retrying\.$/),
      expect.stringMatching(/is available again\.$/),
    ]);
  });

  it('is left alone for as long as its Retry-After says', async () => {
    const { store, url } = await storeThat(refuse(429, 'slow down', { 'retry-after': '1' }), accept);
    const sink = await sinkTo(url);
    const started = performance.now();
    sink.write(record('x'));
    await until(() => store.accepted.length === 1, 'the second attempt');
    expect(performance.now() - started).toBeGreaterThan(950);
  });

  it('that refuses a batch for good loses that batch only, and its reason is counted', async () => {
    const { url } = await storeThat(refuse(400, 'error at least one label pair is required per stream 7'), accept);
    const sink = await sinkTo(url, { batch: { maxEntries: 2 } });
    numbered(4).forEach((text) => sink.write(record(text)));
    const report = await sink.close();
    expect(report.linesWritten).toBe(2);
    expect(report.linesDropped).toEqual({
      'store rejected: status 400: error at least one label pair is required per stream N': 2,
    });
  });

  // The texts are Loki's (3.4).
  const tooOld = (second: number): string =>
    `entry for stream '{flow_shard="1", host="node-a"}' has timestamp too old: 2020-01-01T00:00:0${second}Z, oldest acceptable timestamp is: 2020-02-01T00:00:00Z`;
  it.each([
    [
      'names one entry',
      tooOld(1),
      1,
      "entry for stream '{…}' has timestamp too old: N, oldest acceptable timestamp is: N",
    ],
    [
      'names entries in groups',
      `2 errors like: ${tooOld(1)}; 1 errors like: ${tooOld(2)}`,
      3,
      "entry for stream '{…}' has timestamp too old: N, oldest acceptable timestamp is: N",
    ],
    [
      'names a line that is too long',
      "max entry size '262144' bytes exceeded for stream '{a=\"b\"}' while adding an entry with length '300000' bytes",
      1,
      "max entry size 'N' bytes exceeded for stream '{…}' while adding an entry with length 'N' bytes",
    ],
  ])('that takes part of a batch, and %s, is counted so', async (_, text, lost, reason) => {
    const { url } = await storeThat(refuse(400, `${text}\n`));
    const sink = await sinkTo(url);
    numbered(5).forEach((line) => sink.write(record(line)));
    const report = await sink.close();
    expect(report.linesWritten).toBe(5 - lost);
    expect(report.linesDropped).toEqual({ [`store rejected: status 400: ${reason}`]: lost });
  });

  it('that ignores part of a batch says how much', async () => {
    const { url } = await storeThat(
      refuse(
        400,
        "entry with timestamp 2020-01-01 00:00:00 +0000 UTC ignored, reason: 'entry too far behind, oldest acceptable timestamp is: 2020-02-01T00:00:00Z',\nuser 'fake', total ignored: 2 out of 5 for stream: {a=\"b\"}"
      )
    );
    const sink = await sinkTo(url);
    numbered(5).forEach((text) => sink.write(record(text)));
    const report = await sink.close();
    expect(report.linesWritten).toBe(3);
    expect(report.linesDropped).toEqual({
      'store rejected: entry too far behind, oldest acceptable timestamp is: N': 2,
    });
  });

  it('with wrong credentials fails a waiting producer', async () => {
    const { url } = await storeThat(refuse(401, 'who are you'));
    const sink = await sinkTo(url);
    sink.write(record('x'));
    await until(() => sink.stats.sender.pushes === 1, 'the refusal');
    await expect(sink.ready()).rejects.toMatchObject({
      kind: 'store-unreachable',
      message: expect.stringMatching(/rejects all records \(status 401\): check its address and credentials\.$/),
    });
  });

  it('that stays away makes a waiting producer time out when it is configured to, and never a live one', async () => {
    const { store, url } = await storeThat(accept);
    await store.close();
    const sink = await sinkTo(url, { giveUpAfterMs: 100, closeGraceMs: 50 });
    await sink.ready();
    sink.write(record('x'));
    await until(() => sink.stats.sender.retries > 0, 'a failure');
    await new Promise((resolve) => setTimeout(resolve, 150));
    await expect(sink.ready()).rejects.toThrow(/is unavailable \(connection refused\): start it, or set/);
    const report = await sink.close();
    expect(report).toMatchObject({
      linesWritten: 0,
      linesDropped: { 'store unavailable: connection refused': 1 },
    });
  });

  it('holds a producer that can wait back, and lets it go on when there is room', async () => {
    const { store, url } = await storeThat(hangUp);
    const sink = await sinkTo(url, { batch: { maxEntries: 1 }, spool: { maxBytes: 2000 } });
    for (let i = 0; i < 12; i++) {
      sink.write(record(`line ${i}`));
    }
    await until(() => sink.stats.spool.bytes > 1500, 'a spool that is nearly full');
    let released = false;
    const ready = sink.ready().then(() => (released = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(released).toBe(false);
    store.behaviour = accept;
    await ready;
    expect(sink.stats.spool.bytes).toBeLessThan(1500);
  });
});

describe('with a spool directory', () => {
  it('batches wait on disk while the store is down, for the next run too, and arrive in order', async () => {
    const directory = newDirectory();
    const down = new PushStore(accept);
    const url = await down.listen();
    await down.close();
    const options = { spool: { directory }, batch: { maxEntries: 10 }, closeGraceMs: 20 };
    const first = await sinkTo(url, options);
    numbered(35).forEach((text) => first.write(record(text)));
    expect(await first.close()).toEqual({ linesWritten: 0, linesDropped: {}, linesKept: 35 });
    expect(readdirSync(directory).length).toBe(4);

    const store = new PushStore(accept);
    await store.listen(Number(new URL(url).port));
    CLEAN_UPS.push(() => store.close());
    const second = await sinkTo(url, { ...options, closeGraceMs: 2000 });
    numbered(5, 36).forEach((text) => second.write(record(text)));
    expect(await second.close()).toEqual({ linesWritten: 40, linesDropped: {}, linesKept: 0 });
    expect(texts(store.lines)).toEqual(numbered(40));
    expect(readdirSync(directory)).toEqual([]);
  });

  it('a full spool loses the oldest lines, and says how many', async () => {
    const { store, url } = await storeThat(hangUp);
    const sink = await sinkTo(url, {
      spool: { directory: newDirectory(), maxBytes: 2000 },
      batch: { maxEntries: 1 },
      closeGraceMs: 2000,
    });
    numbered(40).forEach((text) => sink.write(record(text)));
    await until(() => sink.stats.spool.evictedLines > 10 && sink.stats.batches >= 39, 'evictions');
    store.behaviour = accept;
    const report = await sink.close();
    expect(report.linesWritten + report.linesDropped['spool full']).toBe(40);
    expect(report.linesWritten).toBe(store.lines.length);
    expect(texts(store.lines).at(-1)).toBe('line 40');
  });

  it('a kill -9 loses nothing that was spooled', async () => {
    const directory = newDirectory();
    const { store, url } = await storeThat(hang);
    const child = fork(join(__dirname, 'writing-child.ts'), [url, directory], { execArgv: ['--require', 'tsx/cjs'] });
    const written = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('message', (count) => {
        child.kill('SIGKILL');
        child.on('exit', () => resolve(Number(count)));
      });
    });
    store.behaviour = accept;
    const sink = await sinkTo(url, { spool: { directory } });
    const report = await sink.close();
    expect(report.linesWritten).toBeGreaterThanOrEqual(written);
    expect(texts(store.lines)).toEqual(numbered(report.linesWritten));
  });
});

describe('options', () => {
  it.each([
    ['an address of another kind', { url: 'ftp://store' }, /must be http:\/\/HOST:PORT/],
    ['a relative socket path', { url: 'unix:store.sock' }, /needs an absolute path/],
    ['a label of ours', { url: 'http://127.0.0.1:1', labels: { host: 'x' } }, /"host" cannot be a label/],
    ['a label that is none', { url: 'http://127.0.0.1:1', labels: { 'a-b': 'x' } }, /"a-b" cannot be a label/],
  ])('with %s are refused', async (_, options, message) => {
    await expect(createLokiSink({ host: 'node-a', ...options })).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(message),
    });
  });

  it('never show the credentials of an address', async () => {
    const notes: string[] = [];
    const sink = await sinkTo('http://me:secret@127.0.0.1:1', { onNote: (line) => notes.push(line), closeGraceMs: 50 });
    sink.write(record('x'));
    const report = await sink.close();
    expect(notes.length).toBe(1);
    expect(JSON.stringify([notes, report])).not.toMatch(/secret/);
  });
});
