/** DNS written as scripts and read from the exchanges; and every DNS message of the real captures. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { readMessage } from '../src/l7/dns/message';
import { readName } from '../src/l7/dns/name';
import { probeMessage } from '../src/l7/dns/probe';
import { typeName } from '../src/l7/dns/codes';
import { Probe } from '../src/l7/protocol';
import { Script } from './build/connection';
import { DatagramScript, together } from './build/datagrams';
import { address, ANSWER, dnsMessage, dnsName, dnsRecord, framed, soa, type MessageOptions } from './build/dns';
import { ascii, concat } from './build/packet';
import { replayFiles, replayPackets } from './build/replay';

const ask = (o: MessageOptions = {}) => dnsMessage(o);
const answer = (o: MessageOptions = {}) => dnsMessage({ flags: ANSWER, answers: [address(192, 0, 2, 7)], ...o });

const exchanges = async (script: { readonly packets: DatagramScript['packets'] }) =>
  (await replayPackets(script.packets)).l7;
const summaries = async (script: { readonly packets: DatagramScript['packets'] }) =>
  (await exchanges(script)).map((s) => `${s.l7_op} ${s.l7_resource ?? ''} ${s.l7_status ?? '-'} ${s.outcome}`);
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

describe('a question in a datagram', () => {
  it('has its answer, its times, bytes and packets', async () => {
    const question = ask({ name: 'Shop.EXAMPLE', type: 1 });
    const reply = answer({ name: 'Shop.EXAMPLE', answers: [address(192, 0, 2, 7), address(192, 0, 2, 8)] });
    const { l7, l4, report } = await replayPackets(new DatagramScript().asks(question).wait(9).answers(reply).packets);
    expect(l7).toHaveLength(1);
    expect(l7[0]).toMatchObject({
      inner_traceid: l4[0].inner_traceid,
      client_ip: '10.0.0.1',
      server_port: 53,
      l4_proto: 'udp',
      l7_proto: 'dns',
      l7_op: 'A',
      l7_resource: 'shop.example',
      l7_status: 'NOERROR',
      outcome: 'ok',
      latency_ms: 10,
      cost_req_sent: 0,
      cost_resp_wait: 10,
      cost_cnt_dl: 0,
      tx_packets: 1,
      rx_packets: 1,
      tx_bytes: question.length,
      rx_bytes: reply.length,
      dns_id: 0x1234,
      dns_flags: 'rd ra',
      dns_answers: 2,
      dns_addresses: '192.0.2.7,192.0.2.8',
    });
    expect(l7[0].request_id).toMatch(/^[0-9a-f]{16}$/);
    // Datagrams have no sequence numbers, so nothing may be derived from them.
    expect(Object.keys(l7[0]).filter((key) => /seq|l7_traceid|nic_traceid/.test(key))).toEqual([]);
    expect(l4[0].l7_proto).toBe('dns');
    expect(report.drops).toEqual({});
  });

  it('has the same request_id behind address translation', async () => {
    const before = new DatagramScript({ client: '10.0.0.1', clientPort: 40000 }).asks(ask()).answers(answer());
    const after = new DatagramScript({ client: '203.0.113.9', clientPort: 61234, server: '198.51.100.53' })
      .wait(0.1)
      .asks(ask())
      .answers(answer());
    const other = new DatagramScript({ clientPort: 40001 }).wait(0.2).asks(ask({ id: 77 }));
    const ids = (await replayPackets(together(before, after, other))).l7.map((s) => s.request_id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('that is sent again is a retransmission', async () => {
    const script = new DatagramScript().asks(ask()).wait(1000).asks(ask()).wait(1000).asks(ask()).answers(answer());
    const [exchange, ...others] = await exchanges(script);
    expect(others).toEqual([]);
    expect(exchange).toMatchObject({
      tx_retrans: 2,
      tx_packets: 3,
      rx_packets: 1,
      tx_bytes: 3 * ask().length,
      latency_ms: 2003,
      outcome: 'ok',
    });
  });

  it('whose answer comes twice has one', async () => {
    const script = new DatagramScript().asks(ask()).wait(1000).asks(ask()).answers(answer()).answers(answer());
    const { l7, report } = await replayPackets(script.packets);
    expect(l7).toHaveLength(1);
    expect(report.drops).toEqual({});
  });

  it('asked again with the same id after its answer is another', async () => {
    const script = new DatagramScript()
      .asks(ask())
      .answers(answer())
      .capturedAgain()
      .wait(100)
      .asks(ask())
      .answers(answer());
    const { l7, report } = await replayPackets(script.packets);
    expect(l7.map((s) => `${s.outcome} ${s.tx_packets} ${s.latency_ms}`)).toEqual(['ok 1 1', 'ok 1 1']);
    expect(report.drops).toEqual({});
  });

  it('may be asked by both sides of a flow', async () => {
    const both = new DatagramScript({ clientPort: 53 }).asks(ask({ id: 1 })).answers(ask({ id: 1, name: 'back.test' }));
    both.asks(answer({ id: 1, name: 'back.test' })).answers(answer({ id: 1 }));
    const l7 = await exchanges(both);
    expect(l7.map((s) => `${s.l7_resource} ${s.outcome} ${s.tx_bytes}`)).toEqual([
      `back.test ok ${answer({ name: 'back.test' }).length}`,
      `shop.example ok ${ask().length}`,
    ]);
  });

  it('that was captured twice was asked once', async () => {
    const [exchange] = await exchanges(new DatagramScript().asks(ask()).capturedAgain().answers(answer()));
    expect(exchange).toMatchObject({ tx_packets: 1, tx_bytes: ask().length });
    expect(exchange.tx_retrans).toBeUndefined();
  });

  it('is unanswered after five seconds, also while its flow goes on', async () => {
    const script = new DatagramScript().asks(ask({ id: 1 }));
    for (let id = 2; id < 9; id++) {
      script.wait(998).asks(ask({ id })).answers(answer({ id }));
    }
    script.wait(10_000).answers(answer({ id: 1 }));
    const { l7, lines, report } = await replayPackets(script.packets);
    const first = l7.find((s) => s.dns_id === 1);
    expect(first).toMatchObject({ outcome: 'unanswered', latency_ms: 5000, tx_packets: 1, rx_packets: 0 });
    expect(first?.l7_status).toBeUndefined();
    // Written in its time, before what was asked later.
    expect(l7.map((s) => s.dns_id)).toEqual([2, 3, 4, 5, 1, 6, 7, 8]);
    expect(lines).toHaveLength(l7.length + 2);
    expect(report.drops).toEqual({});
  });

  it('is unanswered when its flow ends before that', async () => {
    expect(await summaries(new DatagramScript().asks(ask()))).toEqual(['A shop.example - unanswered']);
  });

  it('asked with others in one flow has its own answer, whatever the order', async () => {
    const script = new DatagramScript()
      .asks(ask({ id: 1, name: 'a.test' }))
      .asks(ask({ id: 2, name: 'b.test', type: 28 }))
      .asks(ask({ id: 2, name: 'c.test' }))
      .answers(answer({ id: 2, name: 'c.test', flags: 0x8183, answers: [] }))
      .answers(answer({ id: 2, name: 'b.test', type: 28 }))
      .answers(answer({ id: 1, name: 'a.test' }));
    expect(
      (await exchanges(script)).map((s) => `${s.l7_resource} ${s.l7_status} ${s.tx_packets} ${s.latency_ms}`)
    ).toEqual(['c.test NXDOMAIN 1 1', 'b.test NOERROR 1 3', 'a.test NOERROR 1 5']);
  });

  it('is not answered by what answers another', async () => {
    const script = new DatagramScript().asks(ask({ id: 1 })).answers(answer({ id: 1, name: 'evil.test' }));
    const { l7, report } = await replayPackets(script.packets);
    expect(l7.map((s) => s.outcome)).toEqual(['unanswered']);
    expect(report.drops).toEqual({ messages: { 'response without request': 1 } });
  });

  it.each<readonly [string, MessageOptions, MessageOptions, string]>([
    ['a name that does not exist', {}, { flags: 0x8183, answers: [] }, 'A shop.example NXDOMAIN client_error'],
    ['a server that fails', {}, { flags: 0x8182, answers: [] }, 'A shop.example SERVFAIL server_error'],
    [
      'a refusal without the question',
      {},
      { flags: 0x8185, questions: 0, answers: [] },
      'A shop.example REFUSED client_error',
    ],
    ['the root', { name: '.', type: 2 }, { name: '.', type: 2 }, 'NS . NOERROR ok'],
    ['a type without a name', { type: 65534 }, { type: 65534 }, 'TYPE65534 shop.example NOERROR ok'],
    [
      'an update',
      { flags: 0x2800, type: 6 },
      { flags: 0xa800, type: 6, answers: [] },
      'UPDATE shop.example NOERROR ok',
    ],
    [
      'a notification',
      { flags: 0x2400, type: 6 },
      { flags: 0xa400, type: 6, answers: [] },
      'NOTIFY shop.example NOERROR ok',
    ],
    [
      'an extended code',
      { additional: [dnsRecord({ name: Uint8Array.of(0), type: 41, class: 1232, data: new Uint8Array(0) })] },
      {
        flags: 0x8180,
        answers: [],
        additional: [
          dnsRecord({ name: Uint8Array.of(0), type: 41, class: 1232, ttl: 0x01000000, data: new Uint8Array(0) }),
        ],
      },
      'A shop.example BADVERS client_error',
    ],
  ])('knows %s', async (_what, question, reply, expected) => {
    expect(await summaries(new DatagramScript().asks(ask(question)).answers(answer(reply)))).toEqual([expected]);
  });

  it('is known by its content on any port, and NetBIOS is not taken for it', async () => {
    const any = { serverPort: 30053 };
    expect(await summaries(new DatagramScript(any).asks(ask()).answers(answer()))).toEqual([
      'A shop.example NOERROR ok',
    ]);
    const name = dnsMessage({ name: 'CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', type: 33 });
    expect(await summaries(new DatagramScript({ clientPort: 137, serverPort: 137 }).asks(name))).toEqual([]);
  });

  it('survives an answer that the capture cut', async () => {
    const script = new DatagramScript().asks(ask()).answers(answer());
    const [exchange] = await exchanges(script.cutTo(14 + 20 + 8 + ask().length + 3));
    expect(exchange).toMatchObject({ l7_status: 'NOERROR', dns_answers: 1, rx_bytes: answer().length });
    expect(exchange.dns_addresses).toBeUndefined();
  });

  it('does not find DNS in other datagrams', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 0, maxLength: 200 }), { maxLength: 12 }),
        async (payloads) => {
          const script = new DatagramScript({ serverPort: 9000 });
          payloads.forEach((payload) => script.asks(payload));
          expect(await summaries(script)).toEqual([]);
        }
      ),
      { numRuns: 30 }
    );
  });

  it('survives anything on its own port', async () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(fc.nat(40), fc.nat(255)).map(([at, byte]) => {
        const message = answer().slice();
        message[at % message.length] = byte;
        return message;
      })
    );
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { maxLength: 12 }), async (payloads) => {
        const script = new DatagramScript();
        payloads.forEach((payload, i) => (i % 2 === 0 ? script.asks(payload) : script.answers(payload)));
        const { report } = await replayPackets(script.packets);
        expect(report.problem).toBeUndefined();
        expect(report.packets).toBe(payloads.length);
      }),
      { numRuns: 60 }
    );
  });
});

describe('multicast', () => {
  it('is asked without an answer being owed, and announced without being asked', async () => {
    const group = { client: '10.0.0.7', clientPort: 5353, server: '224.0.0.251', serverPort: 5353 };
    const script = new DatagramScript(group)
      .asks(ask({ id: 0, flags: 0, name: 'printer.local', class: 0x8001 }))
      .wait(3000)
      .asks(
        answer({
          id: 0,
          flags: 0x8400,
          questions: 0,
          answers: [
            dnsRecord({ name: dnsName('host.local'), type: 1, class: 0x8001, data: Uint8Array.of(10, 0, 0, 7) }),
          ],
        })
      );
    const l7 = await exchanges(script);
    expect(l7.map((s) => `${s.l7_proto} ${s.l7_op} ${s.l7_resource} ${s.l7_status ?? '-'} ${s.outcome}`)).toEqual([
      'mdns A printer.local - ok',
      'mdns ANNOUNCE host.local NOERROR ok',
    ]);
    expect(l7[0]).toMatchObject({
      client_ip: '10.0.0.7',
      dns_flags: 'qu',
      latency_ms: 0,
      tx_packets: 1,
      rx_packets: 0,
    });
    expect(l7[1]).toMatchObject({ client_ip: '10.0.0.7', dns_flags: 'aa', dns_addresses: '10.0.0.7', latency_ms: 0 });
  });

  it('LLMNR asks a group, and whom it concerns answers by itself', async () => {
    const question = new DatagramScript({ clientPort: 50000, server: '224.0.0.252', serverPort: 5355 });
    question
      .asks(ask({ name: 'pc7', flags: 0 }))
      .wait(100)
      .asks(ask({ name: 'pc7', flags: 0 }));
    const reply = new DatagramScript({ client: '10.0.0.9', clientPort: 5355, server: '10.0.0.1', serverPort: 50000 });
    reply.wait(150).asks(answer({ name: 'pc7', flags: 0x8000 }));
    const { l7 } = await replayPackets(together(question, reply));
    expect(l7.map((s) => `${s.l7_proto} ${s.l7_op} ${s.l7_resource} ${s.outcome} ${s.tx_retrans ?? 0}`).sort()).toEqual(
      ['llmnr A pc7 ok 1', 'llmnr ANNOUNCE pc7 ok 0']
    );
  });
});

describe('DNS over TCP', () => {
  const dialogue = (cutClient: readonly number[], cutServer: readonly number[]) => {
    const script = new Script({ serverPort: 53 }).handshake();
    const sends = (who: 'client' | 'server', bytes: Uint8Array, cuts: readonly number[]) => {
      let from = 0;
      for (const cut of [...new Set(cuts.map((c) => c % bytes.length))].sort((a, b) => a - b)) {
        if (cut > from) {
          script.sends(who, latin1(bytes.slice(from, cut)));
          from = cut;
        }
      }
      script.sends(who, latin1(bytes.slice(from)));
    };
    sends(
      'client',
      concat(framed(ask({ id: 1, name: 'a.test' })), framed(ask({ id: 2, name: 'b.test', type: 28 }))),
      cutClient
    );
    sends(
      'server',
      concat(
        framed(answer({ id: 2, name: 'b.test', type: 28, flags: 0x8183, answers: [] })),
        framed(answer({ id: 1, name: 'a.test' }))
      ),
      cutServer
    );
    sends('client', framed(ask({ id: 3, type: 249, class: 255 })), cutClient);
    sends('server', framed(answer({ id: 3, type: 249, class: 255, answers: [] })), cutServer);
    return script.close();
  };
  const whatever = async (script: Script) =>
    (await exchanges(script)).map(
      (s) =>
        `${s.l7_op} ${s.l7_resource} ${s.l7_status} ${s.outcome} ${s.request_id} ${s.req_seq} ${s.resp_seq} ${s.tx_bytes} ${s.rx_bytes}`
    );

  it('pairs pipelined questions with answers in any order', async () => {
    const l7 = await exchanges(dialogue([], []));
    expect(l7.map((s) => `${s.l7_proto} ${s.l7_op} ${s.l7_resource} ${s.l7_status} ${s.outcome}`)).toEqual([
      'dns AAAA b.test NXDOMAIN client_error',
      'dns A a.test NOERROR ok',
      'dns TKEY shop.example NOERROR ok',
    ]);
    expect(l7[1]).toMatchObject({ req_seq: 1001, tx_bytes: 2 + ask({ name: 'a.test' }).length, tx_packets: 1 });
    expect(l7[2]).toMatchObject({ dns_class: 'ANY' });
  });

  it('is the same however it is cut into segments', async () => {
    const whole = await whatever(dialogue([], []));
    const cuts = fc.array(fc.nat(300), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, cuts, async (client, server) => {
        expect(await whatever(dialogue(client, server))).toEqual(whole);
      }),
      { numRuns: 60 }
    );
  });

  it('counts the segments of a long question', async () => {
    const [tkey] = (await exchanges(dialogue([5, 10, 15], []))).filter((s) => s.l7_op === 'TKEY');
    expect(tkey).toMatchObject({ tx_packets: 4, cost_req_sent: 3 });
  });

  it('holds a zone transfer together until its last SOA', async () => {
    const part = (...answers: readonly Uint8Array[]) => latin1(framed(answer({ name: 'test', type: 252, answers })));
    const script = new Script({ serverPort: 53 })
      .handshake()
      .sends('client', latin1(framed(ask({ name: 'test', type: 252 }))));
    script
      .sends('server', part(soa(9)))
      .wait(5)
      .sends('server', part(address(1, 2, 3, 4), address(1, 2, 3, 5)));
    script.wait(5).sends('server', part(address(1, 2, 3, 6), soa(9)));
    const [exchange, ...others] = await exchanges(script);
    expect(others).toEqual([]);
    expect(exchange).toMatchObject({ l7_op: 'AXFR', outcome: 'ok', dns_answers: 5, rx_packets: 3, cost_cnt_dl: 12 });
  });

  it('goes on after a gap', async () => {
    const script = new Script({ serverPort: 53 })
      .handshake()
      .sends('client', latin1(framed(ask({ id: 1 }))))
      .sends('server', latin1(framed(answer({ id: 1 }))), { lost: true })
      .ack('client')
      .sends('client', latin1(framed(ask({ id: 2 }))))
      .sends('server', latin1(framed(answer({ id: 2 }))))
      .ack('client')
      .close();
    const l7 = await exchanges(script);
    expect(l7.map((s) => `${s.dns_id} ${s.outcome}`).sort()).toEqual(['1 gap', '2 ok']);
  });

  it('survives anything', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 60 })), { maxLength: 10 }),
        async (noise) => {
          const script = new Script({ serverPort: 53 }).handshake().sends('client', latin1(framed(ask())));
          noise.forEach(([fromClient, bytes]) => script.sends(fromClient ? 'client' : 'server', latin1(bytes)));
          const { l7, report } = await replayPackets(script.close().packets);
          expect(report.problem).toBeUndefined();
          expect(l7.length).toBeGreaterThan(0);
        }
      ),
      { numRuns: 60 }
    );
  });
});

describe('names', () => {
  const read = (bytes: Uint8Array, at: number) => readName(bytes, 0, at, bytes.length);
  const message = (...parts: readonly Uint8Array[]) => concat(new Uint8Array(12), ...parts);

  it('follow pointers backwards only', () => {
    const bytes = message(dnsName('a.test'), Uint8Array.of(3), ascii('www'), Uint8Array.of(0xc0, 12));
    expect(read(bytes, 20)).toEqual({ text: 'www.a.test', next: 26 });
    expect(read(message(Uint8Array.of(0xc0, 12)), 12)).toBeUndefined();
    expect(read(message(Uint8Array.of(1, 97, 0xc0, 12)), 12)).toBeUndefined();
    expect(read(message(Uint8Array.of(0xc0, 14, 0)), 12)).toBeUndefined();
    expect(read(message(Uint8Array.of(0, 0xc0, 4)), 13)).toBeUndefined();
  });

  it('are escaped as in master files', () => {
    expect(read(message(dnsName('A\u0001\u00ff \\B')), 12)?.text).toBe('a\\001\\255\\032\\\\b');
    expect(read(message(Uint8Array.of(3), ascii('a.b'), Uint8Array.of(0)), 12)?.text).toBe('a\\.b');
  });

  it('have bounds: 63 bytes a label, 255 in all', () => {
    const label = (n: number) => concat(Uint8Array.of(n), new Uint8Array(n).fill(97));
    expect(read(message(label(63), Uint8Array.of(0)), 12)?.text).toHaveLength(63);
    expect(read(message(label(64), Uint8Array.of(0)), 12)).toBeUndefined();
    expect(read(message(label(63), label(63), label(63), label(61), Uint8Array.of(0)), 12)?.text).toHaveLength(253);
    expect(read(message(label(63), label(63), label(63), label(62), Uint8Array.of(0)), 12)).toBeUndefined();
  });

  it('end whatever is sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(620), (bytes, at) => {
        const name = read(bytes, at);
        expect(name === undefined || name.text.length <= 4 * 255).toBe(true);
        expect(name === undefined || name.next <= bytes.length).toBe(true);
        readMessage(bytes, 0, bytes.length);
        probeMessage(bytes, 0, bytes.length);
      }),
      { numRuns: 3000 }
    );
  });

  it('are probed to the last byte', () => {
    const question = ask();
    expect(probeMessage(question, 0, question.length)).toBe(Probe.Request);
    expect(probeMessage(question, 0, question.length - 1)).toBe(Probe.NotOurs);
    const longer = concat(question, Uint8Array.of(0));
    expect(probeMessage(longer, 0, longer.length)).toBe(Probe.NotOurs);
    expect(probeMessage(answer(), 0, answer().length)).toBe(Probe.Response);
  });
});

const folder = resolve(__dirname, '../../../shared/captures');
const captures = ['wikipedia.pcap', 'dns-tkey.pcap', 'pcapng-multi-interface.pcapng'].filter((name) =>
  existsSync(join(folder, 'truth', `${name}.json`))
);

(captures.length === 0 ? describe.skip : describe)(`DNS of real captures at ${folder}`, () => {
  it.each(captures)('%s: every question with its answer', async (name) => {
    const truth = JSON.parse(readFileSync(join(folder, 'truth', `${name}.json`), 'utf8')) as {
      readonly dns?: ReadonlyArray<Readonly<Record<string, string | undefined>>>;
    };
    const messages = truth.dns ?? [];
    const isAnswer = (m: (typeof messages)[number]) => m['dns.flags.response'] === '1';
    const key = (m: (typeof messages)[number]) => `${m['dns.id']} ${m['dns.qry.name']} ${m['dns.qry.type']}`;
    const rcodes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN'];
    const expected = messages
      .filter((m) => !isAnswer(m))
      .map((m) => {
        const reply = messages.find((other) => isAnswer(other) && key(other) === key(m));
        const type = typeName(Number(m['dns.qry.type']));
        return `${Number(m['dns.id'])} ${type} ${m['dns.qry.name']} ${reply === undefined ? '-' : rcodes[Number(reply['dns.flags.rcode'])]}`;
      });
    const { l7, report } = await replayFiles([readFileSync(join(folder, name))]);
    const ours = l7
      .filter((s) => s.l7_proto === 'dns')
      .map((s) => `${s.dns_id} ${s.l7_op} ${s.l7_resource} ${s.l7_status ?? '-'}`);
    expect(ours.sort()).toEqual(expected.sort());
    expect(report.drops.messages).toBeUndefined();
  });

  (captures.includes('wikipedia.pcap') ? it : it.skip)(
    'wikipedia.pcap: mDNS and LLMNR, which the reference keeps apart',
    async () => {
      const { l7 } = await replayFiles([readFileSync(join(folder, 'wikipedia.pcap'))]);
      // Frames 1; 2 and 3 (IPv6 and IPv4); 114; 120 to 123 and 129 to 134: each LLMNR question is sent twice.
      expect(
        l7
          .filter((s) => s.l7_proto === 'mdns' || s.l7_proto === 'llmnr')
          .map((s) => `${s.client_ip} ${s.l7_proto} ${s.l7_op} ${s.l7_resource} ${s.tx_retrans ?? 0}`)
          .sort()
      ).toEqual(
        [
          '141.142.220.202 mdns SRV gemini._sftp-ssh._tcp.local 0',
          'fe80::217:f2ff:fed7:cf65 mdns ANNOUNCE gemini._sftp-ssh._tcp.local 0',
          '141.142.220.50 mdns ANNOUNCE gemini._sftp-ssh._tcp.local 0',
          '141.142.220.44 mdns TXT gomez._sftp-ssh._tcp.local 0',
          'fe80::3074:17d5:2052:c324 llmnr A brwc0cb383d1f42 1',
          '141.142.220.226 llmnr A brwc0cb383d1f42 1',
          'fe80::3074:17d5:2052:c324 llmnr A brwc0cb383d1f42 1',
          '141.142.220.226 llmnr A brwc0cb383d1f42 1',
        ].sort()
      );
    }
  );
});
