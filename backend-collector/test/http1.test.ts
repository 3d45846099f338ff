/** HTTP/1 written as scripts and read from the exchanges. */
import fc from 'fast-check';
import { Script, type Who } from './build/connection';
import { replayPackets } from './build/replay';
import { probeHttp1 } from '../src/l7/http1/probe';
import { Probe } from '../src/l7/protocol';
import { ascii } from './build/packet';

const GET = (path: string, extra = '') => `GET ${path} HTTP/1.1\r\nHost: shop.example\r\n${extra}\r\n`;
const OK = (body: string, extra = '') => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${extra}\r\n${body}`;

const exchanges = async (script: Script) => (await replayPackets(script.packets)).l7;
const summaries = async (script: Script) =>
  (await exchanges(script)).map((s) => `${s.l7_op} ${s.l7_resource} ${s.l7_status ?? '-'} ${s.outcome}`);

describe('an exchange', () => {
  it('has its times, its bytes and packets, and its place in the stream', async () => {
    const script = new Script({ stepMs: 1 }).handshake();
    script
      .sends('client', GET('/api/orders?token=secret#x', 'Cookie: id=secret\r\nAuthorization: Basic c2VjcmV0\r\n'))
      .ack('server')
      .wait(50);
    const body = 'x'.repeat(300);
    const response = OK(body, 'Content-Type: application/json; charset=utf-8\r\nSet-Cookie: id=secret\r\n');
    script.sends('server', response.slice(0, 100)).sends('server', response.slice(100)).ack('client').close();
    const { l7, l4, lines } = await replayPackets(script.packets);
    const request = GET('/api/orders?token=secret#x', 'Cookie: id=secret\r\nAuthorization: Basic c2VjcmV0\r\n');
    expect(l7).toHaveLength(1);
    expect(l7[0]).toMatchObject({
      inner_traceid: l4[0].inner_traceid,
      req_seq: 1001,
      resp_seq: 5001,
      l7_traceid: '1001_5001',
      latency_ms: 53,
      cost_req_sent: 0,
      cost_resp_wait: 52,
      cost_cnt_dl: 1,
      tx_packets: 1,
      rx_packets: 3,
      tx_bytes: request.length,
      rx_bytes: response.length,
      pkt_chunk_range: [1, 1],
      outcome: 'ok',
      l7_proto: 'http',
      l7_op: 'GET',
      l7_resource: '/api/orders',
      l7_status: '200',
      http_method: 'GET',
      http_path: '/api/orders',
      http_host: 'shop.example',
      http_status_code: 200,
      http_version: '1.1',
      http_content_type: 'application/json',
    });
    expect(l7[0].request_id).toMatch(/^[0-9a-f]{16}$/);
    expect(lines.map((line) => line.line).join('\n')).not.toMatch(/secret|c2VjcmV0/);
  });

  it('carries the trace of the application', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const [exchange] = await exchanges(
      new Script()
        .handshake()
        .sends('client', GET('/', `Traceparent: ${traceparent}\r\n`))
        .sends('server', OK(''))
    );
    expect(exchange).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      parent_id: 'b7ad6b7169203331',
      trace_source: 'w3c',
    });
  });

  it('is written when its response ends, not when the connection does', async () => {
    const script = new Script().handshake().sends('client', GET('/now')).sends('server', OK('x')).wait(60_000).close();
    const { lines } = await replayPackets(script.packets);
    expect(lines.map((line) => line.source)[0]).toBe('bpf_net_l7_log');
  });
});

describe('messages', () => {
  it.each<readonly [string, () => Script, readonly string[]]>([
    [
      'keep-alive',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/a'))
          .sends('server', OK('1'))
          .sends('client', GET('/b'))
          .sends('server', OK('2')),
      ['GET /a 200 ok', 'GET /b 200 ok'],
    ],
    [
      'pipelined requests, two responses in one segment',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/a') + GET('/b'))
          .sends('client', GET('/c'))
          .sends('server', OK('1') + OK('2'))
          .sends('server', OK('3')),
      ['GET /a 200 ok', 'GET /b 200 ok', 'GET /c 200 ok'],
    ],
    [
      'a request with a body',
      () =>
        new Script()
          .handshake()
          .sends('client', 'POST /p HTTP/1.1\r\nContent-Length: 6\r\n\r\nGET /')
          .sends('client', 'x')
          .sends('server', OK('')),
      ['POST /p 200 ok'],
    ],
    [
      'chunks, with an extension and a trailer, cut anywhere',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/chunked'))
          .sends('server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;a=b\r\nhel')
          .sends('server', 'lo\r\n1')
          .sends('server', '0\r\n0123456789abcdef\r\n0\r')
          .sends('server', '\nX-Sum: 1\r\n\r\n')
          .sends('client', GET('/next'))
          .sends('server', OK('')),
      ['GET /chunked 200 ok', 'GET /next 200 ok'],
    ],
    [
      'HEAD, 204 and 304 have no body whatever they say',
      () =>
        new Script()
          .handshake()
          .sends('client', 'HEAD /h HTTP/1.1\r\n\r\n' + GET('/n') + GET('/m') + GET('/z'))
          .sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n')
          .sends(
            'server',
            'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n' + OK('')
          ),
      ['HEAD /h 200 ok', 'GET /n 204 ok', 'GET /m 304 ok', 'GET /z 200 ok'],
    ],
    [
      'interim responses',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/c'))
          .sends('server', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n')
          .sends('server', OK('')),
      ['GET /c 200 ok'],
    ],
    [
      'a body that ends with the connection',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/old'))
          .sends('server', 'HTTP/1.0 200 OK\r\n\r\nall of')
          .sends('server', ' this')
          .close(),
      ['GET /old 200 ok'],
    ],
    [
      'CONNECT, after which there is no HTTP',
      () =>
        new Script()
          .handshake()
          .sends('client', 'CONNECT db:443 HTTP/1.1\r\nHost: db:443\r\n\r\n')
          .sends('server', 'HTTP/1.1 200 OK\r\n\r\n')
          .sends('client', GET('/inside')),
      ['CONNECT db:443 200 ok'],
    ],
    [
      'an upgrade, after which there is no HTTP',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/ws', 'Upgrade: websocket\r\n'))
          .sends('server', 'HTTP/1.1 101 Switching Protocols\r\n\r\n')
          .sends('client', GET('/inside'))
          .sends('server', OK('')),
      ['GET /ws 101 ok'],
    ],
    [
      'errors of both kinds',
      () =>
        new Script()
          .handshake()
          .sends('client', GET('/a') + GET('/b'))
          .sends('server', 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'),
      ['GET /a 404 client_error', 'GET /b 503 server_error'],
    ],
    [
      'no answer before the close',
      () => new Script().handshake().sends('client', GET('/hang')).ack('server').wait(1500).close(),
      ['GET /hang - unanswered'],
    ],
    [
      'no answer before a reset',
      () => new Script().handshake().sends('client', GET('/hang')).reset('server'),
      ['GET /hang - reset'],
    ],
    [
      'an absolute target with a user in it, and a session id in the path',
      () =>
        new Script()
          .handshake()
          .sends('client', 'GET http://me:pw@proxy.example/p;jsessionid=77/q?x HTTP/1.1\r\n\r\n')
          .sends('server', OK('')),
      ['GET /p/q 200 ok'],
    ],
    [
      'another port',
      () => new Script({ serverPort: 31999 }).handshake().sends('client', GET('/any')).sends('server', OK('')),
      ['GET /any 200 ok'],
    ],
    [
      'no HTTP at all',
      () => new Script().handshake().sends('client', 'EHLO mail\r\n').sends('server', '250 hello\r\n'),
      [],
    ],
    [
      'another protocol that begins like it',
      () =>
        new Script()
          .handshake()
          .sends('client', 'OPTIONS sip:x@y SIP/2.0\r\n\r\n')
          .sends('server', 'SIP/2.0 200 OK\r\n\r\n'),
      [],
    ],
  ])('%s', async (_name, script, expected) => {
    expect(await summaries(script())).toEqual(expected);
  });

  it('reports a request without an answer after 30 s, once, though the connection stays', async () => {
    const script = new Script()
      .handshake()
      .sends('client', GET('/slow'))
      .ack('server')
      .wait(70_000)
      .sends('server', OK(''))
      .sends('client', GET('/b'))
      .sends('server', OK(''))
      .close();
    expect(await summaries(script)).toEqual(['GET /slow - unanswered', 'GET /b 200 ok']);
  });
});

describe('what an upgrade leads to', () => {
  const upgraded = (to: string) =>
    new Script()
      .handshake()
      .sends('client', GET('/ws', `Upgrade: ${to}\r\n`))
      .sends('server', `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${to}\r\n\r\n\x81\x05hello`)
      .sends('client', '\x81\x85\0\0\0\0GET /')
      .wait(40_000)
      .sends('server', OK(''))
      .close();

  it.each([
    ['WebSocket', 'websocket'],
    ['IRC/6.9', 'irc/6.9'],
    ['"; drop', 'http'],
  ])('%s is named on the records of the connection from then on', async (token, name) => {
    const { l7, l4 } = await replayPackets(upgraded(token).packets);
    expect(l7.map((s) => `${s.l7_proto} ${s.l7_resource} ${s.l7_status}`)).toEqual(['http /ws 101']);
    expect(l4.map((record) => record.l7_proto)).toEqual([name, name]);
  });
});

describe('a capture with holes', () => {
  it('goes on over a gap inside a body of known length', async () => {
    const script = new Script()
      .handshake()
      .sends('client', GET('/big'))
      .sends('server', 'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n' + 'x'.repeat(10));
    script.sends('server', 'y'.repeat(10), { lost: true }).sends('server', 'z'.repeat(10)).ack('client');
    script.sends('client', GET('/next')).sends('server', OK(''));
    expect(await summaries(script)).toEqual(['GET /big 200 ok', 'GET /next 200 ok']);
  });

  it('knows which request it missed the answer of', async () => {
    const script = new Script()
      .handshake()
      .sends('client', GET('/lost'))
      .sends('server', OK('gone'), { lost: true })
      .sends('client', GET('/seen'))
      .sends('server', OK('here'));
    expect(await summaries(script)).toEqual(['GET /lost - gap', 'GET /seen 200 ok']);
  });

  it('finds the next request after one was lost, and counts the answer that has none', async () => {
    const script = new Script().handshake().sends('client', GET('/a')).sends('server', OK(''));
    script
      .sends('client', GET('/lost'), { lost: true })
      .sends('server', OK(''))
      .sends('client', GET('/c'))
      .sends('server', OK(''));
    const { l7, report } = await replayPackets(script.packets);
    expect(l7.map((s) => s.l7_resource)).toEqual(['/a', '/c']);
    expect(report.drops).toEqual({ messages: { 'response without request': 1 } });
  });

  it('starts in the middle of a connection', async () => {
    const script = new Script()
      .sends('server', 'rest of some body')
      .ack('client')
      .sends('client', GET('/mid'))
      .sends('server', OK(''));
    const [exchange] = await exchanges(script);
    expect(exchange).toMatchObject({ l7_resource: '/mid', l7_status: '200', client_ip: '10.0.0.1' });
  });

  it('reads segments that came in the opposite order, and repeated ones once', async () => {
    const script = new Script({ stepMs: 0.1 })
      .handshake()
      .sends('client', GET('/a').slice(0, 10))
      .sends('client', GET('/a').slice(10))
      .reversed(2);
    script.sends('server', OK('12345').slice(0, 20)).wait(300).repeats(1).sends('server', OK('12345').slice(20));
    const [exchange] = await exchanges(script);
    expect(exchange).toMatchObject({ l7_resource: '/a', l7_status: '200', rx_retrans: 1 });
  });
});

describe('however the stream is cut', () => {
  const client =
    GET('/one', 'X-Pad: abc\r\n') +
    'POST /two HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' +
    GET('/three');
  const server =
    OK('first') + 'HTTP/1.1 201 Made\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n' + OK('last');

  it('has the same exchanges, ids and sizes', async () => {
    const send = (script: Script, who: Who, text: string, cuts: readonly number[]) => {
      const places = [...new Set(cuts.map((c) => c % text.length))].sort((a, b) => a - b).filter((c) => c > 0);
      [0, ...places].forEach((from, i) => script.sends(who, text.slice(from, places[i])));
    };
    const whole = await exchanges(new Script().handshake().sends('client', client).sends('server', server));
    const essence = (all: typeof whole) =>
      all.map((s) => [s.l7_op, s.l7_resource, s.l7_status, s.req_seq, s.resp_seq, s.tx_bytes, s.rx_bytes]);
    expect(whole).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(500), { maxLength: 12 }),
        fc.array(fc.nat(500), { maxLength: 12 }),
        async (a, b) => {
          const script = new Script({ stepMs: 0.01 }).handshake();
          send(script, 'client', client, a);
          send(script, 'server', server, b);
          expect(essence(await exchanges(script))).toEqual(essence(whole));
        }
      ),
      { numRuns: 60 }
    );
  });
});

describe('the probe', () => {
  it.each<readonly [string, Probe]>([
    ['GET / HTTP/1.1\r\n', Probe.Request],
    ['PROPFIND /dav HTTP/1.0\n', Probe.Request],
    ['GET /a b HTTP/1.1\r\n', Probe.NotOurs],
    ['GET / HTTP/2.0\r\n', Probe.NotOurs],
    ['GE', Probe.Unsure],
    ['GET /half', Probe.Unsure],
    ['GET / HTT', Probe.Unsure],
    ['HTTP/1.1 200 OK\r\n', Probe.Response],
    ['HTTP/1.1 2', Probe.Unsure],
    ['HTTP/1.1 999 No\r\n', Probe.NotOurs],
    ['HTTP/2 200\r\n', Probe.NotOurs],
    ['get / HTTP/1.1\r\n', Probe.NotOurs],
    ['\x16\x03\x01\x02\x00', Probe.NotOurs],
    ['USER anonymous\r\n', Probe.NotOurs],
  ])('says of %j: %d', (text, expected) => {
    // Other bytes follow in memory, and must not be looked at.
    const memory = ascii(`${text} HTTP/1.1\r\n`);
    expect(probeHttp1(memory, 0, text.length)).toBe(expected);
  });
});
