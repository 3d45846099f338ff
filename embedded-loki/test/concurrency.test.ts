/** Concurrent queries: a few at a time, in turn, cancelled when the client has gone, and never blocking a push. */
import { type Database, openDatabase } from '../src/storage/database';
import { Reader } from '../src/storage/reader';
import { type RunningStore, startStore } from '../src/index';

/** Queries that the reader runs at once. */
const MAX_PARALLEL = 2;

describe('the reader', () => {
  let database: Database;
  let reader: Reader;

  beforeEach(async () => {
    database = await openDatabase(':memory:');
    reader = new Reader(database);
  });
  afterEach(() => database.close());

  /** Work that goes on until `end` is called. */
  function openEnded() {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    return {
      begun,
      end,
      work: async () => {
        begin();
        await ended;
        return 'done';
      },
    };
  }

  test('runs a few queries at once, and the next in turn', async () => {
    const all = Array.from({ length: MAX_PARALLEL + 2 }, openEnded);
    const begun: number[] = [];
    all.forEach(({ begun: starts }, at) => void starts.then(() => begun.push(at)));
    const answers = all.map(({ work }) => reader.read(work));
    await Promise.all(all.slice(0, MAX_PARALLEL).map(({ begun: starts }) => starts));
    expect(begun).toHaveLength(MAX_PARALLEL);
    all[1].end();
    await all[MAX_PARALLEL].begun;
    expect(begun).toEqual([...begun.slice(0, MAX_PARALLEL), MAX_PARALLEL]);
    all.forEach(({ end }) => end());
    expect(await Promise.all(answers)).toEqual(all.map(() => 'done'));
  });

  test('a query that is cancelled while it waits leaves its place', async () => {
    const running = Array.from({ length: MAX_PARALLEL }, openEnded);
    const answers = running.map(({ work }) => reader.read(work));
    const gone = new AbortController();
    const waiting = reader.read(() => Promise.resolve('never'), gone.signal);
    const next = reader.read(() => Promise.resolve('next'));
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'StorageError', kind: 'cancelled' });
    running.forEach(({ end }) => end());
    await Promise.all(answers);
    expect(await next).toBe('next');
  });

  test('a failure passes the turn on', async () => {
    const failures = Array.from({ length: MAX_PARALLEL * 2 }, () =>
      reader.read(() => Promise.reject(new Error('broken')))
    );
    for (const result of await Promise.allSettled(failures)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'failed' } });
    }
    expect(await reader.read(() => Promise.resolve('alive'))).toBe('alive');
  });
});

describe('over HTTP', () => {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  let store: RunningStore;

  beforeAll(async () => {
    store = await startStore({ port: 0, file: ':memory:' });
    for (let batch = 0; batch < 8; batch++) {
      const values = Array.from({ length: 5_000 }, (_, at) => [
        String(nowNs - BigInt(batch * 5_000 + at) * 1_000_000n),
        `line ${at} ${'abcdefghij'.repeat(30)}`,
      ]);
      expect((await push(values)).status).toBe(204);
    }
  }, 60_000);
  afterAll(() => store.close());

  function push(values: unknown) {
    return fetch(`${store.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ streams: [{ stream: { a: 'x' }, values }] }),
    });
  }

  /** Lines are parsed one by one, so this takes its time. */
  function slowQuery(signal?: AbortSignal) {
    const form = new URLSearchParams({
      query: 'sum by (n) (count_over_time({a="x"} | regexp "line (?P<n>[0-9]+) (a|b|c)+.*j$" | n="7" [1h]))',
      time: String(nowNs),
    });
    return fetch(`${store.url}/loki/api/v1/query?${form.toString()}`, { signal });
  }

  async function cancelled(): Promise<boolean> {
    const metrics = await (await fetch(`${store.url}/metrics`)).text();
    return metrics.includes('store_requests_refused_total{status="499"} ');
  }

  test('a query ends when its client goes', async () => {
    // A client that goes before the server has its query, or after it has its answer, cancels nothing: then another goes.
    for (let attempt = 1; attempt <= 40 && !(await cancelled()); attempt++) {
      const gone = new AbortController();
      const answer = slowQuery(gone.signal).then(() => 'answered', String);
      await new Promise((resolve) => setTimeout(resolve, 10 * attempt));
      gone.abort();
      await answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await cancelled()).toBe(true);
  }, 30_000);

  test('pushes are answered while queries wait in line', async () => {
    const done: string[] = [];
    const queries = Array.from({ length: 6 }, () =>
      slowQuery().then(async (response) => {
        expect(response.status).toBe(200);
        await response.text();
        done.push('query');
      })
    );
    const pushes = Array.from({ length: 5 }, async (_, at) => {
      expect((await push([[String(nowNs + BigInt(at)), 'new']])).status).toBe(204);
      done.push('push');
    });
    await Promise.all([...queries, ...pushes]);
    expect(done.lastIndexOf('push')).toBeLessThan(done.lastIndexOf('query'));
  }, 60_000);
});
