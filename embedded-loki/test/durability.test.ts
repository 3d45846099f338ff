/** A push that was acknowledged is there after the process was killed, and a file is one process's at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startStore } from '../src/index';
import { openDatabase } from '../src/storage/database';
import { askLines } from './loki-client';

const ROOT = join(__dirname, '..', '..');
const ZERO_NS = BigInt(Date.now()) * 1_000_000n;

async function startProcess(
  file: string,
  before = ''
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const main = join(__dirname, '..', 'src', 'main.ts');
  const child = spawn(
    'sh',
    ['-c', `${before} exec "$@"`, 'sh', process.execPath, '--import', 'tsx', main, '--port', '0', '--file', file],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] }
  );
  if (child.stdout === null || child.stderr === null) {
    throw new Error('the child has no output');
  }
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the store ended with ${String(code)}: ${complaints}`))
    ),
  ]);
  return { child, url };
}

function push(url: string, at: number, padding = ''): Promise<Response> {
  return fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      streams: [
        {
          stream: { source: 'test', host: `h${at % 3}` },
          values: [[String(ZERO_NS + BigInt(at)), `line ${at}${padding}`]],
        },
      ],
    }),
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-durability-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('acknowledged pushes survive kill -9 in the middle of more', async () => {
  const file = join(folder, 'store.duckdb');
  const { child, url } = await startProcess(file);
  const acknowledged: number[] = [];
  const sending = Array.from({ length: 4 }, async (_, sender) => {
    for (let at = sender; ; at += 4) {
      const response = await push(url, at);
      if (response.status !== 204) {
        throw new Error(`push ${at}: ${response.status}`);
      }
      acknowledged.push(at);
      if (acknowledged.length === 60) {
        child.kill('SIGKILL');
      }
    }
  });
  // Every sender ends with a connection that broke: none with a refusal.
  for (const result of await Promise.allSettled(sending)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'TypeError' } });
  }
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit');
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(60);

  const reopened = await startStore({ port: 0, file });
  try {
    const { streams } = await askLines(reopened.url, {
      query: '{source="test"}',
      start: String(ZERO_NS),
      end: String(ZERO_NS + 1_000_000n),
      limit: '5000',
    });
    const stored = streams.flat();
    expect(stored).toEqual(expect.arrayContaining(acknowledged.map((at) => `line ${at}`)));
    expect(new Set(stored).size).toBe(stored.length);
  } finally {
    await reopened.close();
  }
}, 60_000);

test('a second process on the same file is refused with what to do, and SIGTERM ends cleanly', async () => {
  const file = join(folder, 'store.duckdb');
  const { child } = await startProcess(file);
  try {
    await expect(startProcess(file)).rejects.toThrow(
      /is in use by another process: stop that process, or name another --file/
    );
  } finally {
    child.kill('SIGTERM');
  }
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}, 60_000);

test('a full disk refuses pushes with a word, and the store goes on answering', async () => {
  const file = join(folder, 'store.duckdb');
  // The shell's limit on file size acts as a full disk: a write beyond it fails in the same place.
  const { child, url } = await startProcess(file, 'ulimit -f 16384;');
  try {
    const incompressible = () => Array.from({ length: 12_000 }, () => Math.random().toString(36).slice(2)).join('');
    let stored = 0;
    let refusal: Response | undefined;
    for (let at = 0; refusal === undefined && at < 400; at++) {
      const response = await push(url, at, incompressible());
      if (response.status === 204) {
        stored++;
      } else {
        refusal = response;
      }
    }
    expect(refusal?.status).toBe(507);
    expect(await refusal?.text()).toMatch(/no space left on the disk; free some, or lower the retention/);
    expect(stored).toBeGreaterThan(0);
    const form = new URLSearchParams({
      query: 'sum(count_over_time({source="test"}[1h]))',
      time: String(ZERO_NS + 1_000_000_000n),
    });
    const answer = await fetch(`${url}/loki/api/v1/query?${form.toString()}`);
    const text = await answer.text();
    expect({ status: answer.status, text: answer.status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
    expect(text).toContain(`"${stored}"`);
  } finally {
    child.kill('SIGKILL');
  }
}, 60_000);

test('a file that is not a store is refused and left as it is', async () => {
  const file = join(folder, 'store.duckdb');
  writeFileSync(file, 'notes, not a database '.repeat(1000));
  await expect(startStore({ port: 0, file })).rejects.toMatchObject({
    kind: 'corrupt',
    message: expect.stringContaining(`cannot open ${file} as a store`),
  });
  expect(readFileSync(file, 'utf8')).toMatch(/^notes/);
});

test('a file with a hole is refused or answers, and never with what was not pushed', async () => {
  const file = join(folder, 'store.duckdb');
  const store = await startStore({ port: 0, file });
  for (let at = 0; at < 20; at++) {
    expect((await push(store.url, at, 'x'.repeat(5_000))).status).toBe(204);
  }
  await store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 300_000);
  writeFileSync(file, bytes);
  let reopened: Awaited<ReturnType<typeof startStore>>;
  try {
    reopened = await startStore({ port: 0, file });
  } catch (error) {
    expect(error).toMatchObject({ name: 'StorageError' });
    return;
  }
  try {
    const form = new URLSearchParams({
      query: '{source="test"}',
      start: String(ZERO_NS),
      end: String(ZERO_NS + 1_000n),
    });
    const response = await fetch(`${reopened.url}/loki/api/v1/query_range?${form.toString()}`);
    const text = await response.text();
    expect([200, 500]).toContain(response.status);
    expect(text).not.toContain('\ufffd');
  } finally {
    await reopened.close().catch(() => undefined);
  }
});

test.each([
  ['an older', 1],
  ['a newer', 99],
])('a file of %s version is refused and left as it is, with what to do', async (age, version) => {
  const file = join(folder, 'store.duckdb');
  await (await startStore({ port: 0, file })).close();
  const database = await openDatabase(file);
  const connection = await database.connect();
  await connection.run(`UPDATE store SET version = ${version}`);
  connection.closeSync();
  await database.close();
  const before = readFileSync(file);
  await expect(startStore({ port: 0, file })).rejects.toMatchObject({
    kind: 'other-version',
    message: expect.stringMatching(
      `${age} version of the store \\(schema ${version}, .* start that version, move the file away, or name another --file`
    ),
  });
  expect(readFileSync(file).equals(before)).toBe(true);
});
