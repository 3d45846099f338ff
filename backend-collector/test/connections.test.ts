/** Flows, chunks and the TCP analysis, written as scripts and read from the records. */
import { Analysis } from '@bpfnet/flow-model/analysis';
import { Script } from './build/connection';
import { ascii, concat, ethernet, ipv4, udp } from './build/packet';
import { enhancedPacket, interfaceBlock, option, sectionHeader, type CapturedPacket } from './build/pcap';
import { columnsOf, replayFiles, replayPackets } from './build/replay';

const x = (n: number) => 'x'.repeat(n);

/** Analysis bits by packet, of all chunks. */
async function analysisOf(script: Script): Promise<number[]> {
  const { packets } = await replayPackets(script.packets);
  return packets.flatMap((record) => [...columnsOf(record).ana]);
}

describe('a whole connection', () => {
  const script = new Script({ stepMs: 10 })
    .handshake()
    .sends('client', x(100))
    .sends('server', x(200))
    .ack('client')
    .close();

  it('is one record with counters, costs and its end', async () => {
    const { l4 } = await replayPackets(script.packets);
    expect(l4).toHaveLength(1);
    expect(l4[0]).toMatchObject({
      src_ip: '10.0.0.1',
      src_port: 40000,
      dst_ip: '10.0.0.2',
      dst_port: 80,
      direction: 'unknown',
      client_ip: '10.0.0.1',
      server_port: 80,
      chunk_id: 1,
      tx_packets: 6,
      rx_packets: 3,
      tx_bytes: 100,
      rx_bytes: 200,
      tx_seq_min: 1000,
      tx_seq_max: 1102,
      rx_seq_min: 5000,
      rx_seq_max: 5202,
      tcp_3whs_cost: 20,
      tcp_4whs_cost: 20,
      tcp_rtt_min: 10,
      chunk_syn: true,
      chunk_fin: true,
      conn_state: 'closed',
      end_reason: 'closed',
      nic_traceid: '1000_5000',
      duration_ms: 80,
    });
    expect(l4[0]).not.toHaveProperty('tx_retrans');
  });

  it('has all of its packets in columns, relative to the initial sequence numbers', async () => {
    const { packets, l4 } = await replayPackets(script.packets);
    const c = columnsOf(packets[0]);
    expect(packets[0]).toMatchObject({
      inner_traceid: l4[0].inner_traceid,
      chunk_id: 1,
      tx_seq_pos: 1000,
      rx_seq_pos: 5000,
    });
    expect([...c.dir]).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0]);
    expect([...c.len]).toEqual([0, 0, 0, 100, 200, 0, 0, 0, 0]);
    expect([...c.seq]).toEqual([1000, 5000, 1001, 1001, 5001, 1101, 1101, 5201, 1102]);
    expect([...c.tNs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i * 10e6));
  });
});

describe('how a connection ends', () => {
  const end = async (script: Script) => {
    const { l4 } = await replayPackets(script.packets);
    return l4.map((r) => `${r.conn_state} ${r.end_reason ?? '-'}`);
  };
  it.each<readonly [string, Script, string]>([
    ['refused', new Script().syn('client').reset('server'), 'reset refused'],
    ['reset by the client', new Script().handshake().sends('client', 'a').reset('client'), 'reset reset_by_client'],
    ['reset by the server', new Script().handshake().sends('client', 'a').reset('server'), 'reset reset_by_server'],
    ['no answer', new Script().syn('client').wait(1000).repeats(1).wait(2000).repeats(1), 'syn_sent no_answer'],
    ['the capture ends', new Script().handshake().sends('client', 'a'), 'established capture_ended'],
    ['half closed', new Script().handshake().fin('client').ack('server'), 'half_closed capture_ended'],
    ['from the middle', new Script().sends('client', 'a').ack('server'), 'midstream capture_ended'],
    ['a SYN that was just sent', new Script().syn('client'), 'syn_sent capture_ended'],
  ])('%s', async (_name, script, expected) => {
    expect(await end(script)).toEqual([expected]);
  });

  it('keeps stragglers of a closed connection in its record', async () => {
    const script = new Script().handshake().close().wait(300).repeats(2);
    const { l4 } = await replayPackets(script.packets);
    expect(l4).toHaveLength(1);
    expect(l4[0].tx_packets + l4[0].rx_packets).toBe(7);
  });

  it('counts later packets of a closed connection as its next chunk, not as another connection', async () => {
    const script = new Script().handshake().close().wait(5000).repeats(2);
    const { l4 } = await replayPackets(script.packets);
    expect(l4.map((r) => [r.chunk_id, r.tx_packets + r.rx_packets, r.end_reason])).toEqual([
      [1, 6, 'closed'],
      [2, 1, 'closed'],
    ]);
    expect(l4[0].inner_traceid).toBe(l4[1].inner_traceid);
  });

  it('recognises a new connection on the same ports by its SYN', async () => {
    const first = new Script().handshake().sends('client', 'one').close();
    const second = new Script({ clientIsn: 99000, serverIsn: 77000 })
      .wait(200)
      .handshake()
      .sends('client', 'two!')
      .close();
    const { l4, report } = await replayPackets([...first.packets, ...second.packets]);
    expect(report.flows).toBe(2);
    expect(l4.map((r) => [r.tx_bytes, r.nic_traceid, r.end_reason])).toEqual([
      [3, '1000_5000', 'closed'],
      [4, '99000_77000', 'closed'],
    ]);
    expect(l4[0].inner_traceid).not.toBe(l4[1].inner_traceid);
    expect(l4[0].community_id).toBe(l4[1].community_id);
  });

  it('says that the port was used again where the first connection never closed', async () => {
    const first = new Script().handshake().sends('client', 'one');
    const second = new Script({ clientIsn: 99000 }).wait(200).handshake();
    const { l4 } = await replayPackets([...first.packets, ...second.packets]);
    expect(l4.map((r) => r.end_reason)).toEqual(['port_reused', 'capture_ended']);
  });
});

describe('the analysis', () => {
  it('marks a retransmission, and takes no round trip from it', async () => {
    const script = new Script({ stepMs: 1 }).handshake().sends('client', x(10)).wait(300).repeats(1).ack('server');
    const { l4, packets } = await replayPackets(script.packets);
    expect([...columnsOf(packets[0]).ana]).toEqual([0, 0, 0, 0, Analysis.Retransmission, 0]);
    expect(l4[0]).toMatchObject({ tx_retrans: 1, tcp_rtt_max: 1 });
    expect(l4[0]).not.toHaveProperty('rx_retrans');
  });

  it('marks a retransmission after duplicate ACKs as fast', async () => {
    const script = new Script({ stepMs: 1 }).handshake().sends('client', x(10)).ack('server').sends('client', x(10));
    script.sends('client', x(10)).ackShort('server', 20).ackShort('server', 20).ackShort('server', 20).repeats(5);
    expect((await analysisOf(script)).slice(-4)).toEqual([
      Analysis.DuplicateAck,
      Analysis.DuplicateAck,
      Analysis.DuplicateAck,
      Analysis.Retransmission | Analysis.FastRetransmission,
    ]);
    const { l4 } = await replayPackets(script.packets);
    expect(l4[0]).toMatchObject({ tx_retrans: 1, tx_fast_retrans: 1, rx_dup_ack: 3 });
  });

  it('marks what was sent again though it had been acknowledged as spurious', async () => {
    const script = new Script().handshake().sends('client', x(10)).ack('server').wait(300).repeats(2);
    expect((await analysisOf(script)).pop()).toBe(Analysis.Retransmission | Analysis.SpuriousRetransmission);
  });

  it('distinguishes reordering from retransmission by whether the bytes were seen', async () => {
    const script = new Script({ stepMs: 0.5 }).handshake().sends('client', x(10)).sends('client', x(10)).reversed(2);
    expect((await analysisOf(script)).slice(-2)).toEqual([Analysis.PreviousUnseen, Analysis.OutOfOrder]);
  });

  it('marks duplicate ACKs', async () => {
    const script = new Script().handshake().sends('client', 'abc').ack('server').wait(1).ack('server').ack('server');
    expect((await analysisOf(script)).slice(-3)).toEqual([0, Analysis.DuplicateAck, Analysis.DuplicateAck]);
  });

  it('marks what the capture missed', async () => {
    const script = new Script().handshake().sends('client', x(10), { lost: true }).ack('server').sends('client', x(5));
    expect((await analysisOf(script)).slice(-2)).toEqual([Analysis.AckedUnseen, Analysis.PreviousUnseen]);
    const { l4 } = await replayPackets(script.packets);
    expect(l4[0]).toMatchObject({ tx_unseen_segments: 1, tx_bytes: 5 });
  });

  it('takes a packet that was captured twice for no retransmission', async () => {
    const script = new Script().handshake().sends('client', x(10)).capturedAgain(1).ack('server').capturedAgain(1);
    const { l4, packets } = await replayPackets(script.packets);
    expect([...columnsOf(packets[0]).ana].slice(3)).toEqual([0, Analysis.CapturedTwice, 0, Analysis.CapturedTwice]);
    expect(l4[0]).toMatchObject({ tx_packets: 4, tx_bytes: 20 });
    expect(l4[0]).not.toHaveProperty('tx_retrans');
    expect(l4[0]).not.toHaveProperty('rx_dup_ack');
  });

  it('takes equal resets without IP identification for packets of their own: a closed socket answers each segment with one', async () => {
    const script = new Script({ stepMs: 0.1 }).handshake().sends('server', x(10)).sends('server', x(10));
    script.reset('client', { ipId: 0 }).reset('client', { ipId: 0 });
    const { l4 } = await replayPackets(script.packets);
    expect((await analysisOf(script)).slice(-2)).toEqual([0, 0]);
    expect(l4[0]).toMatchObject({ tx_rst: 2 });
  });

  it('counts the retransmissions of a SYN', async () => {
    const script = new Script().syn('client').wait(1000).repeats(1);
    const { l4 } = await replayPackets(script.packets);
    expect(l4[0]).toMatchObject({ tcp_syn_retrans: 1, tx_retrans: 1 });
  });

  it('survives sequence numbers that wrap', async () => {
    const script = new Script({ clientIsn: 0xfffffff8 }).handshake();
    for (let i = 0; i < 5; i++) {
      script.sends('client', x(7)).ack('server');
    }
    expect(new Set(await analysisOf(script))).toEqual(new Set([0]));
    const { l4 } = await replayPackets(script.packets);
    expect(l4[0]).toMatchObject({ tx_seq_min: 0xfffffff8, tx_seq_max: (0xfffffff9 + 35) % 2 ** 32, tx_bytes: 35 });
  });
});

describe('chunks', () => {
  it('end after 1 024 packets, and lose none', async () => {
    const script = new Script({ stepMs: 0.1 }).handshake();
    for (let i = 0; i < 2500; i++) {
      script.sends('client', 'abc');
    }
    const { l4, packets } = await replayPackets(script.packets);
    expect(l4.map((r) => r.tx_packets + r.rx_packets)).toEqual([1024, 1024, 455]);
    expect(packets.map((r) => r.packets)).toEqual([1024, 1024, 455]);
    expect(l4.map((r) => r.chunk_id)).toEqual([1, 2, 3]);
    expect(new Set(packets.flatMap((r) => [...columnsOf(r).ana]))).toEqual(new Set([0]));
  });

  it('end after 30 s of span and after 30 s of silence', async () => {
    const script = new Script({ stepMs: 1000 }).handshake();
    for (let i = 0; i < 40; i++) {
      script.sends('client', 'a');
    }
    script.wait(45_000).sends('client', 'b');
    const { l4 } = await replayPackets(script.packets);
    expect(l4.map((r) => [r.tx_packets + r.rx_packets, r.end_reason])).toEqual([
      [30, undefined],
      [13, undefined],
      [1, 'capture_ended'],
    ]);
  });
});

describe('the table', () => {
  const datagram = (i: number, tsNs: bigint): CapturedPacket => ({
    bytes: ethernet(ipv4(udp(ascii('q'), 20000 + i, 53), { src: '10.9.0.1', dst: '10.9.0.2', protocol: 17 })),
    tsNs,
  });

  it('throws out what was silent longest when it is full, writes it, and counts it', async () => {
    const packets = Array.from({ length: 10 }, (_, i) => datagram(i, 10n ** 18n + BigInt(i) * 1000n));
    const { l4, report } = await replayPackets(packets, { maxFlows: 4 });
    expect(l4.map((r) => r.end_reason)).toEqual([...Array(6).fill('evicted'), ...Array(4).fill('capture_ended')]);
    expect(l4.map((r) => r.src_port)).toEqual(packets.map((_, i) => 20000 + i));
    expect(report.drops).toEqual({ flow: { 'table full': 6 } });
  });

  it('ends a UDP flow after 30 s of silence; the next packet is another flow', async () => {
    const { l4 } = await replayPackets([
      datagram(1, 10n ** 18n),
      datagram(2, 10n ** 18n + 20n * 10n ** 9n),
      datagram(1, 10n ** 18n + 40n * 10n ** 9n),
    ]);
    expect(l4.map((r) => [r.src_port, r.conn_state, r.end_reason])).toEqual([
      [20001, 'stateless', 'timed_out'],
      [20002, 'stateless', 'capture_ended'],
      [20001, 'stateless', 'capture_ended'],
    ]);
    expect(l4[0]).toMatchObject({ client_port: 20001, server_port: 53, l4_proto: 'udp', tx_bytes: 1 });
    expect(l4[0]).not.toHaveProperty('tx_seq_min');
  });

  it('counts silence from the last packet, and keeps nobody a second longer for a busier one', async () => {
    const at = (seconds: number) => 10n ** 18n + BigInt(seconds * 1000) * 10n ** 6n;
    const { l4 } = await replayPackets([
      datagram(1, at(0)),
      datagram(2, at(0.5)),
      datagram(1, at(0.9)),
      datagram(3, at(30.6)),
      datagram(1, at(30.8)),
      datagram(3, at(31.6)),
      datagram(2, at(31.7)),
    ]);
    expect(l4.map((r) => [r.src_port, r.tx_packets, r.end_reason])).toEqual([
      [20001, 2, undefined],
      [20002, 1, 'timed_out'],
      [20001, 1, 'capture_ended'],
      [20003, 2, 'capture_ended'],
      [20002, 1, 'capture_ended'],
    ]);
  });
});

describe('NICs and directions', () => {
  const { packets } = new Script().handshake().sends('client', 'hello').sends('server', 'hi').close();
  /** The packets at a NIC, each with the direction that it has there for the client's or the server's host. */
  const at = (host: 'client' | 'server') =>
    packets.map(({ bytes, tsNs }) => {
      const fromClient = bytes[14 + 15] === 1;
      const outgoing = fromClient === (host === 'client');
      return enhancedPacket({
        interfaceId: 0,
        units: tsNs / 1000n,
        bytes,
        options: [option(2, Uint8Array.of(outgoing ? 2 : 1, 0, 0, 0))],
      });
    });
  const capture = (host: 'client' | 'server') =>
    concat(sectionHeader(), interfaceBlock(1, [option(2, ascii('eth0')), option(3, ascii('netns=web'))]), ...at(host));

  it('puts the own side into src at the client', async () => {
    const { l4 } = await replayFiles([capture('client')]);
    expect(l4[0]).toMatchObject({
      direction: 'outgoing',
      src_ip: '10.0.0.1',
      client_ip: '10.0.0.1',
      tx_bytes: 5,
      rx_bytes: 2,
    });
  });

  it('puts the own side into src at the server, and times the way from there', async () => {
    const { l4 } = await replayFiles([capture('server')]);
    expect(l4[0]).toMatchObject({
      direction: 'incoming',
      src_ip: '10.0.0.2',
      client_ip: '10.0.0.1',
      tx_bytes: 2,
      rx_bytes: 5,
    });
    expect(l4[0].nic_traceid).toBe('1000_5000');
  });

  it('says whose the namespace is', async () => {
    const { l4 } = await replayFiles([capture('client')], {
      owners: new Map([['web', { k8sNamespace: 'shop', podName: 'web-1', containerName: 'web' }]]),
    });
    expect(l4[0]).toMatchObject({
      nic_name: 'eth0',
      netns: 'web',
      k8s_namespace: 'shop',
      k8s_pod_name: 'web-1',
      k8s_container_name: 'web',
    });
  });

  it('keeps the same packets at two NICs apart, and gives both the same ids', async () => {
    const other = concat(sectionHeader(), interfaceBlock(1, [option(2, ascii('eth1'))]), ...at('client'));
    const { l4 } = await replayFiles([capture('client'), other]);
    expect(l4.map((r) => r.nic_name).sort()).toEqual(['eth0', 'eth1']);
    expect(l4[0].nic_traceid).toBe(l4[1].nic_traceid);
    expect(l4[0].inner_traceid).not.toBe(l4[1].inner_traceid);
    expect(l4.every((r) => r.tx_retrans === undefined)).toBe(true);
  });
});

describe('what a connection that fell silent says at last', () => {
  const quiet = () => new Script().handshake().sends('client', 'a').sends('server', 'b').ack('client');
  const later = (ms: number): CapturedPacket => ({
    bytes: ethernet(ipv4(udp(ascii('q'), 1, 53), { src: '10.9.0.1', dst: '10.9.0.2', protocol: 17 })),
    tsNs: 1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n,
  });
  const ofTcp = async (packets: readonly CapturedPacket[], maxFlows?: number) => {
    const replayed = await replayPackets(packets, { maxFlows });
    const l4 = replayed.l4.filter((r) => r.l4_proto === 'tcp');
    return { l4, chunksOf: replayed.packets.filter((r) => r.inner_traceid === l4[0].inner_traceid) };
  };

  it('is a chunk without packets where the capture ends', async () => {
    const { l4, chunksOf } = await ofTcp([...quiet().packets, later(40_000)]);
    expect(l4.map((r) => [r.chunk_id, r.tx_packets + r.rx_packets, r.conn_state, r.end_reason])).toEqual([
      [1, 6, 'established', undefined],
      [2, 0, 'established', 'capture_ended'],
    ]);
    expect(l4[1]).toMatchObject({ duration_ms: 0, tx_bytes: 0, rx_bytes: 0 });
    expect(l4[1].inner_traceid).toBe(l4[0].inner_traceid);
    expect(chunksOf).toHaveLength(1);
  });

  it('is that it timed out after ten minutes', async () => {
    const { l4 } = await ofTcp([...quiet().packets, later(40_000), later(700_000)]);
    expect(l4.map((r) => r.end_reason)).toEqual([undefined, 'timed_out']);
  });

  it('is that it was evicted', async () => {
    const { l4 } = await ofTcp(
      [...quiet().packets, later(40_000), later(40_001)].map((p, i) =>
        i === 7
          ? { ...p, bytes: ethernet(ipv4(udp(ascii('q'), 2, 53), { src: '10.9.0.3', dst: '10.9.0.2', protocol: 17 })) }
          : p
      ),
      2
    );
    expect(l4.map((r) => r.end_reason)).toEqual([undefined, 'evicted']);
  });

  it('is nothing more where it ended before', async () => {
    const { l4 } = await ofTcp([...quiet().close().packets, later(40_000)]);
    expect(l4.map((r) => r.end_reason)).toEqual(['closed']);
    const unanswered = await ofTcp([...new Script().syn('client').packets, later(40_000)]);
    expect(unanswered.l4.map((r) => r.end_reason)).toEqual(['no_answer']);
  });

  it('is taken back where an answer comes late', async () => {
    const script = new Script().syn('client').wait(35_000).repeats(1);
    script.synAck('server').ack('client').sends('client', 'a');
    const packets = [...script.packets.slice(0, 1), later(34_000), ...script.packets.slice(1)];
    const { l4 } = await ofTcp(packets);
    expect(l4.map((r) => [r.conn_state, r.end_reason])).toEqual([
      ['syn_sent', 'no_answer'],
      ['established', 'capture_ended'],
    ]);
  });
});

describe('unusual connections', () => {
  const only = async (script: Script) => {
    const { l4 } = await replayPackets(script.packets);
    expect(l4).toHaveLength(1);
    return l4[0];
  };

  it('half open: the SYN-ACK is never acknowledged', async () => {
    const record = await only(new Script().syn('client').synAck('server').wait(1000).repeats(1));
    expect(record).toMatchObject({ conn_state: 'syn_received', end_reason: 'capture_ended', tcp_syn_retrans: 1 });
    expect(record).not.toHaveProperty('tcp_3whs_cost');
  });

  it('half open: the client withdraws after the SYN-ACK', async () => {
    const record = await only(new Script().syn('client').synAck('server').reset('client'));
    expect(record).toMatchObject({ conn_state: 'reset', end_reason: 'reset_by_client' });
  });

  it('half closed: one side goes on after the other one ended', async () => {
    const script = new Script().handshake().fin('client').ack('server').sends('server', x(500)).ack('client');
    expect(await only(script)).toMatchObject({ conn_state: 'half_closed', rx_bytes: 500 });
    expect(await only(script.fin('server').ack('client'))).toMatchObject({
      conn_state: 'closed',
      end_reason: 'closed',
    });
  });

  it('opened by both at once (RFC 9293, figure 8): who came first is the client', async () => {
    const script = new Script({ stepMs: 10 }).syn('client').syn('server').synAckAgain('client').synAckAgain('server');
    expect(await only(script)).toMatchObject({
      conn_state: 'established',
      client_port: 40000,
      nic_traceid: '1000_5000',
      tcp_3whs_cost: 30,
    });
  });

  it('closed by both at once (RFC 9293, figure 13)', async () => {
    const script = new Script({ stepMs: 10 }).handshake().sends('client', 'a').ack('server');
    script.finsCross().ack('client').ack('server');
    expect(await only(script)).toMatchObject({ conn_state: 'closed', end_reason: 'closed', tcp_4whs_cost: 30 });
  });

  it('opened with data in the SYN (RFC 7413): the request is in it', async () => {
    const script = new Script({ stepMs: 10 }).synWith('client', 'GET /fast HTTP/1.1\r\nHost: a\r\n\r\n');
    script.synAck('server').sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok').ack('client');
    const { l4, l7 } = await replayPackets(script.packets);
    expect(l4[0]).toMatchObject({ conn_state: 'established', tx_bytes: 31, tx_seq_min: 1000, tx_seq_max: 1032 });
    expect(l7).toMatchObject([{ http_path: '/fast', http_status_code: 200, req_seq: 1001, latency_ms: 20 }]);
    expect(l4[0]).not.toHaveProperty('tx_retrans');
  });

  it('a port used again: even at once after the RST', async () => {
    const first = new Script().handshake().reset('client');
    const second = new Script({ clientIsn: 70000 }).wait(5).handshake().close();
    const { l4 } = await replayPackets([...first.packets, ...second.packets]);
    expect(l4.map((r) => [r.end_reason, r.conn_state])).toEqual([
      ['reset_by_client', 'reset'],
      ['closed', 'closed'],
    ]);
  });

  it('a closed window, its probes, and its opening', async () => {
    const script = new Script({ stepMs: 10 }).handshake().sends('client', x(100));
    script.ackWindow('server', 0).wait(200).probe('client').ackWindow('server', 0).wait(200).ackWindow('server', 5000);
    const ana = await analysisOf(script);
    expect(ana.slice(4)).toEqual([
      Analysis.ZeroWindow,
      Analysis.ZeroWindowProbe,
      Analysis.ZeroWindow,
      Analysis.WindowUpdate,
    ]);
    expect(await only(script)).toMatchObject({ rx_zero_window: 2 });
    expect(await only(script)).not.toHaveProperty('tx_retrans');
  });

  it('kept alive', async () => {
    const script = new Script({ stepMs: 10 }).handshake().sends('client', 'a').ack('server').wait(10_000);
    script.keepAlive('client').ack('server');
    expect((await analysisOf(script)).slice(-2)).toEqual([Analysis.KeepAlive, Analysis.KeepAliveAck]);
    expect(await only(script)).not.toHaveProperty('tx_retrans');
  });
});

describe('a bridge that rewrites addresses shows each direction as a flow of its own', () => {
  const request = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
  const script = new Script({ stepMs: 10 }).handshake().sends('client', request);
  script.sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok').ack('client').wait(5000).close();
  const of = (last: number) => script.packets.filter(({ bytes }) => bytes[14 + 15] === last);

  it('the client’s: established, one-sided, nothing unseen, and no claim that nobody answered', async () => {
    const { l4, l7 } = await replayPackets(of(1));
    expect(l4).toHaveLength(1);
    expect(l4[0]).toMatchObject({ one_sided: true, conn_state: 'half_closed', end_reason: 'capture_ended' });
    expect(l4[0]).toMatchObject({ client_port: 40000, nic_traceid: '1000_5000' });
    expect(l4[0]).not.toHaveProperty('tx_unseen_segments');
    expect(l4[0]).not.toHaveProperty('tx_retrans');
    expect(l7).toMatchObject([{ http_path: '/x', outcome: 'gap' }]);
  });

  it('the server’s: joined with it by the same id and shard', async () => {
    const both = await replayPackets(of(1));
    const { l4, report } = await replayPackets(of(2));
    expect(l4[0]).toMatchObject({ one_sided: true, client_port: 40000, nic_traceid: '1000_5000' });
    expect(l4[0]).not.toHaveProperty('tx_unseen_segments');
    expect(l4[0]).not.toHaveProperty('rx_unseen_segments');
    expect(report.drops).toEqual({ messages: { 'response without request': 1 } });
    const shards = [...both.lines].map((line) => line.flowShard);
    expect(new Set(shards).size).toBe(1);
  });

  it('a SYN alone stays unanswered, and a whole connection two-sided', async () => {
    const alone = await replayPackets(new Script().syn('client').wait(1500).repeats(1).packets);
    expect(alone.l4[0]).toMatchObject({ conn_state: 'syn_sent', end_reason: 'no_answer' });
    expect(alone.l4[0]).not.toHaveProperty('one_sided');
    const whole = await replayPackets(script.packets);
    expect(whole.l4[0]).not.toHaveProperty('one_sided');
    expect(whole.l7).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('round trips', () => {
  const rtt = async (script: Script) => {
    const { l4 } = await replayPackets(script.packets);
    return [l4[0].tcp_rtt_min, l4[0].tcp_rtt, l4[0].tcp_rtt_max];
  };

  it('are the samples of a chunk: least, mean, largest', async () => {
    const script = new Script({ stepMs: 10 }).handshake().sends('client', x(10)).wait(10).ack('server');
    script.sends('client', x(10)).wait(20).ack('server');
    expect(await rtt(script)).toEqual([10, 20, 30]);
  });

  it('are not taken from what was sent twice (Karn)', async () => {
    const script = new Script({ stepMs: 10 }).handshake().sends('client', x(10)).wait(200).repeats(1).ack('server');
    expect(await rtt(script)).toEqual([10, 10, 10]);
  });

  it('are, where the time stamps say which transmission was answered (RFC 7323)', async () => {
    const begin = () => new Script({ stepMs: 10, timestamps: true }).handshake().sends('client', x(10)).wait(200);
    expect(await rtt(begin().repeats(1, { stamped: true }).ack('server'))).toEqual([10, 10, 10]);
    expect(await rtt(begin().repeats(1, { stamped: true }).wait(40).ack('server'))).toEqual([10, 30, 50]);
    // The server saw the first transmission, and its answer came late: it echoes the older stamp.
    expect(await rtt(begin().repeats(1, { stamped: true }).ackEchoing('server', 2))).toEqual([10, 115, 220]);
  });
});
