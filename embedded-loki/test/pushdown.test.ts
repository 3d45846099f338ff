/**
 * What the database does for a query changes no answer. It reads fields of flat JSON lines itself, from columns or from
 * the text, and adds samples up in buckets; a space at the end makes the same line one that it leaves to the pipeline.
 */
import fc from 'fast-check';
import { textsOfPattern } from '../src/logql/literal-regex';
import { searchRegex } from '../src/logql/regex';
import { readFields } from '../src/storage/field-columns';
import { wordHashes } from '../src/storage/line-words';
import { type RunningStore, startStore } from '../src/index';
import { askLines } from './loki-client';

const SECOND_NS = 1_000_000_000n;
const ZERO_NS = (BigInt(Date.now()) / 60_000n) * 60_000_000_000n - 120n * SECOND_NS;
const LINES_PER_STORE = 240;

/** `latency_ms`, `outcome` and `tx_packets` have columns; `id`, `kind`, `ms` and `n` have none. */
function record(at: number): string {
  return JSON.stringify({
    id: `r${at}`,
    kind: ['a', 'b', null, true, 'a b'][at % 5],
    ms: [1.5, 20, '7', null, 0.1, [1, 2], 3e-7][at % 7],
    n: at,
    ...(at % 6 === 5 ? {} : { latency_ms: [0.25, 3, 40, 500.5][at % 4] }),
    ...(at % 11 === 3 ? { outcome: null } : at % 9 === 4 ? {} : { outcome: ['ok', 'reset', 'server_error'][at % 3] }),
    ...(at % 13 === 0 ? { tx_packets: 'many' } : { tx_packets: at % 7 }),
  });
}

let flat: RunningStore;
let other: RunningStore;

beforeAll(async () => {
  flat = await filled('');
  other = await filled(' ');
});
afterAll(async () => {
  await flat.close();
  await other.close();
});

async function filled(end: string): Promise<RunningStore> {
  const store = await startStore({ port: 0, file: ':memory:' });
  const entries = Array.from({ length: LINES_PER_STORE }, (_, at) => {
    const entry = [String(ZERO_NS + (BigInt(at) * SECOND_NS) / 2n), record(at) + end];
    // Metadata may hide a field.
    return at % 17 === 0 ? [...entry, { outcome: 'from metadata', trace: 't' }] : entry;
  });
  const streams = ['a', 'b'].map((host, of) => ({
    stream: { app: 'x', host },
    values: entries.filter((_, at) => at % 2 === of),
  }));
  const response = await fetch(`${store.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  expect(response.status).toBe(204);
  return store;
}

async function ask(store: RunningStore, path: string, form: Readonly<Record<string, string>>) {
  const response = await fetch(`${store.url}/loki/api/v1/${path}?${new URLSearchParams(form).toString()}`);
  const text = await response.text();
  if (response.status !== 200) {
    return { status: response.status, text: text.replace(/for series: '.*'/, '') };
  }
  const { data } = JSON.parse(text) as { readonly data: { readonly resultType: string; readonly result: unknown } };
  return { status: 200, result: rounded(data.result) };
}

/** Numbers to twelve digits, lines without the space at their end. */
function rounded(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(rounded);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rounded(item)]));
  }
  return typeof value === 'string'
    ? /^-?\d+\.\d+$/.test(value)
      ? String(Number(Number(value).toPrecision(12)))
      : value.trimEnd()
    : value;
}

const METRIC_QUERIES = [
  'sum by (kind) (count_over_time({app="x"} | json [1m]))',
  'quantile_over_time(0.7, {app="x"} | json | unwrap ms | __error__="" [1m]) by (kind)',
  'sum_over_time({app="x"} | json | unwrap ms [1m])',
  'max_over_time({app="x"} | json | ms > 2 | unwrap ms | __error__="" [1m]) by (kind)',
  'avg_over_time({app="x"} | json | n > 7 | n <= 200 | unwrap n [1m]) by (missing)',
  'sum(count_over_time({app="x"} | json | id="r12" [1m]))',
  'sum(count_over_time({app="x"} | json | kind!="" [1m]))',
  'sum(sum_over_time({app="x"} | json | kind="a" or n < 3 | unwrap n [1m]))',
  'count_over_time({app="x"} | json | __error__="" | keep kind [1m])',
  'max_over_time({app="x"} | json | drop ms | unwrap ms [1m]) by (kind)',
  'sum by (kind) (rate({app="x"} | json | label_format kind=id | kind=~"r[12]" [1m]))',
  // Fields with columns.
  'sum by (outcome) (count_over_time({app="x"} | json [1m]))',
  'sum by (outcome, host) (rate({app="x"} | json | latency_ms > 1 [30s]))',
  'sum by (host) (rate({app="x"} | json | latency_ms >= 3 | latency_ms < 500 | outcome=~"ok|reset" [30s]))',
  'quantile_over_time(0.95, {app="x"} | json | latency_ms > 1 | unwrap latency_ms [1m]) by (host)',
  'quantile_over_time(0.5, {app="x"} | json | unwrap latency_ms [1m]) by (outcome)',
  'avg_over_time({app="x"} | json | unwrap latency_ms [40s]) by (outcome)',
  'min_over_time({app="x"} | json | outcome!="ok" | unwrap latency_ms [40s]) by (host)',
  'max_over_time({app="x"} | json | outcome!~"ok|" | unwrap latency_ms [40s]) by (outcome)',
  'sum(sum_over_time({app="x"} | json | unwrap tx_packets | __error__="" [1m]))',
  'sum by (__error__) (sum_over_time({app="x"} | json | unwrap tx_packets [1m]))',
  'stddev_over_time({app="x"} | json | unwrap latency_ms [1m]) by (host)',
  'last_over_time({app="x"} | json | unwrap latency_ms [1m]) by (host)',
  'rate({app="x"} | json | unwrap latency_ms [1m])',
  'count_over_time({app="x"} | json outcome="outcome" [1m])',
  'sum by (o) (count_over_time({app="x"} | json o="outcome", l="latency_ms" | l >= 3 | __error__="" [1m]))',
  'sum by (o) (count_over_time({app="x"} | json o="outcome", p="outcome" | p!="" [1m]))',
  'sum by (o, kind) (count_over_time({app="x"} | json o="outcome", kind="kind" [1m]))',
  'quantile_over_time(0.9, {app="x"} | json l="latency_ms", outcome="outcome" | l >= 1 | outcome!="reset" | unwrap l | __error__="" [1m]) by ()',
  'max_over_time({app="x"} | json l="latency_ms" | unwrap l [1m])',
  'sum(count_over_time({app="x"} | json l="latency_ms" | l > 3 [1m]))',
  'sum by (outcome_extracted) (count_over_time({app="x"} | json [1m]))',
  'sum by (host) (count_over_time({app="x"} | outcome="from metadata" [1m]))',
  'sum by (outcome) (count_over_time({app="x"} [1m]))',
  'absent_over_time({app="x"} | json | outcome="nothing" [1m])',
  'sum by (host) (rate({app="x"} |= "\\"outcome\\":\\"reset\\"" [1m]))',
  'quantile_over_time(0.5, {app="x"} |~ "\\"outcome\\":\\"(?:reset|ok)\\"" != "\\"kind\\":\\"a\\"" | json l="latency_ms" | unwrap l [1m]) by ()',
  'topk(2, sum by (outcome) (count_over_time({app="x"} | json [1m])))',
  'count(count_over_time({app="x"} | json o="outcome", l="latency_ms" | l > 3 | __error__="" [1m]))',
];

describe('an answer is the same whoever reads the lines', () => {
  test.each(METRIC_QUERIES)('%s', async (query) => {
    const instant = { query, time: String(ZERO_NS + 60n * SECOND_NS) };
    expect(await ask(flat, 'query', instant)).toEqual(await ask(other, 'query', instant));
    for (const step of ['7', '20', '60']) {
      const range = { query, start: String(ZERO_NS), end: String(ZERO_NS + 130n * SECOND_NS), step };
      expect(await ask(flat, 'query_range', range)).toEqual(await ask(other, 'query_range', range));
    }
  });

  test.each([
    '| json | latency_ms >= 3 and outcome="ok"',
    '| json | outcome=""',
    '| json | outcome!~".+" | n > 100',
    '| json o="outcome", l="latency_ms" | l > 3',
    '| json | id="r12" or id="r13"',
    '| json | outcome="reset" or latency_ms > 40',
    '| json l="latency_ms", o="outcome" | (l != "" and l >= 3 and l <= 40) or (o != "" and o="reset")',
    '| json l="latency_ms" | (l != "" and l >= 3) or (l >= 500)',
    '| json | latency_ms > 40 or (kind="a" and n < 3) or ms > 1',
    '| json l="latency_ms", n="n" | l != "" | l != "3" | n < 50 or l > 40',
    '| json | ms > 1',
    '| json | tx_packets > 5 | outcome=~"reset|from.*"',
    '|~ "\\"id\\":\\"(?:r1|r2|r23)\\""',
    '|~ "r1[0-3]\\"" != "reset" | json | latency_ms = 40',
    '|= "\\"outcome\\":\\"reset\\""',
    '!= "\\"outcome\\":\\"reset\\"" | json | n > 190',
    '|~ "\\"outcome\\":\\"(?:ok|reset)\\"" | json | outcome!="ok"',
    '!~ "\\"(?:outcome)\\":\\"(?:ok|reset|server_error)\\""',
    '|= "\\"outcome\\":\\"ok\\"" or "r12\\""',
    '|= "\\"outcome\\":\\"it\'s\\""',
    '| json | outcome!="it\'s" | n < 4',
    '|= "" |~ "" | json | n < 5',
    '!= ""',
  ])('{app="x"} %s', async (stages) => {
    for (const direction of ['forward', 'backward']) {
      const form = {
        query: `{app="x"} ${stages}`,
        start: String(ZERO_NS),
        end: String(ZERO_NS + 200n * SECOND_NS),
        direction,
      };
      expect(await ask(flat, 'query_range', { ...form, limit: '1000' })).toEqual(
        await ask(other, 'query_range', { ...form, limit: '1000' })
      );
      expect(await ask(flat, 'query_range', { ...form, limit: '3' })).toEqual(
        await ask(other, 'query_range', { ...form, limit: '3' })
      );
    }
  });

  test('lines that columns leave out need not be looked at', async () => {
    const form = {
      query: '{app="x"} | json l="latency_ms" | (l != "" and l >= 500)',
      start: String(ZERO_NS),
      end: String(ZERO_NS + 200n * SECOND_NS),
    };
    const notFlat = Array.from({ length: LINES_PER_STORE }, (_, at) => at).filter(
      (at) => at % 17 === 0 || at % 13 === 0
    );
    const [ofFlat, ofOther] = [await askLines(flat.url, form), await askLines(other.url, form)];
    const found = ofFlat.streams.flat().length;
    expect(found).toBe(ofOther.streams.flat().length);
    expect(ofOther.looked).toBe(LINES_PER_STORE);
    expect(ofFlat.looked).toBeLessThanOrEqual(found + LINES_PER_STORE / 7 + notFlat.length);
    expect(ofFlat.looked).toBeLessThan(LINES_PER_STORE / 2);
  });

  test('bytes are those of the lines', async () => {
    const query = 'sum(bytes_over_time({app="x"} | json | outcome="reset" [2m]))';
    const count = 'sum(count_over_time({app="x"} | json | outcome="reset" [2m]))';
    const at = { time: String(ZERO_NS + 119n * SECOND_NS) };
    const valueOf = async (store: RunningStore, asked: string) => {
      const { result } = (await ask(store, 'query', { query: asked, ...at })) as {
        readonly result: ReadonlyArray<{ readonly value: readonly [number, string] }>;
      };
      return Number(result[0].value[1]);
    };
    expect((await valueOf(other, query)) - (await valueOf(flat, query))).toBe(await valueOf(flat, count));
  });
});

describe('what the look-ups rest on', () => {
  const word = fc.stringMatching(/^[0-9a-zA-Z]{6,12}$/);
  const piece = fc.oneof(
    word,
    fc.constantFrom(
      '"',
      '_',
      '-',
      ':',
      ',',
      ' ',
      '{',
      '}',
      'request_id',
      '.',
      'src_port":',
      '"req_seq":',
      '80',
      '"10.0.0.1"'
    ),
    fc.string({ maxLength: 5 })
  );
  const line = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

  test('a line has all words of every text in it', () => {
    fc.assert(
      fc.property(line, fc.nat(), fc.nat(), (text, a, b) => {
        const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
        const words = wordHashes(text);
        return [...wordHashes(text.slice(from, to))].every((hash) => words.has(hash));
      }),
      { numRuns: 3_000 }
    );
  });

  test('a quoted id is a word', () => {
    expect(wordHashes('"request_id":"4bf92f3577b34da6"').size).toBe(1);
    expect(wordHashes('"nic_traceid":"341268920_').size).toBe(1);
    expect(wordHashes('4bf92f3577b34da6').size).toBe(0);
    expect(wordHashes('"tx_bytes":341268920,"len":"AAAA1234/+=="').size).toBe(0);
  });

  test('an address, a port and a sequence number are words, quoted or not', () => {
    const wordsOf = (text: string) => [...wordHashes(text)].sort();
    expect(wordsOf('"dst_ip":"10.0.0.1"').length).toBe(1);
    expect(wordsOf('"fd00::1"').length).toBe(1);
    expect(wordsOf('"src_port":80,')).toEqual(wordsOf('"dst_port":"80"'));
    expect(wordsOf('"src_port":80}')).toEqual(wordsOf('"src_port":80,'));
    expect(wordsOf('"req_seq":341268920,')).toEqual(wordsOf('"l7_traceid":"341268920_'));
    for (const none of [
      '"10.0.0.1',
      '"export":80,',
      '"src_port":80',
      'c_port":8a0,',
      '"12:30 h"',
      '"::x::"',
      '"1.1"',
    ]) {
      expect([none, wordsOf(none)]).toEqual([none, []]);
    }
  });

  test('a pattern that is a list of texts finds what one of the texts does', () => {
    const pattern = fc
      .array(fc.constantFrom('a', 'b', '"', '(?:', '(', ')', '|', '\\.', '.', '*', '[ab]', '\\d', 'ab', '$'), {
        maxLength: 8,
      })
      .map((parts) => parts.join(''));
    const subject = fc
      .array(fc.constantFrom('a', 'b', '"', '.', '1', '('), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, subject, (regex, text) => {
        const texts = textsOfPattern(regex);
        fc.pre(texts !== undefined);
        return searchRegex(regex)(text) === texts.some((one) => text.includes(one));
      }),
      { numRuns: 2_000 }
    );
    expect(textsOfPattern('"(?:a|b)":"(?:x\\.y|z)"')).toEqual(['"a":"x.y"', '"a":"z"', '"b":"x.y"', '"b":"z"']);
    expect(textsOfPattern('a"?[,}]')).toEqual(['a",', 'a"}', 'a,', 'a}']);
    expect(['(?i)a', '[^a]', '[a-c]', '[[:alpha:]]', '[\\d]', '[', '[]a]', 'a??'].map(textsOfPattern)).toEqual(
      Array(8).fill(undefined)
    );
  });

  test.each([
    ['{"latency_ms":1.5,"a":"b","c":[1,2],"d":true,"e":null}', true],
    ['{"latency_ms":"1.5"}', false],
    ['{"outcome":null}', false],
    ['{"a":1,"a":2}', false],
    ['{"a": 1}', false],
    ['{"a":1e3}', false],
    ['{"a":1.50}', false],
    ['{"a":1e-7}', false],
    ['{"a":-0}', false],
    ['{"a":123456789012345678}', false],
    ['{"a":{"b":1}}', false],
    ['{"a":["b"]}', false],
    ['{"a-b":1}', false],
    ['{"a":"\\n"}', false],
    ['{"a":"\ufffd"}', false],
    ['[1]', false],
    ['{', false],
    ['', false],
  ])('%s is flat: %s', (text, isFlat) => {
    expect(readFields(text) !== undefined).toBe(isFlat);
  });
});
