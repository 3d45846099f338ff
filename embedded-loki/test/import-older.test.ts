/** Files of the store's earlier versions are taken over, that of the first one also after a process that ended half-way. */
import { DuckDBInstance } from '@duckdb/node-api';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStore } from '../src/index';
import { entriesTable, parts } from '../src/storage/schema';
import { askLines } from './loki-client';

const zeroNs = 1_700_000_000_000_000_000n;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-older-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function writeFirstVersion(file: string, entries: number): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('CREATE TABLE store(version INTEGER NOT NULL)');
  await connection.run('INSERT INTO store VALUES (1)');
  await connection.run('CREATE TABLE streams(id INTEGER NOT NULL, labels VARCHAR NOT NULL)');
  await connection.run(
    'CREATE TABLE entries(ts BIGINT NOT NULL, stream INTEGER NOT NULL, flat BOOLEAN NOT NULL, line VARCHAR NOT NULL, metadata VARCHAR)'
  );
  await connection.run(`INSERT INTO streams VALUES (1, '[["host","a"]]'), (2, '[["host","b"]]')`);
  await connection.run(
    `INSERT INTO entries SELECT ${zeroNs} + i, 1 + i % 2, true, '{"n":' || i || '}', CASE WHEN i = 3 THEN '[["trace","t"]]' END
     FROM range(${entries}) r(i)`
  );
  connection.closeSync();
  instance.closeSync();
}

async function countIn(file: string): Promise<string> {
  const store = await startStore({ port: 0, file });
  try {
    const ask = async (query: string) => {
      const form = new URLSearchParams({ query, time: String(zeroNs + 1_000_000_000n) });
      const response = await fetch(`${store.url}/loki/api/v1/query?${form.toString()}`);
      const { data } = (await response.json()) as {
        readonly data: { readonly result: ReadonlyArray<{ readonly value: readonly [number, string] }> };
      };
      return data.result.map(({ value }) => value[1]).join();
    };
    const counts = [
      await ask('sum by (host) (count_over_time({host=~"a|b"}[1m]))'),
      await ask('sum(sum_over_time({host="a"} | json | unwrap n [1m]))'),
      await ask('sum(count_over_time({host="b"} | trace="t" [1m]))'),
    ];
    return counts.join(' ');
  } finally {
    await store.close();
  }
}

test('all entries are there after the first start, and the old file is gone', async () => {
  const file = join(folder, 'store.duckdb');
  await writeFirstVersion(file, 25_000);
  const expected = `12500,12500 ${12_499 * 12_500} 1`;
  expect(await countIn(file)).toBe(expected);
  expect(existsSync(`${file}.v1`)).toBe(false);
  expect(await countIn(file)).toBe(expected);
});

test('what was taken over before the process ended is not there twice', async () => {
  const file = join(folder, 'store.duckdb');
  await writeFirstVersion(file, 1_000);
  copyFileSync(file, join(folder, 'copy'));
  await countIn(file);
  copyFileSync(join(folder, 'copy'), `${file}.v1`);
  expect(await countIn(file)).toBe(`500,500 ${499 * 500} 1`);
});

test('addresses are found in a store that had none among its words', async () => {
  const file = join(folder, 'store.duckdb');
  const line = (at: number) => `{"src_ip":"10.0.0.${at}","src_port":${4000 + at},"n":${at}}`;
  const first = await startStore({ port: 0, file });
  await fetch(`${first.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      streams: [1, 2, 3].map((at) => ({
        stream: { source: 's', flow_shard: String(at) },
        values: [[String(zeroNs + BigInt(at) * 60_000_000_000n), line(at)]],
      })),
    }),
  });
  await first.close();
  await asSecondVersion(file);
  const store = await startStore({ port: 0, file });
  try {
    const found = await askLines(store.url, {
      query: '{source="s"} |= "\\"10.0.0.2\\"" |~ "\\"(?:src_port|dst_port)\\":\\"?(?:4002)[\\",}]"',
      start: String(zeroNs),
      end: String(zeroNs + 3_600_000_000_000n),
    });
    expect(found).toEqual({ streams: [[line(2)]], looked: 1 });
  } finally {
    await store.close();
  }
});

/** As the second version left a file: fewer columns, and only ids among the words. */
async function asSecondVersion(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run('DELETE FROM words');
  for (const part of parts) {
    await connection.run(`ALTER TABLE ${entriesTable(part)} DROP COLUMN f_tx_seq_min`);
  }
  await connection.run('UPDATE store SET version = 2');
  connection.closeSync();
  instance.closeSync();
}
