/**
 * The lines that the conformity cases query, the same on every store. Times are seconds after a zero that is a full
 * hour, so that answers do not depend on when the suite runs.
 */
interface TestStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: ReadonlyArray<{
    readonly seconds: number;
    readonly line: string;
    readonly metadata?: Readonly<Record<string, string>>;
  }>;
}

const PATHS = ['/', '/api/orders', '/api/orders/7', '/login'];

function span(host: string, at: number, extraMs: number): string {
  return JSON.stringify({
    v: 1,
    host,
    l7_proto: at % 3 === 0 ? 'dns' : 'http',
    request_id: `${host}-${String(at).padStart(4, '0')}`,
    latency_ms: extraMs + (at % 10 === 9 ? 512.5 : 1.25 * (at + 1)),
    tx_packets: 3 + (at % 4),
    tx_retrans: at % 5 === 0 ? 1 : 0,
    http_path: PATHS[at % PATHS.length],
    http_status_code: at % 7 === 6 ? 503 : 200,
    virtual_nic: at % 2 === 0,
    pkt_chunk_range: [1, 1 + (at % 3)],
    ...(at % 4 === 0 ? { trace_id: `t${at}` } : {}),
  });
}

function spans(host: string, shard: string, offset: number): TestStream {
  return {
    labels: { source: 'l7', host, flow_shard: shard },
    entries: Array.from({ length: 40 }, (_, at) => ({
      seconds: 300 + offset + at * 15,
      line: span(host, at, offset / 8),
    })),
  };
}

export const TEST_STREAMS: readonly TestStream[] = [
  spans('a', '3', 0),
  spans('a', '4', 5),
  spans('b', '3', 2.5),
  {
    labels: { source: 'odd', host: 'a' },
    entries: [
      { seconds: 301, line: '{"n":1.50,"e":1e3,"z":-0,"big":123456789012345678901234567890}' },
      { seconds: 302, line: '{"o":{"k":{"deep":true},"a-b":"dash"},"list":[1,2],"nil":null,"empty":""}' },
      { seconds: 303, line: 'plain text, no JSON' },
      { seconds: 304, line: '{"host":"inner","a":"first","a":"second","3d":"digit"}' },
      { seconds: 305, line: '{"cut":"here","next":' },
      { seconds: 306, line: '{"esc":"tab\\tquote\\"uni\\u00e9","path":"C:\\\\dir"}' },
      { seconds: 307, line: '[1,2,3]' },
      { seconds: 308, line: '' },
      { seconds: 309, line: '{"took":"250ms","size":"1.5KiB","n":"nan?"}' },
      { seconds: 310, line: ' { "spaced" : "yes" , "n" : 7 } ' },
    ],
  },
  {
    labels: { source: 'fmt', host: 'b' },
    entries: [
      { seconds: 301, line: 'level=info msg="a quoted one" took=1.5s size=10MB n=4' },
      { seconds: 302, line: 'level=warn msg=bare flag n=8 empty=' },
      { seconds: 303, line: 'level=error n=x host=other' },
      { seconds: 304, line: 'level=info took=20ms size=5kB n=2' },
    ],
  },
  {
    labels: { source: 'text', host: 'c' },
    entries: [
      { seconds: 301, line: '10.0.0.7 - alice [GET /api/orders?id=1] 200 "curl/8"' },
      { seconds: 302, line: '192.168.4.20 - - [POST /login] 503 ""' },
      { seconds: 303, line: 'fe80::1 - bob [GET /] 200 "a b"' },
      { seconds: 304, line: '\u001b[31merror\u001b[0m from 10.0.1.255, then 2001:db8::ff' },
      { seconds: 305, line: 'host=other took 12ms' },
    ],
  },
  {
    labels: { source: 'packed', host: 'c' },
    entries: [
      { seconds: 301, line: '{"_entry":"level=info msg=\\"in a pod\\"","pod":"web-1","host":"inner","n":5}' },
      { seconds: 302, line: '{"pod":"web-2","level":"warn"}' },
      { seconds: 303, line: 'no json' },
      { seconds: 304, line: '{"_entry":"second","pod":"web-3"}' },
    ],
  },
  {
    labels: { source: 'meta', host: 'c' },
    entries: [
      { seconds: 301, line: 'one', metadata: { trace: 't1', host: 'shadow' } },
      { seconds: 302, line: '{"trace":"from line"}', metadata: { trace: 't2' } },
      { seconds: 303, line: 'three' },
    ],
  },
  {
    labels: { source: 'dup', host: 'd' },
    entries: [
      { seconds: 310, line: 'late first' },
      { seconds: 301, line: 'same time, line 1' },
      { seconds: 301, line: 'same time, line 2' },
      { seconds: 301, line: 'same time, line 1' },
    ],
  },
  {
    labels: { source: 'counter', host: 'a' },
    entries: [1, 5, 9, 2, 6, 11].map((count, at) => ({ seconds: 300 + at * 20, line: `{"count":${count}}` })),
  },
];
