/**
 * Queries whose answers a real Loki has given. `RUN` stands for the label that keeps a run's data apart. Times are
 * seconds after the data's zero. Without `step` a case is a log query or, with `at`, an instant query.
 */
export interface RangeCase {
  readonly query: string;
  readonly start?: number;
  readonly end?: number;
  readonly step?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly categorize?: boolean;
}

export interface InstantCase {
  readonly query: string;
  readonly at: number;
}

const l7 = '{RUN, source="l7"}';
const odd = '{RUN, source="odd"}';

export const logCases: readonly RangeCase[] = [
  { query: '{RUN, source="l7", host="a", flow_shard="3"}', parameters: { limit: '5' } },
  { query: '{RUN, source="l7", host="a", flow_shard="3"}', parameters: { limit: '5', direction: 'forward' } },
  { query: '{RUN, source="l7", host="b"}', start: 302.5, end: 332.5, parameters: { direction: 'forward' } },
  { query: '{RUN, source=~"l.", host!="a"} |= "b-0012"' },
  { query: '{RUN, source!~"l7|odd|meta|dup|counter"}' },
  { query: '{RUN, host=~"a|b", missing=""} |= "b-0012"' },
  { query: `${l7} |= "-0007" or "-0009"` },
  { query: `${l7} |= "a-" != "http" != "7"` },
  { query: `${l7} |~ "a-00(01|02)\\""` },
  { query: `${l7} !~ "00[0-3][0-9]"` },
  { query: `${l7} != "dns" or "http"` },
  { query: '{RUN, source="l7", host="b"} | json | latency_ms > 500' },
  { query: `${l7} | json | request_id="a-0012"` },
  { query: `${l7} | json | l7_proto="dns" and http_status_code >= 500` },
  { query: `${l7} | json | l7_proto="dns", http_status_code = 503` },
  { query: `${l7} | json | trace_id="t8" or latency_ms < 2 and host="a"` },
  { query: `${l7} | json | (trace_id="t8" or latency_ms < 2) and l7_proto="dns"` },
  { query: `${l7} | json | http_path=~"/api/.*" | latency_ms < 10 | flow_shard="3"` },
  { query: `${l7} | json | trace_id!="" | http_path!~"/|/login"` },
  { query: `${l7} | json | nothing=""`, parameters: { limit: '2' } },
  { query: `${l7} | json | nothing>1` },
  { query: `${l7} | json | http_path > 1 | latency_ms < 2` },
  {
    query: `${l7} | json id="request_id", chunk="pkt_chunk_range[1]", no="x.y" | chunk="3"`,
    parameters: { limit: '3' },
  },
  { query: odd },
  { query: `${odd} | json` },
  { query: `${odd} | json | __error__=""` },
  { query: `${odd} | json | __error__!=""` },
  { query: `${odd} | json | drop __error__, __error_details__` },
  { query: `${odd} | json deep="o.k.deep", dash="o[\\"a-b\\"]", second="list[1]", whole="o", host="host"` },
  { query: `${odd} | json | took > 100ms` },
  { query: `${odd} | json | size > 1KB | __error__=""` },
  { query: `${odd} | json | n > 1` },
  { query: `${odd} | json | host_extracted="inner"` },
  { query: `${odd} | json | keep a, n` },
  { query: `${odd} | json | drop source, n="1.50"` },
  { query: `${odd} | json | label_format renamed=a, both="{{.a}}/{{.host}}" | renamed!=""` },
  { query: `${odd} | json | line_format "<{{.n}}>" |= "7"` },
  { query: `${odd} |= "" | json`, categorize: true },
  { query: '{RUN, source="fmt"} | logfmt' },
  { query: '{RUN, source="fmt"} | logfmt --strict | __error__=""' },
  { query: '{RUN, source="fmt"} | logfmt --keep-empty | flag=""' },
  { query: '{RUN, source="fmt"} | logfmt | took >= 20ms | size > 1MB' },
  { query: '{RUN, source="fmt"} | logfmt | n > 3' },
  { query: '{RUN, source="meta"}' },
  { query: '{RUN, source="meta"}', categorize: true },
  { query: '{RUN, source="meta"} | json', categorize: true },
  { query: '{RUN, source="meta"} | trace="t2"' },
  { query: '{RUN, source="meta"} | json | trace_extracted="from line"' },
  { query: '{RUN, source="dup"}', parameters: { direction: 'forward' } },
  { query: `{RUN, source="l7", host="a"}`, parameters: { interval: '60s', direction: 'forward' } },
  { query: `({RUN, source="l7"} |= "b-0001")` },
  { query: `{RUN, source="nothing"}` },
  { query: '{RUN, source="l7"} |= "b-0001" # a comment' },
];

export const rangeCases: readonly RangeCase[] = [
  { query: `count_over_time(${l7}[1m])`, step: 60 },
  { query: `count_over_time(${l7}[1m])`, step: 15, start: 320, end: 400 },
  { query: `rate(${l7} |= "http" [2m])`, step: 120 },
  { query: `sum by (host) (rate(${l7}[1m]))`, step: 60 },
  { query: `sum without (flow_shard, run) (count_over_time(${l7}[1m]))`, step: 60 },
  { query: `sum(bytes_over_time(${l7}[1m]))`, step: 60 },
  { query: `sum by (source) (bytes_rate({RUN}[5m]))`, step: 60 },
  { query: `sum by (http_path) (count_over_time(${l7} | json [5m]))`, step: 60 },
  { query: `sum by (http_path, missing) (count_over_time(${l7} | json | http_status_code="503" [5m]))`, step: 60 },
  { query: `quantile_over_time(0.95, ${l7} | json | unwrap latency_ms [5m]) by (host)`, step: 30 },
  { query: `quantile_over_time(0.5, ${l7} | json | unwrap latency_ms [1m]) by (l7_proto, flow_shard)`, step: 30 },
  {
    query: `sum by (host) (sum_over_time(${l7} | json | unwrap tx_retrans [5m])) / sum by (host) (sum_over_time(${l7} | json | unwrap tx_packets [5m]))`,
    step: 60,
  },
  { query: `avg_over_time(${l7} | json | latency_ms < 500 | unwrap latency_ms [2m]) by (host)`, step: 60 },
  { query: `max_over_time(${l7} | json | unwrap latency_ms [2m]) without (run, request_id)`, step: 600 },
  { query: `min_over_time(${l7} | json | unwrap latency_ms [2m]) by ()`, step: 60 },
  { query: `stddev_over_time(${l7} | json | unwrap latency_ms [5m]) by (host)`, step: 60 },
  { query: `stdvar_over_time(${l7} | json | unwrap latency_ms [5m]) by (host)`, step: 60 },
  { query: `first_over_time(${l7} | json | unwrap latency_ms [5m]) by (host)`, step: 60 },
  { query: `last_over_time(${l7} | json | unwrap latency_ms [5m]) by (flow_shard)`, step: 60 },
  { query: `absent_over_time({RUN, source="l7", host="a"}[30s])`, step: 60, start: 0, end: 1200 },
  { query: `absent_over_time({RUN, source="l7", host=~"z.*"}[30s])`, step: 60 },
  { query: `rate(${l7} | json | unwrap tx_packets [1m])`, step: 60, start: 360, end: 420 },
  { query: `rate_counter({RUN, source="counter"} | json | unwrap count [2m]) by (host)`, step: 20 },
  { query: `topk(2, sum by (http_path) (sum_over_time(${l7} | json | unwrap latency_ms [2m])))`, step: 120 },
  { query: `count(sum by (http_path) (count_over_time(${l7} | json [2m])))`, step: 120 },
  { query: `avg by (host) (count_over_time(${l7}[1m]))`, step: 60 },
  { query: `max(count_over_time(${l7}[1m])) - min(count_over_time(${l7}[1m]))`, step: 60 },
  { query: `stddev(sum by (http_path) (count_over_time(${l7} | json [5m])))`, step: 60 },
  { query: `count_over_time(${l7}[1m]) > 3`, step: 60 },
  { query: `count_over_time(${l7}[1m]) > bool 3`, step: 60 },
  { query: `3 < count_over_time(${l7}[1m])`, step: 60 },
  { query: `sum(count_over_time(${l7}[1m])) * 2 + 1 ^ 2 - 4 / 2 % 3`, step: 60 },
  { query: `sum(count_over_time(${l7}[1m])) or vector(0)`, step: 60, start: 0, end: 1200 },
  {
    query: `sum by (host) (count_over_time(${l7}[1m])) and sum by (host) (count_over_time({RUN, host="b"}[1m]))`,
    step: 60,
  },
  {
    query: `sum by (host) (count_over_time(${l7}[1m])) unless sum by (host) (count_over_time({RUN, source="fmt"}[1m]))`,
    step: 60,
  },
  {
    query: `sum by (host, flow_shard) (count_over_time(${l7}[1m])) / on (host) group_left () sum by (host) (count_over_time(${l7}[1m]))`,
    step: 60,
  },
  {
    query: `sum by (host, flow_shard) (count_over_time(${l7}[1m])) / ignoring (flow_shard) group_left () sum by (host) (count_over_time(${l7}[1m]))`,
    step: 60,
  },
  { query: `count_over_time(${l7}[1m] offset 2m)`, step: 60 },
  { query: `sum(sum_over_time(${l7} | json | unwrap tx_packets [1m] offset 2m))`, step: 60 },
  { query: `label_replace(sum by (host) (count_over_time(${l7}[1m])), "node", "n-$1", "host", "(.*)")`, step: 300 },
  { query: `sum(rate(${odd} | json [1m]))`, step: 60 },
  { query: `rate(${odd} | json [1m])`, step: 60 },
  { query: `count_over_time(${odd} | json | __error__="" | keep host [1m])`, step: 60 },
  { query: `sum_over_time(${odd} | json | unwrap n | __error__="" [1m])`, step: 60 },
  { query: `sum_over_time(${odd} | json | unwrap n [1m])`, step: 60 },
  { query: `sum(sum_over_time(${odd} | json | unwrap n | __error__="" [1m]))`, step: 60 },
  { query: `sum by (__error__) (count_over_time(${odd} | json [1m]))`, step: 60 },
  { query: `max_over_time(${odd} | json | unwrap duration(took) [1m]) by (host)`, step: 60 },
  { query: `max_over_time({RUN, source="fmt"} | logfmt | unwrap duration(took) [1m]) by (host)`, step: 60 },
  { query: `max_over_time({RUN, source="fmt"} | logfmt | unwrap bytes(size) [1m]) by (host)`, step: 60 },
  { query: `sum by (level) (count_over_time({RUN, source="fmt"} | logfmt [1m]))`, step: 60 },
  { query: `sum by (host_extracted) (count_over_time(${odd} | json | __error__="" [1m]))`, step: 60 },
  { query: `sum by (trace) (count_over_time({RUN, source="meta"}[1m]))`, step: 60 },
  { query: `vector(3)`, step: 60 },
  { query: `2 * 3`, step: 300 },
  { query: `sum(count_over_time({RUN, source="nothing"}[1m]))`, step: 60 },
  { query: `sum(count_over_time((${l7} |= "dns")[1m]))`, step: 60 },
];

export const instantCases: readonly InstantCase[] = [
  { query: `sum by (host) (count_over_time(${l7}[10m]))`, at: 900 },
  { query: `topk(1, sum by (http_status_code) (sum_over_time(${l7} | json | unwrap tx_packets [10m])))`, at: 900 },
  { query: `bottomk(1, sum by (http_path, host) (sum_over_time(${l7} | json | unwrap latency_ms [10m])))`, at: 901 },
  { query: `sort_desc(sum by (host, flow_shard) (sum_over_time(${l7} | json | unwrap latency_ms [10m])))`, at: 905 },
  { query: `sort(sum by (host, flow_shard) (sum_over_time(${l7} | json | unwrap latency_ms [10m])))`, at: 905 },
  { query: `quantile_over_time(0.95, ${l7} | json | unwrap latency_ms [10m]) by (host) > 100`, at: 900 },
  { query: `vector(1) + vector(1)`, at: 900 },
  { query: `count_over_time(${l7}[10m]) / 0`, at: 900 },
  { query: `absent_over_time({RUN, source="nothing", host="q"}[1m])`, at: 900 },
  { query: `sum(count_over_time({RUN, source="nothing"}[1m]))`, at: 900 },
];

const text = '{RUN, source="text"}';
const packed = '{RUN, source="packed"}';
const line = (template: string): RangeCase => ({
  query: `{RUN, source="fmt"} | logfmt | line_format ${JSON.stringify(template)}`,
  parameters: { direction: 'forward' },
});

/** Parsers of text, filters by pattern and address, packing, colours, templates. */
export const textCases: readonly RangeCase[] = [
  { query: `${text} | pattern "<addr> - <user> [<method> <path>] <status> \\"<agent>\\""` },
  { query: `${text} | pattern "<_> [<method> <_>] <status> <_>" | status >= 500` },
  { query: `${text} | pattern "<host> - <user> <rest>"` },
  { query: `${text} | pattern "host=<host> took <took>" | took > 10ms` },
  { query: `${text} | regexp "(?P<method>GET|POST) (?P<path>[^\\\\] ?]+)(?P<query>[?][a-z=0-9]+)?"` },
  { query: `${text} | regexp "^(?P<host>[^ ]+) - ([^ ]+)"` },
  { query: `${text} |> "<_> - <_> [GET <_>"` },
  { query: `${text} !> "<_> - <_> [<_>] <_>"` },
  { query: `${text} |> "<_>curl<_>" or "host=<_>"` },
  { query: `${text} |> "<_> [POST /login] 503 <_>"` },
  { query: `${text} |= ip("10.0.0.0/16")` },
  { query: `${text} |= ip("10.0.0.0-10.0.1.255")` },
  { query: `${text} != ip("192.168.4.20")` },
  { query: `${text} |= ip("2001:db8::/32")` },
  { query: `${text} |= ip("fe80::1")` },
  { query: `${text} | pattern "<addr> - <_>" | addr = ip("10.0.0.0/8")` },
  { query: `${text} | pattern "<addr> - <_>" | addr != ip("10.0.0.7")` },
  { query: `${text} | decolorize` },
  { query: `${packed} | unpack` },
  { query: `${packed} | unpack | logfmt | level="info"` },
  { query: `${packed} | unpack | pod="web-3" |= "second"` },
  { query: '{RUN, source="fmt"} | logfmt msg, time="took", level="level"' },
  { query: '{RUN, source="fmt"} | logfmt other="host", host="n"' },
  { query: '{RUN, source="fmt"} | logfmt | label_format a="{{.n}}", b="{{.a}}-{{.level}}", c=msg' },
  { query: `${odd} | json | label_format up="{{ ToUpper .a }}{{ with .n }} n={{ . }}{{ end }}" | up!=""` },
  line('{{.level}} {{ __line__ }}'),
  line('{{ .level | upper | printf "%-7s|%5s|" }}{{ printf "%q %v %d" .msg .n 7 }}'),
  line('{{ if eq .level "info" }}I{{ else if hasPrefix "w" .level }}W{{ else }}other{{ end }}'),
  line('{{- /* a comment */ -}} {{ if and .n (not .flag) }}{{ .n }}{{ else }}-{{ end }} '),
  line('{{ $n := int .n }}{{ add $n 1 }} {{ mul $n 2 3 }} {{ div 7 2 }} {{ mod 7 3 }} {{ sub 1 5 }} {{ max 1 $n }}'),
  line(
    '{{ addf 0.1 0.2 }} {{ divf 1 8 }} {{ round 2.345 2 }} {{ ceil 1.2 }} {{ floor -1.2 }} {{ float64 "2.50" }} {{ mulf 1000 1000 }}'
  ),
  line(
    '{{ trunc 2 .level }} {{ trunc -2 .level }} {{ substr 1 3 .level }} {{ alignLeft 7 .level }}|{{ alignRight 7 .level }}|{{ alignLeft 2 .level }}'
  ),
  line(
    '{{ .msg | replace "a" "o" | title }} {{ Replace .msg "e" "E" 1 }} {{ trimPrefix "a " .msg }} {{ trimSuffix "one" .msg }} {{ TrimLeft .msg "ab" }}'
  ),
  line(
    '{{ regexReplaceAll "([a-z])([a-z])" .level "$2${1}" }} {{ regexReplaceAllLiteral "[aeiou]" .level "$1" }} {{ count "o" .msg }}'
  ),
  line(
    '{{ .took | default "none" }} {{ urlencode .msg }} {{ urldecode "a%20b+c" }} {{ b64enc .level }} {{ b64dec "aGk=" }}'
  ),
  line('{{ if .took }}{{ duration .took }} {{ bytes .size }}{{ end }}'),
  line('{{ duration .msg }}'),
  line('{{ range $i, $x := (fromJson `[1,"two",{"k":true}]`) }}{{ $i }}={{ $x }};{{ end }}'),
  line('{{ with (fromJson `{"a":{"b":[1,2.5]}}`) }}{{ .a.b }} {{ index .a.b 1 }} {{ len .a.b }}{{ end }}'),
  line(
    '{{ len .level }} {{ contains "a" .level }} {{ lt 1 2 }} {{ ge "b" "a" }} {{ or .flag "x" }} {{ print 1 2 "a" "b" 3 }} {{ index "abc" 1 }}'
  ),
  line('{{ repeat 3 "ab" }}{{ indent 2 "x" }}{{ nindent 1 "y" }} {{ trimAll "o" "oxo" }} {{ trim "  z " }}'),
];

export const textRangeCases: readonly RangeCase[] = [
  { query: `sum by (method) (count_over_time(${text} | pattern "<_> [<method> <_>" [5m]))`, step: 60 },
  { query: `sum by (status) (rate(${text} |  regexp "[]] (?P<status>[0-9]+)" | status!="" [5m]))`, step: 60 },
  { query: `count_over_time(${text} |> "<_>GET<_>" [5m])`, step: 60 },
  { query: `sum(bytes_over_time(${text} | decolorize [5m]))`, step: 60 },
  { query: `sum(bytes_over_time(${packed} | unpack | __error__="" [5m]))`, step: 60 },
  { query: `sum by (pod) (count_over_time(${packed} | unpack | __error__="" [5m]))`, step: 60 },
  { query: `sum by (level) (bytes_over_time({RUN, source="fmt"} | logfmt | line_format "{{.n}}" [5m]))`, step: 60 },
  // What dashboards ask: named fields, filters on them and the value among them.
  {
    query: `sum by (proto) (rate(${l7} | json proto="l7_proto", ms="latency_ms" | ms >= 5 | proto=~"http|dns" [5m]))`,
    step: 60,
  },
  {
    query: `quantile_over_time(0.9, ${l7} | json ms="latency_ms", s="http_status_code" | ms >= 2 | s!="503" | unwrap ms | __error__="" [5m]) by ()`,
    step: 60,
  },
  { query: `count_over_time(${l7} | json proto="l7_proto" [5m])`, step: 60 },
  { query: `max_over_time(${l7} | json ms="latency_ms" | unwrap ms [5m])`, step: 60 },
  { query: `sum(count_over_time(${l7} | json none="nothing", p="l7_proto" | none="" | p!="dns" [5m]))`, step: 60 },
  { query: `sum(count_over_time(${l7} | json none="nothing" | none > 3 | __error__="" [5m]))`, step: 60 },
  {
    query: `avg_over_time(${l7} | json | latency_ms < 20 and tx_packets > 3 | unwrap latency_ms [5m]) by (l7_proto)`,
    step: 45,
  },
  { query: `min_over_time(${l7} | json | l7_proto="http" | unwrap tx_packets [7m]) by (host)`, step: 50 },
  {
    query: `sum by (host) (sum_over_time(${l7} | json tx_packets="tx_packets" | unwrap tx_packets | __error__="" [5m])) or 0 * sum by (host) (rate(${l7}[5m]))`,
    step: 60,
  },
  { query: `sum(rate(${l7}[2m] offset -1m))`, step: 60 },
  { query: `-1 * sum(rate(${l7}[2m]))`, step: 120 },
];

/** Loki's answer is a refusal; its status and the start of its text are compared. */
export const refusedCases: readonly RangeCase[] = [
  { query: '{RUN' },
  { query: '{RUN} | foo bar' },
  { query: '{RUN} | pattern "no capture"' },
  { query: '{RUN} | pattern "<a><b>"' },
  { query: '{RUN} | pattern "<a> <a>"' },
  { query: '{RUN} | regexp "(no names)"' },
  { query: '{RUN} |> "<named>"' },
  { query: '{RUN} | label_format a="x", a="y"' },
  { query: '{RUN} | line_format "{{ .a"' },
  { query: '{RUN} | line_format "{{ nothing .a }}"' },
  { query: '{RUN} | label_format a="{{ if .b }}x"' },
  { query: '{RUN} |= "\\d"' },
  { query: '{RUN} |= 5' },
  { query: '{RUN} |~ "("' },
  { query: '{RUN, a=~"("}' },
  { query: '{}' },
  { query: '{a=~".*"}' },
  { query: '{a=""}' },
  { query: 'sum(rate({RUN}[5m])', step: 60 },
  { query: 'rate({RUN})', step: 60 },
  { query: 'sum_over_time({RUN}[1m])', step: 60 },
  { query: 'count_over_time({RUN} | json | unwrap a [1m])', step: 60 },
  { query: 'rate({RUN}[1m]) by (host)', step: 60 },
  { query: 'quantile_over_time({RUN} | json | unwrap a [1m])', step: 60 },
  { query: 'topk(sum(rate({RUN}[1m])))', step: 60 },
  { query: 'sum(3, rate({RUN}[1m]))', step: 60 },
  { query: 'topk(0, rate({RUN}[1m]))', step: 60 },
  { query: 'rate({RUN}[1m]) and 5', step: 60 },
  { query: 'rate({RUN}[1m]) == {RUN}', step: 60 },
  { query: '{RUN} | json', parameters: { limit: '5001' } },
  { query: '{RUN}', parameters: { limit: '0' } },
  { query: '{RUN}', parameters: { direction: 'sideways' } },
  { query: '{RUN}', parameters: { start: 'yesterday' } },
  { query: '{RUN}', parameters: { start: '5', end: '1' } },
  { query: 'rate({RUN}[1m])', parameters: { step: '0' } },
  { query: 'rate({RUN}[1m])', parameters: { start: '1', end: '20000', step: '1' } },
  { query: `count_over_time(${l7}[1m]) / on (source) count_over_time(${l7}[1m])`, step: 60 },
  {
    query: `sum by (host) (count_over_time(${l7}[1m])) + on () sum by (flow_shard) (count_over_time(${l7}[1m]))`,
    step: 60,
  },
];
