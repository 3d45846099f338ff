import { decodeLine } from '../src/line-codec';
import { type L4Record } from '../src/records';

const l4: L4Record = {
  v: 1,
  host: 'node-a',
  nic_name: 'eth0',
  src_ip: '10.1.1.4',
  src_port: 41230,
  dst_ip: '10.2.1.7',
  dst_port: 8080,
  direction: 'outgoing',
  l4_proto: 'tcp',
  inner_traceid: '0'.repeat(32),
  community_id: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
  chunk_id: 1,
  duration_ms: 3.5,
  tx_packets: 3,
  tx_bytes: 100,
  rx_packets: 2,
  rx_bytes: 2000,
  conn_state: 'closed',
};

describe('lines', () => {
  it('come back as the records they were', () => {
    expect(decodeLine('bpf_net_l4_log', JSON.stringify(l4))).toEqual({
      ok: true,
      value: { source: 'bpf_net_l4_log', record: l4 },
    });
  });

  it('keep fields that a newer writer added', () => {
    const decoded = decodeLine('bpf_net_l4_log', JSON.stringify({ ...l4, later_field: 1 }));
    expect(decoded.ok && decoded.value.record.later_field).toBe(1);
  });

  it.each([
    ['cut off', '{"v":1,', 'not-json', /JSON/],
    ['not an object', '7', 'not-a-record', /^record: /],
    ['of another kind', JSON.stringify({ ...l4, chunk_id: undefined }), 'not-a-record', /^chunk_id: /],
    ['with a port that is none', JSON.stringify({ ...l4, src_port: 70_000 }), 'not-a-record', /^src_port: /],
  ])('say what is wrong when they are %s', (_, line, kind, message) => {
    const decoded = decodeLine('bpf_net_l4_log', line);
    expect(decoded).toMatchObject({ ok: false, problem: { kind, message: expect.stringMatching(message) } });
  });
});
