import { decodePacketColumns, encodePacketColumns, flagNames, type L7Record, seqAdd } from '@bpfnet/flow-model';
import { type Exchange, traffic, type Traffic, TWO_HOSTS } from '../../test/traffic-script';
import { type PacketTable, packetTable } from './packet-table';

const REQUEST: Exchange = { requestId: '00112233445566ff', atMs: 1000, serverMs: 12 };

function tableOf({ l7, l4, packets }: Traffic, requestId = REQUEST.requestId): PacketTable {
  const flows = [...new Set(packets.map(({ record }) => record.inner_traceid))].reverse();
  const ofFlow = <R extends { readonly inner_traceid: string }>(
    seen: ReadonlyArray<{ readonly record: R }>,
    flow: string
  ) => seen.map(({ record }) => record).filter((record) => record.inner_traceid === flow);
  return packetTable({
    requestId,
    flows: flows.map((flowId) => ({
      flowId,
      packets: ofFlow(packets, flowId),
      chunks: ofFlow(l4, flowId),
      exchanges: l7.filter(({ record }) => record.inner_traceid === flowId),
    })),
  });
}

function drawn({ rows }: PacketTable): string[] {
  return rows.map(
    ({ sender, flags, seqRel, ackRel, len, l7Label }) =>
      `${sender} ${flagNames(flags)} ${seqRel} ${ackRel} ${len}${l7Label && ` «${l7Label}»`}`
  );
}

describe('packets of a connection', () => {
  it('carry the request and the response, seen from either side', () => {
    const expected = [
      'client SYN 0 0 0',
      'server SYN ACK 0 1 0',
      'client ACK 1 1 0',
      'client PSH ACK 1 1 120 «GET /api/orders»',
      'server PSH ACK 1 121 400 «200»',
    ];
    expect(drawn(tableOf(traffic(REQUEST, [TWO_HOSTS[0]])))).toEqual(expected);
    expect(drawn(tableOf(traffic(REQUEST, [TWO_HOSTS[4]])))).toEqual(expected);
  });

  it('say of each NIC when its capture lost packets', () => {
    const { flows } = tableOf(traffic(REQUEST, [TWO_HOSTS[0], { ...TWO_HOSTS[4], captureDrops: 3 }]));
    expect(flows.map((flow) => ('captureGaps' in flow ? flow.captureGaps : []))).toEqual([
      [],
      [{ fromNs: '1767225600957700000', toNs: '1767225600972700000', packets: 3 }],
    ]);
  });

  it('mark the first transmission, not the repetition', () => {
    const { rows } = tableOf(traffic({ ...REQUEST, resendAfterMs: 4 }, [TWO_HOSTS[0]]));
    const requests = rows.filter(({ len, sender }) => len > 0 && sender === 'client');
    expect(requests.map(({ l7Kind, ana }) => [l7Kind, ana])).toEqual([
      ['request', 0],
      ['', 1],
    ]);
  });

  it('wrap around 2^32', () => {
    const table = tableOf(traffic({ ...REQUEST, clientIsn: 0xffffffff, serverIsn: 0xfffffffe }, [TWO_HOSTS[0]]));
    expect(drawn(table).slice(3)).toEqual([
      'client PSH ACK 1 1 120 «GET /api/orders»',
      'server PSH ACK 1 121 400 «200»',
    ]);
    expect(table.rows[3].seq).toBe(0);
  });

  it('have the same relative numbers in every chunk and flow', () => {
    const seen = traffic(REQUEST, TWO_HOSTS.slice(0, 2));
    // What a collector writes that began later: no handshake in the records, and numbers that count from what it saw first.
    const later = (withTrace: boolean): Traffic => {
      const packets = seen.packets.map((one, i) => {
        const decoded = decodePacketColumns(one.record);
        if (!decoded.ok) {
          throw new Error(decoded.problem);
        }
        const positions = {
          ...decoded.positions,
          txSeqPos: seqAdd(decoded.positions.txSeqPos, 1 + i),
          rxSeqPos: seqAdd(decoded.positions.rxSeqPos, 1),
        };
        return { ...one, record: { ...one.record, ...encodePacketColumns(decoded.columns, positions) } };
      });
      const strip = <R extends { nic_traceid?: string }>(record: R): R =>
        withTrace ? record : { ...record, nic_traceid: undefined };
      return {
        packets,
        l4: seen.l4.map((one) => ({ ...one, record: strip(one.record) })),
        l7: seen.l7.map((one) => ({ ...one, record: strip(one.record) })),
      };
    };
    const requests = (table: PacketTable) =>
      table.rows.filter(({ l7Kind }) => l7Kind === 'request').map(({ seqRel, ackRel }) => [seqRel, ackRel]);
    expect(requests(tableOf(later(true)))).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(requests(tableOf(later(false)))).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('of several NICs are in order of time, their flows in path order', () => {
    const table = tableOf(traffic(REQUEST, TWO_HOSTS));
    expect(table.flows.map(({ host, nicName }) => `${host} ${nicName}`)).toEqual([
      'node-a eth0',
      'node-a veth1',
      'node-a uplink',
      'node-b uplink',
      'node-b eth0',
    ]);
    const times = table.rows.map(({ tsNs }) => BigInt(tsNs));
    expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
    expect(table.rows).toHaveLength(25);
    expect(table.rows.filter(({ l7Kind }) => l7Kind === 'request')).toHaveLength(5);
    expect(table.flows[0]).toMatchObject({
      podName: 'web-1',
      clientKnown: true,
      near: { ip: '10.1.0.5', port: 40000, podName: 'web-1' },
      far: { ip: '10.96.0.80', port: 80 },
      packets: 5,
      captureDrops: 0,
    });
    expect(table.flows[4]).toMatchObject({ near: { ip: '10.1.0.5' }, far: { podName: 'api-1' } });
  });

  it('without a span are ordered by their handshakes', () => {
    const seen = traffic(REQUEST, TWO_HOSTS);
    const table = tableOf({ ...seen, l7: [] });
    expect(table.flows.map(({ host, nicName }) => `${host} ${nicName}`).join()).toBe(
      'node-a eth0,node-a veth1,node-a uplink,node-b uplink,node-b eth0'
    );
  });

  it('keep local and remote where the client is not known', () => {
    const seen = traffic(REQUEST, [TWO_HOSTS[0]]);
    const unknown = seen.l4.map((one) => ({
      ...one,
      record: { ...one.record, direction: 'unknown' as const, client_ip: undefined, server_ip: undefined },
    }));
    const table = tableOf({ ...seen, l7: [], l4: unknown });
    expect(table.rows.map(({ sender }) => sender)).toEqual(['local', 'remote', 'local', 'local', 'remote']);
    expect(table.flows[0].clientKnown).toBe(false);
  });

  it('that carry several requests name the one that was asked for', () => {
    const seen = traffic(REQUEST, [TWO_HOSTS[0]]);
    const [span] = seen.l7;
    const second: L7Record = {
      ...span.record,
      request_id: 'ffffffffffffffff',
      req_seq: (span.record.req_seq ?? 0) + 60,
      resp_seq: (span.record.resp_seq ?? 0) + 200,
      l7_resource: '/second',
    };
    const both = { ...seen, l7: [...seen.l7, { ...span, record: second }] };
    const labels = (requestId: string) =>
      tableOf(both, requestId)
        .rows.map(({ l7Label }) => l7Label)
        .filter((label) => label !== '');
    expect(labels('00112233445566ff')).toEqual(['GET /api/orders +1', '200 +1']);
    expect(labels('ffffffffffffffff')).toEqual(['GET /second +1', '200 +1']);
  });

  it('that are damaged are reported, not shown', () => {
    const seen = traffic(REQUEST, [TWO_HOSTS[0]]);
    const damaged = seen.packets.map((one) => ({ ...one, record: { ...one.record, seq: '!' } }));
    const table = tableOf({ ...seen, packets: damaged });
    expect(table.rows).toHaveLength(0);
    expect(table.notes[0]).toMatch(/chunk 1 on eth0 cannot be read/);
  });
});
