/** Queries side by side: a few at a time, in turn, ended when nobody waits for them, and never in the way of a push. */
import { type Database, openDatabase } from '../src/storage/database';
import { maxParallel, Reader } from '../src/storage/reader';
import { type RunningStore, startStore } from '../src/index';

describe('the reader', () => {
  let database: Database;
  let reader: Reader;

  beforeEach(async () => {
    database = await openDatabase(':memory:');
    reader = new Reader(database);
  });
  afterEach(() => database.close());

  /** Work that goes on until it is told to end. */
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
    const all = Array.from({ length: maxParallel + 2 }, openEnded);
    const begun: number[] = [];
    all.forEach(({ begun: starts }, at) => void starts.then(() => begun.push(at)));
    const answers = all.map(({ work }) => reader.read(work));
    await Promise.all(all.slice(0, maxParallel).map(({ begun: starts }) => starts));
    expect(begun).toHaveLength(maxParallel);
    all[1].end();
    await all[maxParallel].begun;
    expect(begun).toEqual([...begun.slice(0, maxParallel), maxParallel]);
    all.forEach(({ end }) => end());
    expect(await Promise.all(answers)).toEqual(all.map(() => 'done'));
  });

  test('a query that is cancelled while it waits leaves its place', async () => {
    const running = Array.from({ length: maxParallel }, openEnded);
    const answers = running.map(({ work }) => reader.read(work));
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
