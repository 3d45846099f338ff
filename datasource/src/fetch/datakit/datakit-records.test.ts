/** Lines as DataKit's bpf-netlog writes them, in the forms that its documentation and its versions have. */
import { decodePacketColumns } from '@bpfnet/flow-model';
import { type LookUp, type ResolvedLookUp } from '../../query/look-up';
import { lineStore } from '../../test/line-store';
import { ChunkCache } from '../chunk-cache';
import { ConnectionReader } from '../connection-reader';
import { type LogEntry } from '../../loki/loki-client';
import { datakitChunk, datakitPackets, datakitExchange } from './datakit-records';

const T0 = 1_767_225_600_000_000_000n;

/** The client's eth0 saw a request of 120 bytes, sent twice, and its response of 400. */
const SERIES = {
  chunk_id: 1,
  mac_map: { 'aa:bb:cc:dd:ee:01': '1', 'aa:bb:cc:dd:ee:02': '2' },
  tx_seq_pos: 4_294_967_200,
  rx_seq_pos: 8999,
  time_pos: Number(T0),
  tcp_series_col_name: ['txrx', 'src_mac', 'dst_mac', 'flags', 'seq', 'ack_seq', 'payload_size', 'win', 'ts'],
  tcp_series: [
    ['tx', '1', '2', 'SYN', 1, 0, 0, 64240, 0],
    ['rx', '2', '1', 'SYN|ACK', 1, 2, 0, 65535, 500_000],
    ['tx', '1', '2', 'ACK', 2, 2, 0, 502, 600_000],
    ['tx', '1', '2', 'PSH|ACK', 2, 2, 120, 502, 1_000_000],
    ['tx', '1', '2', 'PSH|ACK', 2, 2, 120, 502, 201_000_000],
    ['rx', '2', '1', 'PSH|ACK', 2, 122, 400, 509, 213_000_000],
  ],
  tx_packets: 4,
  rx_packets: 2,
  tx_bytes: 240,
  rx_bytes: 400,
};

/** Fields as tags and fields of a point: all texts but numbers. */
const CONNECTION = {
  host: 'node-a',
  nic_name: 'eth0',
  nic_mac: 'aa:bb:cc:dd:ee:01',
  netns: 'NS(4:4026531992)',
  src_ip: '10.1.0.5',
  src_port: '40000',
  dst_ip: '10.96.0.80',
  dst_port: '80',
  l4_proto: 'tcp',
  virtual_nic: 'true',
  host_network: 'false',
  vni_id: '',
  inner_traceid: '0123456789abcdef0123456789abcdef',
  direction: 'outgoing',
  k8s_pod_name: 'web-1',
};

const L4 = {
  ...CONNECTION,
  chunk_id: 1,
  chunk_syn: true,
  tx_retrans: 1,
  tx_seq_min: 4_294_967_201,
  tcp_rtt: 0.5,
  message: JSON.stringify({ l4_proto: 'tcp', tcp: SERIES }),
};

const L7 = {
  ...CONNECTION,
  l7_proto: 'http',
  l7_traceid: '4294967202_9001',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  http_method: 'GET',
  http_path: '/api/orders',
  http_status_code: '503',
  req_seq: '4294967202',
  resp_seq: '9001',
  // DataKit swaps them.
  cost_req_sent: 3,
  cost_resp_wait: 212,
  cost_cnt_dl: 1,
  message: JSON.stringify({ l7_proto: 'http', http: { direction: 'outgoing', pkt_chunk_range: [1, 1] } }),
};

function entry(source: string, fields: object, labels: Record<string, string> = {}): LogEntry {
  return { tsNs: T0, line: JSON.stringify(fields), labels: { source, ...labels } };
}

describe('a chunk', () => {
  it('is a record, with numbers and booleans that were texts', () => {
    expect(datakitChunk(entry('bpf_net_l4_log', L4))).toMatchObject({
      host: 'node-a',
      src_port: 40000,
      client_ip: '10.1.0.5',
      server_port: 80,
      virtual_nic: true,
      host_network: false,
      tx_packets: 4,
      chunk_syn: true,
      duration_ms: 213,
      tcp_rtt: 0.5,
    });
  });

  it('has retransmissions on the side that DataKit mixes up', () => {
    expect(datakitChunk(entry('bpf_net_l4_log', L4))).toMatchObject({ rx_retrans: 1 });
    const newer = datakitChunk(entry('bpf_net_l4_log', { ...L4, rx_retrans: 0 }));
    expect(newer).toMatchObject({ tx_retrans: 1, rx_retrans: 0 });
  });

  it('holds its packets by names of columns, numbers absolute again', () => {
    const line = JSON.stringify(L4);
    const chunk = datakitChunk(entry('bpf_net_l4_log', L4));
    const packets = datakitPackets(chunk!, line);
    const decoded = decodePacketColumns(packets!);
    expect(decoded.ok).toBe(true);
    if (!decoded.ok) {
      return;
    }
    const { columns, positions } = decoded;
    expect([...columns.dir]).toEqual([0, 1, 0, 0, 0, 1]);
    // 4 294 967 200 + 1 … 2, and beyond 2^32 nothing here; the SYN-ACK acknowledges the byte after the SYN.
    expect([...columns.seq]).toEqual([4294967201, 9000, 4294967202, 4294967202, 4294967202, 9001]);
    expect([...columns.ack]).toEqual([0, 4294967202, 9001, 9001, 9001, (4294967200 + 122) % 2 ** 32]);
    expect([...columns.flags]).toEqual([0x02, 0x12, 0x10, 0x18, 0x18, 0x18]);
    expect([...columns.len]).toEqual([0, 0, 0, 120, 120, 400]);
    expect([...columns.ana]).toEqual([0, 0, 0, 0, 1, 0]);
    expect(Number(positions.timePosNs - T0)).toBeLessThan(1000);
    expect([...columns.tNs]).toEqual([0, 500_000, 600_000, 1_000_000, 201_000_000, 213_000_000]);
  });

  it.each([
    ['its message is the line', { ...CONNECTION, tcp: SERIES }],
    ['its columns are in another order', { ...L4, message: { tcp: reordered(SERIES) } }],
    ['its columns lie in the line itself', { ...CONNECTION, ...SERIES }],
  ])('is read the same where %s', (_, fields) => {
    const line = JSON.stringify(fields);
    const chunk = datakitChunk({ tsNs: T0, line, labels: {} });
    const packets = datakitPackets(chunk!, line);
    const expected = datakitPackets(datakitChunk(entry('bpf_net_l4_log', L4))!, JSON.stringify(L4));
    expect(packets).toEqual(expected);
  });

  it('has what its line lacks from the labels beside it', () => {
    const { inner_traceid, host, ...rest } = L4;
    expect(datakitChunk(entry('bpf_net_l4_log', rest, { inner_traceid, host }))).toMatchObject({ inner_traceid, host });
  });

  it('is none where it names no connection, or is no JSON', () => {
    expect(datakitChunk({ tsNs: T0, line: 'plain text', labels: {} })).toBeUndefined();
    expect(datakitChunk(entry('bpf_net_l4_log', { message: 'x' }))).toBeUndefined();
  });
});

describe('a request', () => {
  it('is a record whose id is its sequence numbers', () => {
    expect(datakitExchange(entry('bpf_net_l7_log', L7))).toMatchObject({
      request_id: '4294967202_9001',
      l7_traceid: '4294967202_9001',
      req_seq: 4294967202,
      resp_seq: 9001,
      l7_op: 'GET',
      l7_resource: '/api/orders',
      l7_status: '503',
      outcome: 'server_error',
      cost_req_sent: 1,
      cost_cnt_dl: 3,
      latency_ms: 216,
      pkt_chunk_range: [1, 1],
    });
  });

  it('is unanswered where it has no second number', () => {
    const unanswered = { ...L7, l7_traceid: '4294967202_0', http_status_code: 0 };
    expect(datakitExchange(entry('bpf_net_l7_log', unanswered))).toMatchObject({ outcome: 'unanswered' });
  });

  it('may spell its id another way', () => {
    const { l7_traceid: l7_trace_id, ...rest } = L7;
    expect(datakitExchange(entry('bpf_net_l7_log', { ...rest, l7_trace_id }))).toMatchObject({
      l7_traceid: l7_trace_id,
    });
  });
});

describe('a look-up over such records', () => {
  const store = lineStore([entry('bpf_net_l4_log', L4), entry('bpf_net_l7_log', L7)]);
  const read = async (resolved: ResolvedLookUp) => {
    const reader = new ConnectionReader(store, new ChunkCache());
    const result = await reader.read(resolved, {
      window: { fromNs: T0 - 1_000_000_000n, toNs: T0 + 60_000_000_000n },
      shardCount: 16,
      want: { chunks: true, packets: true },
      nics: 'all',
      signal: new AbortController().signal,
    });
    if (!result.ok) {
      throw new Error(result.problem.kind);
    }
    return result.value;
  };
  const none = { innerTraceId: '', flowShard: undefined };

  it.each<[string, LookUp]>([
    ['its numbers', { by: 'l7Trace', id: '4294967202_9001' }],
    ['its trace', { by: 'trace', id: '4bf92f3577b34da6a3ce929d0e0e4736' }],
    ['an address', { by: 'endpoint', id: '10.96.0.80:80', address: '10.96.0.80', port: 80 }],
    ['its connection', { by: 'inner', id: CONNECTION.inner_traceid }],
  ])('finds request, chunk and packets by %s', async (_, lookUp) => {
    const { exchanges: spans, chunks, packets } = await read({ ...none, lookUp });
    expect([spans.length, chunks.length, packets.length]).toEqual([1, 1, 1]);
    expect(packets[0].record.packets).toBe(6);
  });
});

function reordered(series: typeof SERIES) {
  const order = [8, 0, 3, 7, 4, 6, 5, 2, 1];
  return {
    ...series,
    tcp_series_col_name: order.map((i) => series.tcp_series_col_name[i]),
    tcp_series: series.tcp_series.map((row) => order.map((i) => row[i])),
  };
}
