/**
 * The store against Loki. `conformity-answers.json` holds what a real Loki answered; it is compared with this store's
 * answers always, and with a live Loki's where LOKI_URL is set (with `discover_log_levels: false` and `discover_service_name: []`, which would
 * add labels). With UPDATE_ANSWERS=1 as well, the file is written anew.
 *
 * `conformity-answers-3.4.json` holds what Loki 3.4 answers differently: a duplicate field in a line, and a field with the name of
 * structured metadata. A live Loki may answer either; with UPDATE_ANSWERS=3.4 that file is written anew.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { startStore, type RunningStore } from '../src/index';
import { INSTANT_CASES, LOG_CASES, RANGE_CASES, REFUSED_CASES, TEXT_CASES, TEXT_RANGE_CASES } from './conformity-cases';
import { askInstant, askRange, type Json, pushTestData, type Target } from './loki-client';

const ANSWERS_FILE = join(__dirname, 'conformity-answers.json');
const OLDER_FILE = join(__dirname, 'conformity-answers-3.4.json');
const LOKI_URL = process.env.LOKI_URL === '' ? undefined : process.env.LOKI_URL;
const UPDATING = process.env.UPDATE_ANSWERS;

const CASES = [
  ...[...LOG_CASES, ...TEXT_CASES, ...RANGE_CASES, ...TEXT_RANGE_CASES].map((test) => ({
    name: `${test.query}${Object.keys(test).length > 1 ? ` ${JSON.stringify({ ...test, query: undefined })}` : ''}`,
    refused: false,
    ask: (target: Target) => askRange(target, test),
  })),
  ...INSTANT_CASES.map((test) => ({
    name: `${test.query} @${test.at}`,
    refused: false,
    ask: (target: Target) => askInstant(target, test),
  })),
  ...REFUSED_CASES.map((test) => ({
    name: `refused: ${test.query} ${JSON.stringify({ ...test.parameters, step: test.step })}`,
    refused: true,
    ask: (target: Target) => askRange(target, test),
  })),
];

function newTarget(url: string): Target {
  const hour = 3600;
  return { url, run: randomUUID().slice(0, 8), zero: Math.floor(Date.now() / 1000 / hour) * hour - hour };
}

/** Numbers to twelve digits: the order of a summation is not specified. */
function rounded(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(rounded);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rounded(item as Json)]));
  }
  return typeof value === 'string' && /^-?\d+\.\d{6,}$/.test(value) ? Number(value).toPrecision(12) : value;
}

let store: RunningStore;
let embedded: Target;
let loki: Target | undefined;
let answers: Record<string, Json> = {};
let older: Record<string, Json> = {};

beforeAll(async () => {
  store = await startStore({ port: 0, file: ':memory:' });
  embedded = newTarget(store.url);
  await pushTestData(embedded);
  if (LOKI_URL !== undefined) {
    loki = newTarget(LOKI_URL);
    await pushTestData(loki);
  }
  if (UPDATING !== '1') {
    answers = JSON.parse(readFileSync(ANSWERS_FILE, 'utf8')) as Record<string, Json>;
  }
  if (UPDATING !== '3.4') {
    older = JSON.parse(readFileSync(OLDER_FILE, 'utf8')) as Record<string, Json>;
  }
});

afterAll(async () => {
  await store.close();
  if (UPDATING === '1') {
    writeFileSync(ANSWERS_FILE, `${JSON.stringify(answers, null, 1)}\n`);
  } else if (UPDATING === '3.4') {
    writeFileSync(OLDER_FILE, `${JSON.stringify(older, null, 1)}\n`);
  }
});

describe('answers as Loki does', () => {
  test.each(CASES)('$name', async ({ name, refused, ask }) => {
    if (loki !== undefined) {
      const live = rounded(await ask(loki));
      if (UPDATING === '1') {
        answers[name] = live;
      } else if (UPDATING === '3.4') {
        if (!isDeepStrictEqual(live, answers[name])) {
          older[name] = live;
        }
      } else if (!isDeepStrictEqual(live, older[name])) {
        expect(live).toEqual(answers[name]);
      }
    }
    expect(Object.keys(answers)).toContain(name);
    const own = await ask(embedded);
    if (refused) {
      expect(own).toMatchObject({ error: expect.any(String) });
      expect(refusal(own)).toEqual(refusal(answers[name]));
    } else {
      expect(rounded(own)).toEqual(answers[name]);
    }
  });
});

/** Status and the part of the message that names the place or the rule; what the parser expected instead may differ. */
function refusal(answer: Json): Json {
  const { status, error } = answer as { readonly status: number; readonly error: string };
  return {
    status: status >= 400 && status < 600 ? 'refused' : status,
    error: error
      .replace(/, expecting .*$/, '')
      .replace(/^(parse error) : stage '.*' : /, '$1 : ')
      .replace(/strconv.*|".*" is neither.*/, '')
      .replace(/: (\*syntax\.\w+|a log query)$/, ''),
  };
}
