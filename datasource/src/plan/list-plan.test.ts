import { DataError } from '../data-error';
import { type L4Filters, type L7Filters } from '../query/filters';
import { planL4List, planL7List } from './list-plan';
import { logql, type LogqlParts } from './logql';
import { previewOf } from './preview';

const asTyped = (text: string) => text;

function l7(filters: L7Filters): string {
  return textOf(() => planL7List({ refId: 'A', queryType: 'l7List', filters }, asTyped));
}

function l4(filters: L4Filters): string {
  return textOf(() => planL4List({ refId: 'A', queryType: 'l4List', filters }, asTyped));
}

function textOf(plan: () => { readonly parts: LogqlParts }): string {
  try {
    return logql(plan().parts);
  } catch (error) {
    return error instanceof DataError ? JSON.stringify(error.problem) : String(error);
  }
}

/** Without the escapes of LogQL's strings, to be read. */
function readable(query: string): string {
  return query.replace(/\\u005b/g, '[').replace(/\\(["\\])/g, '$1');
}

describe('a list of requests', () => {
  it.each<[L7Filters, string]>([
    [{}, ''],
    [{ nic: 'eth0' }, ' |= ""nic_name":"eth0""'],
    [{ pod: ['web', 'api'] }, ' |~ ""(?:k8s_pod_name|src_k8s_pod_name|dst_k8s_pod_name)":"(?:web|api)""'],
    [{ address: '10.0.0.1' }, ' |~ ""(?:src_ip|dst_ip)":"(?:10\\.0\\.0\\.1)""'],
    [{ port: ['80', '443'] }, ' |~ ""(?:src_port|dst_port)":"?(?:80|443)[",}]"'],
    [{ outcome: 'reset', status: '500' }, ' |= ""l7_status":"500"" |= ""outcome":"reset""'],
    [{ resource: '/a"b' }, String.raw` |~ ""l7_resource":"(?:[^"\\]|\\.)*(?:/a\\"b)"`],
    [{ resourceRegex: '^/v[12]/' }, ' | json l7_resource="l7_resource" | l7_resource =~ "(?s).*(?:^/v[12]/).*"'],
    [{ minLatencyMs: '100', text: 'x.y' }, ' |~ "(?i)(?:x\\.y)" | json latency_ms="latency_ms" | latency_ms >= 100'],
    [{ minLatencyMs: 0 }, ''],
    [{ requestId: 'abc' }, ' |= ""request_id":"abc""'],
    [{ innerTraceId: 'abc', flowShard: '' }, ' |= ""inner_traceid":"abc""'],
    [{ flowShard: '3' }, ''],
  ])('%j', (filters, rest) => {
    expect(readable(l7(filters))).toBe(`{source="bpf_net_l7_log"}${rest}`);
  });

  it('names hosts in the selector', () => {
    expect(l7({ host: ['a', 'b'] })).toBe('{source="bpf_net_l7_log", host=~"a|b"}');
  });

  it('of one request reads its shard, and nothing where none is chosen', () => {
    expect(readable(l7({ requestId: 'abc', flowShard: '3' }))).toBe(
      '{source="bpf_net_l7_log", flow_shard="3"} |= ""request_id":"abc""'
    );
    expect(l7({ requestId: '$request_id' })).toBe('{"kind":"no-id"}');
  });

  it('refuses what is no number, and says what to give', () => {
    expect(l7({ minLatencyMs: 'fast' })).toBe(
      '{"kind":"bad-filter","filter":"minimum latency","value":"fast","wanted":"a number such as 100"}'
    );
    expect(l7({ port: '99999' })).toMatch(/"filter":"port"/);
  });

  it('takes sane limits only', () => {
    const limit = (given: number) => planL7List({ refId: 'A', queryType: 'l7List', limit: given }, asTyped).limit;
    expect([50, 0, -1, 1.5, 1e9].map(limit)).toEqual([50, 200, 200, 200, 5000]);
  });
});

describe('a list of connections', () => {
  it('at one NIC has its chunks, from the shard that a link knows', () => {
    expect(readable(l4({ innerTraceId: 'abc', flowShard: 3 }))).toBe(
      '{source="bpf_net_l4_log", flow_shard="3"} |= ""inner_traceid":"abc""'
    );
    expect(l4({ innerTraceId: '' })).toBe('{"kind":"no-id"}');
  });

  it('finds retransmissions by line filter, and more of them by parser', () => {
    expect(readable(l4({ minRetransmissions: 1 }))).toBe(
      '{source="bpf_net_l4_log"} |~ ""(?:tx_retrans|rx_retrans)":[1-9]"'
    );
    expect(readable(l4({ minRetransmissions: 5, endReason: 'no_answer' }))).toBe(
      '{source="bpf_net_l4_log"} |~ ""(?:tx_retrans|rx_retrans)":[1-9]" |= ""end_reason":"no_answer"" | json tx_retrans="tx_retrans", rx_retrans="rx_retrans" | tx_retrans >= 2.5 or rx_retrans >= 2.5'
    );
  });
});

describe('a look-up by id', () => {
  const preview = (ids: object) => readable(previewOf({ refId: 'A', queryType: 'packets', ...ids }, asTyped, 16).text);

  it('reads one shard where the id implies it', () => {
    expect(preview({ nicTraceId: '1000_9000' })).toBe(
      '{source="bpf_net_l4_log", flow_shard="8"} |= ""nic_traceid":"1000_"'
    );
    expect(preview({ requestId: 'abc', flowShard: 7 })).toBe(
      '{source="bpf_net_l7_log", flow_shard="7"} |= ""request_id":"abc""'
    );
  });

  it('reads all shards by line filter where it does not', () => {
    expect(preview({ requestId: 'abc' })).toBe('{source="bpf_net_l7_log"} |= ""request_id":"abc""');
    expect(preview({ l7TraceId: '1001_0' })).toBe('{source="bpf_net_l7_log"} |= ""1001_"');
    expect(preview({ innerTraceId: 'abc' })).toBe('{source="bpf_net_l4_log"} |= ""inner_traceid":"abc""');
  });

  it('says so where there is no id', () => {
    expect(preview({})).toMatch(/^No request or connection is selected/);
    expect(preview({ searchTerm: 'a slow "one"' })).toMatch(/^"a slow "one"" cannot be looked up/);
  });
});
