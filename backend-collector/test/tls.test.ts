/** TLS handshakes as Node's own client and server make them, and alerts as scripts of records. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import fc from 'fast-check';
import { type L7Record } from '@bpfnet/flow-model/records';
import { countingEvents } from './build/counting-events';
import { temporaryFolder } from './build/command';
import { Script } from './build/connection';
import { ascii } from './build/packet';
import { binary, RecordedStreams, replaySent, type Sent } from './build/recorded-streams';
import { replayPackets } from './build/replay';
import { Probe, type ParserEvents } from '../src/l7/protocol';
import { tls as tlsProtocol } from '../src/l7/tls/parser';
import { probeTls } from '../src/l7/tls/probe';

interface Identity {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A certificate for the tests, made on the spot: none lies in the repository. */
function makeIdentity(): Identity | undefined {
  const folder = temporaryFolder();
  try {
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'].concat([
        '-subj',
        '/CN=private.example',
        '-keyout',
        key,
        '-out',
        cert,
      ]),
      { stdio: 'ignore' }
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    console.log('openssl makes no certificate here: handshakes between real peers are left out.');
    return undefined;
  } finally {
    folder.remove();
  }
}

const identity = makeIdentity();
const describeReal = identity === undefined ? describe.skip : describe;

async function record(client: tls.ConnectionOptions, server: tls.TlsOptions): Promise<readonly Sent[]> {
  const streams = new RecordedStreams();
  const listener = tls.createServer({ ...identity, ...server }, (socket) => {
    socket.on('error', () => undefined);
    socket.end('the answer');
  });
  listener.on('tlsClientError', () => undefined);
  listener.emit('connection', streams.server);
  const socket = tls.connect({ socket: streams.client, rejectUnauthorized: false, ...client });
  socket.on('secureConnect', () => socket.write('a question'));
  await new Promise((done) => socket.once('data', done).once('error', done));
  socket.destroy();
  listener.close();
  return streams.sent;
}

const summaries = (exchanges: readonly L7Record[]) =>
  exchanges.map((s) => `${s.l7_proto} ${s.l7_op} ${s.l7_resource ?? '-'} ${s.l7_status ?? '-'} ${s.outcome}`);

describeReal('a handshake', () => {
  const both = { servername: 'shop.example', ALPNProtocols: ['h2', 'http/1.1'] };

  it('of 1.3: the name asked for, what was offered, version and cipher', async () => {
    const sent = await record({ ...both, minVersion: 'TLSv1.3' }, { ALPNProtocols: ['h2'] });
    const { l7, l4, lines } = await replayPackets(
      replaySent(new Script({ serverPort: 8443 }).handshake(), sent).close().packets
    );
    expect(summaries(l7)).toEqual(['tls handshake shop.example ok ok']);
    expect(l7[0]).toMatchObject({
      tls_sni: 'shop.example',
      tls_alpn_offered: 'h2,http/1.1',
      tls_version: '1.3',
      tls_cipher: 'TLS_AES_256_GCM_SHA384',
      req_seq: 1001,
      resp_seq: 5001,
      inner_traceid: l4[0].inner_traceid,
    });
    expect(l7[0].tls_alpn).toBeUndefined();
    expect(l4.map((record) => record.l7_proto)).toEqual(['tls']);
    expect(lines.map((line) => line.line).join('\n')).not.toContain('private.example');
  });

  it('of 1.2: the application protocol agreed on, until the server has finished', async () => {
    const sent = await record({ ...both, maxVersion: 'TLSv1.2' }, { ALPNProtocols: ['http/1.1'] });
    const script = new Script({ stepMs: 1 }).handshake();
    const [exchange] = (await replayPackets(replaySent(script, sent).packets)).l7;
    expect(exchange).toMatchObject({
      l7_status: 'ok',
      tls_alpn: 'http/1.1',
      tls_version: '1.2',
      tls_cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      cost_req_sent: 0,
      cost_resp_wait: 1,
    });
    // The server's Finished comes with its cipher change, in the last piece before the client's question.
    const finished = sent.findIndex(({ who, bytes }) => who === 'server' && cipherChangeIn(bytes));
    expect(exchange.latency_ms).toBe(finished);
    expect(exchange.rx_bytes).toBeLessThan(2000);
  });

  it('without a name', async () => {
    const sent = await record({}, {});
    const { l7 } = await replayPackets(replaySent(new Script().handshake(), sent).packets);
    expect(summaries(l7)).toEqual(['tls handshake - ok ok']);
    expect(l7[0]).not.toHaveProperty('l7_resource');
  });

  it('with a HelloRetryRequest', async () => {
    const sent = await record({ ...both, ecdhCurve: 'X25519:P-256', minVersion: 'TLSv1.3' }, { ecdhCurve: 'P-256' });
    const { l7 } = await replayPackets(replaySent(new Script().handshake(), sent).packets);
    expect(summaries(l7)).toEqual(['tls handshake shop.example ok ok']);
    expect(l7[0]).toMatchObject({ tls_hello_retries: 1, tls_version: '1.3' });
  });

  it('that the server refuses', async () => {
    const sent = await record({ ...both, maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' });
    const { l7 } = await replayPackets(replaySent(new Script().handshake(), sent).packets);
    expect(summaries(l7)).toEqual(['tls handshake shop.example protocol_version server_error']);
  });

  it('begun in the middle of another protocol', async () => {
    const sent = await record(both, {});
    const script = new Script()
      .handshake()
      .sends('server', '220 mail\r\n')
      .sends('client', 'STARTTLS\r\n')
      .sends('server', '220 go\r\n');
    const { l7 } = await replayPackets(replaySent(script, sent).packets);
    expect(summaries(l7).filter((line) => line.startsWith('tls'))).toEqual(['tls handshake shop.example ok ok']);
  });

  it('is the same however it is cut, also when a ClientHello takes several records', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const sent = inSmallRecords(await record({ ...both, minVersion: version, maxVersion: version }, {}), 50);
      const essence = async (script: Script) =>
        (await replayPackets(script.packets)).l7.map((s) => [
          s.request_id,
          s.l7_resource,
          s.l7_status,
          s.tls_version,
          s.tls_cipher,
          s.req_seq,
          s.resp_seq,
        ]);
      const whole = await essence(replaySent(new Script().handshake(), sent));
      expect(whole).toHaveLength(1);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(20_000), { maxLength: 20 }), async (cuts) => {
          expect(await essence(replaySent(new Script({ stepMs: 0.01 }).handshake(), sent, cuts))).toEqual(whole);
        }),
        { numRuns: 40 }
      );
      const bytewise = sent.flatMap(({ who, bytes }) =>
        Array.from(bytes, (byte) => ({ who, bytes: Uint8Array.of(byte) }))
      );
      expect(await essence(replaySent(new Script({ stepMs: 0.01 }).handshake(), bytewise))).toEqual(whole);
    }
  });

  it('is recorded from its end where the beginning was not captured', async () => {
    const sent = await record(both, {});
    const { l7, l4, report } = await replayPackets(replaySent(new Script(), sent.slice(1)).packets);
    expect(l7).toEqual([]);
    expect(l4[0]).toMatchObject({ l7_proto: 'tls', client_ip: '10.0.0.1' });
    expect(report.drops).toEqual({ messages: { 'response without request': 1 } });
  });

  it('keeps its end when something of it was lost', async () => {
    const sent = await record({ ...both, minVersion: 'TLSv1.3' }, {});
    const script = new Script().handshake();
    sent.forEach(({ who, bytes }, i) => script.sends(who, binary(bytes), { lost: i === 1 }));
    const { l7 } = await replayPackets(script.ack('client').close().packets);
    expect(l7).toHaveLength(1);
    expect(l7[0].l7_resource).toBe('shop.example');
    expect(l7[0].tls_version).toBeUndefined();
  });

  it('neither throws nor reports twice whatever comes', async () => {
    const recorded = [await record({ ...both, maxVersion: 'TLSv1.2' }, {}), await record(both, {})];
    const change = fc.record({ piece: fc.nat(), at: fc.nat(), to: fc.nat(255), gap: fc.nat(9) });
    fc.assert(
      fc.property(fc.constantFrom(...recorded), fc.array(change, { maxLength: 8 }), (sent, changes) => {
        const counts = { began: 0, ended: 0 };
        const parser = tlsProtocol.createParser(countingEvents(counts));
        sent.forEach(({ who, bytes }, i) => {
          const changed = bytes.slice();
          const ours = changes.filter((c) => c.piece % sent.length === i);
          ours.forEach((c) => (changed[c.at % changed.length] = c.to));
          parser.data(who === 'client', changed, 0, changed.length, i * 1000, i);
          ours.filter((c) => c.gap === 0).forEach((c) => parser.gap(who === 'client', c.at % 5000, i));
        });
        parser.end(100, false);
        expect(counts.ended).toBe(counts.began);
        expect(counts.began).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2000 }
    );
  });
});

describe('alerts', () => {
  const hello = () => clientHello('bad.example');

  it.each<readonly [string, (script: Script) => Script, string]>([
    ['of the server', (s) => s.sends('server', alert(2, 40)), 'handshake_failure server_error'],
    [
      'that is a warning first',
      (s) => s.sends('server', alert(1, 112)).sends('server', alert(2, 80)),
      'internal_error server_error',
    ],
    [
      'of the client, who does not trust the certificate',
      (s) => s.sends('server', serverHello(0x0303, '')).sends('client', alert(2, 48)),
      'unknown_ca client_error',
    ],
    [
      'of the client in 1.3, encrypted',
      (s) => s.sends('server', serverHello(0x0303, '\0\x2b\0\x02\x03\x04')).sends('client', rec(23, 'x'.repeat(19))),
      'encrypted_alert client_error',
    ],
    ['that has no name', (s) => s.sends('server', alert(2, 200)), 'alert_200 server_error'],
    ['none, but no answer', (s) => s.ack('server').wait(2000).close(), '- unanswered'],
    ['none, but a reset', (s) => s.reset('server'), '- reset'],
  ])('%s', async (_name, continued, expected) => {
    const { l7 } = await replayPackets(continued(new Script().handshake().sends('client', hello())).packets);
    expect(summaries(l7)).toEqual([`tls handshake bad.example ${expected}`]);
  });

  it('leaves GREASE out of what was offered, and escapes what is no letter', async () => {
    const alpn = '\x02\x0a\x0a\x02\x2a\x2a\x02h2\x03a\x1bb';
    const list = `\0${String.fromCharCode(alpn.length)}${alpn}`;
    const script = new Script()
      .handshake()
      .sends('client', clientHello('x', `\0\x10\0${String.fromCharCode(list.length)}${list}`));
    const [exchange] = (await replayPackets(script.sends('server', alert(2, 120)).packets)).l7;
    expect(exchange).toMatchObject({ tls_alpn_offered: 'h2,a%1Bb', l7_status: 'no_application_protocol' });
  });
});

describe('the probe', () => {
  it.each<readonly [string, Probe]>([
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', Probe.Request],
    ['\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03', Probe.Response],
    ['\x16', Probe.Unsure],
    ['\x16\x03\x01\x02', Probe.Unsure],
    ['\x16\x03\x01\x00\x01\x01', Probe.Request],
    ['\x16\x03\x01\x00\x01\x01\x16\x03\x01\x00\x01\x00', Probe.Request],
    ['\x16\x04\x01\x02\x00\x01', Probe.NotOurs],
    ['\x16\x03\x01\x02\x00\x0b', Probe.NotOurs],
    ['\x16\x03\x01\x02\x00\x01\x01\x01\xfc\x03\x03', Probe.NotOurs],
    ['\x17\x03\x03\x02\x00\x01', Probe.NotOurs],
    ['GET / HTTP/1.1\r\n', Probe.NotOurs],
  ])('says of %j: %d', (text, expected) => {
    expect(probeTls(ascii(`${text}\x01\x01\x01\x01\x01\x01`), 0, text.length)).toBe(expected);
  });
});

function cipherChangeIn(bytes: Uint8Array): boolean {
  return binary(bytes).includes('\x14\x03\x03\0\x01\x01');
}

function u16(n: number): string {
  return String.fromCharCode((n >> 8) & 255, n & 255);
}

function rec(type: number, payload: string): string {
  return `${String.fromCharCode(type)}\x03\x03${u16(payload.length)}${payload}`;
}

function alert(level: number, description: number): string {
  return rec(21, String.fromCharCode(level, description));
}

function message(type: number, body: string): string {
  return rec(22, `${String.fromCharCode(type)}\0${u16(body.length)}${body}`);
}

function clientHello(name: string, more = ''): string {
  const list = `\0${u16(name.length)}${name}`;
  const extensions = `\0\0${u16(list.length + 2)}${u16(list.length)}${list}${more}`;
  return message(1, `\x03\x03${'r'.repeat(32)}\0\0\x02\x13\x01\x01\0${u16(extensions.length)}${extensions}`);
}

function serverHello(version: number, extensions: string): string {
  return message(2, `${u16(version)}${'s'.repeat(32)}\0\xc0\x2f\0${u16(extensions.length)}${extensions}`);
}

/** The client's first record cut into records of at most `size` bytes each. */
function inSmallRecords(sent: readonly Sent[], size: number): readonly Sent[] {
  const [first, ...rest] = sent;
  const length = (first.bytes[3] << 8) | first.bytes[4];
  const payload = first.bytes.subarray(5, 5 + length);
  const records = Array.from({ length: Math.ceil(length / size) }, (_, i) =>
    binary(payload.subarray(i * size, (i + 1) * size))
  );
  return [{ who: first.who, bytes: ascii(records.map((part) => rec(22, part)).join('')) }, ...rest];
}
