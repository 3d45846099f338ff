/** What is old or too much is forgotten, and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelSet } from '../src/logql/label-set';
import { Appender } from '../src/storage/append';
import { type Database, openDatabase } from '../src/storage/database';
import { wordHashes } from '../src/storage/line-words';
import { sweep } from '../src/storage/retention';
import { selectFromAllParts } from '../src/storage/schema';
import { StreamIndex } from '../src/storage/stream-index';

const MINUTE_NS = 60_000_000_000n;
const NOW_NS = 1_700_000_000_000_000_000n;

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-retention-'));
  database = await openDatabase(join(folder, 'store.duckdb'));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function filled(
  entries: ReadonlyArray<{ readonly host: string; readonly minutesAgo: number; readonly line: string }>
) {
  const connection = await database.connect();
  const index = await StreamIndex.load(connection);
  await new Appender(connection, index).append(
    entries.map(({ host, minutesAgo, line }) => ({
      labels: labelSet([['host', host]]),
      entries: [{ tsNs: NOW_NS - BigInt(minutesAgo) * MINUTE_NS, line, metadata: [] }],
    }))
  );
  const left = async () =>
    (await connection.runAndReadAll(`SELECT line FROM (${selectFromAllParts('line, ts')}) ORDER BY ts`))
      .getRows()
      .map(([line]) => line);
  return { connection, index, left };
}

test('entries beyond the age go, with the streams that have no other', async () => {
  const { connection, index, left } = await filled([
    { host: 'a', minutesAgo: 61, line: 'old "00000001"' },
    { host: 'a', minutesAgo: 59, line: 'young "00000002"' },
    { host: 'b', minutesAgo: 90, line: 'older' },
  ]);
  const result = await sweep({ connection, database, index, retention: { maxAgeMs: 3_600_000 }, nowNs: NOW_NS });
  expect(result).toEqual({ deletedEntries: 2, deletedStreams: 1 });
  expect(await left()).toEqual(['young "00000002"']);
  const words = await connection.runAndReadAll('SELECT hash FROM words');
  expect(words.getRows()).toEqual([[...wordHashes('"00000002"')]]);
  expect(index.all().map(({ labels }) => labels.key)).toEqual(['{host="a"}']);
  connection.closeSync();
});

test('without a limit nothing goes', async () => {
  const { connection, index, left } = await filled([{ host: 'a', minutesAgo: 1e6, line: 'ancient' }]);
  await sweep({ connection, database, index, retention: {}, nowNs: NOW_NS });
  expect(await left()).toEqual(['ancient']);
  connection.closeSync();
});

test('the oldest go until the file uses less than its limit, and never more than needed to go on', async () => {
  const noise = () => Array.from({ length: 30 }, () => Math.random().toString(36).slice(2)).join('');
  const { connection, index, left } = await filled(
    Array.from({ length: 90_000 }, (_, at) => ({
      host: `h${at % 3}`,
      minutesAgo: 90_000 - at,
      line: `${at} ${noise()}`,
    }))
  );
  await connection.run('CHECKPOINT');
  const before = await database.usedBytes();
  await sweep({ connection, database, index, retention: { maxBytes: before * 2 }, nowNs: NOW_NS });
  expect(await left()).toHaveLength(90_000);
  for (let round = 0; round < 30 && (await database.usedBytes()) > before * 0.7; round++) {
    await sweep({ connection, database, index, retention: { maxBytes: before * 0.7 }, nowNs: NOW_NS });
  }
  const lines = await left();
  expect(await database.usedBytes()).toBeLessThanOrEqual(before * 0.7);
  expect(lines.length).toBeGreaterThan(18_000);
  expect(String(lines[lines.length - 1])).toMatch(/^89999 /);
  connection.closeSync();
}, 120_000);
