/** HTTP/2 and gRPC as Node's own client and server speak them, and as scripts of frames where these do not go. */
import { existsSync, readFileSync } from 'node:fs';
import * as http2 from 'node:http2';
import { once } from 'node:events';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { type L7Record } from '@bpfnet/flow-model/records';
import { countingEvents } from './build/counting-events';
import { Script } from './build/connection';
import { ascii } from './build/packet';
import { binary, RecordedStreams, replaySent, type Sent } from './build/recorded-streams';
import { replayFiles, replayPackets } from './build/replay';
import { HpackDecoder } from '../src/l7/http2/hpack';
import { decodeHuffman } from '../src/l7/http2/huffman';
import { http2 as http2Protocol } from '../src/l7/http2/parser';
import { probeHttp2 } from '../src/l7/http2/probe';
import { Probe } from '../src/l7/protocol';

type Answer = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

interface Ask {
  readonly headers: http2.OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** Cancels the stream as soon as something came. */
  readonly cancels?: boolean;
}

/** Runs requests one after the other (or, as a group, at once) and returns what both sides sent. */
async function record(groups: ReadonlyArray<readonly Ask[]>, answer: Answer): Promise<readonly Sent[]> {
  const streams = new RecordedStreams();
  const server = http2.createServer({ maxSendHeaderBlockLength: 200_000 });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, headers);
  });
  server.emit('connection', streams.server);
  const client = http2.connect('http://shop.example', {
    createConnection: () => streams.client,
    maxSendHeaderBlockLength: 200_000,
  });
  client.on('error', () => undefined);
  client.on('stream', (pushed) => pushed.resume());
  for (const group of groups) {
    await Promise.all(
      group.map(async (ask) => {
        const request = client.request(ask.headers);
        request.on('error', () => undefined);
        request.end(ask.body);
        if (ask.cancels === true) {
          await once(request, 'response');
          request.close(http2.constants.NGHTTP2_CANCEL);
        } else {
          request.resume();
        }
        await once(request, 'close');
      })
    );
  }
  await new Promise<void>((done) => client.close(done));
  server.close();
  return streams.sent;
}

const shop: Answer = (stream, headers) => {
  const path = String(headers[':path']);
  stream.resume();
  stream.respond({
    ':status': path.startsWith('/missing') ? 404 : path.startsWith('/broken') ? 503 : 200,
    'content-type': 'application/json; charset=utf-8',
    'set-cookie': 'id=secret',
  });
  stream.end(Buffer.alloc(path.startsWith('/big') ? 50_000 : 100));
};

const exchangesOf = async (script: Script) => (await replayPackets(script.packets)).l7;
const summaries = (exchanges: readonly L7Record[]) =>
  exchanges.map((s) => `${s.l7_proto} ${s.l7_op} ${s.l7_resource ?? ''} ${s.l7_status ?? '-'} ${s.outcome}`);

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('HTTP/2', () => {
  it('has one exchange per stream, in whatever order they end', async () => {
    const sent = await record(
      [
        [{ headers: { ':path': '/api/orders?token=secret', cookie: 'id=secret', traceparent: TRACE } }],
        [
          { headers: { ':path': '/big' } },
          { headers: { ':path': '/missing/1', ':method': 'DELETE' } },
          { headers: { ':path': '/broken', ':method': 'POST' }, body: Buffer.alloc(3000) },
        ],
      ],
      shop
    );
    const script = replaySent(new Script().handshake(), sent).close();
    const { l7, l4, lines } = await replayPackets(script.packets);
    expect(summaries(l7).sort()).toEqual([
      'http DELETE /missing/1 404 client_error',
      'http GET /api/orders 200 ok',
      'http GET /big 200 ok',
      'http POST /broken 503 server_error',
    ]);
    expect(l7[0]).toMatchObject({
      http_host: 'shop.example:80',
      http_version: '2',
      http_status_code: 200,
      http_stream_id: 1,
      http_content_type: 'application/json',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      parent_id: 'b7ad6b7169203331',
      trace_source: 'w3c',
      inner_traceid: l4[0].inner_traceid,
    });
    expect(new Set(l7.map((s) => s.request_id)).size).toBe(4);
    // 50 000 bytes of body come in DATA frames of up to 16 384, each with a header of 9.
    const big = l7.find((s) => s.http_path === '/big');
    expect(big?.rx_bytes).toBeGreaterThan(50_000 + 4 * 9);
    expect(big?.rx_bytes).toBeLessThan(50_000 + 400);
    const post = l7.find((s) => s.l7_op === 'POST');
    expect(post?.tx_bytes).toBeGreaterThan(3000 + 9);
    expect(lines.map((line) => line.line).join('\n')).not.toContain('secret');
  });

  it('has the times and packets of an exchange whose headers and bodies take several packets', async () => {
    const script = new Script({ stepMs: 1 }).handshake();
    const request = frame(1, 0x04, 1, '\x82\x86\x84\x41\x01a');
    script
      .sends('client', PREFACE + frame(4, 0, 0, ''))
      .sends('server', frame(4, 0, 0, ''))
      .sends('client', request.slice(0, 11))
      .sends('client', request.slice(11))
      .sends('client', frame(0, 0x01, 1, 'body'))
      .wait(50)
      .sends('server', frame(1, 0x04, 1, '\x88'))
      .wait(20)
      .sends('server', frame(0, 0x09, 1, '\x02okpp'));
    const [exchange] = await exchangesOf(script);
    expect(exchange).toMatchObject({
      l7_op: 'GET',
      l7_resource: '/',
      l7_status: '200',
      http_host: 'a',
      cost_req_sent: 2,
      cost_resp_wait: 51,
      cost_cnt_dl: 21,
      latency_ms: 74,
      tx_packets: 3,
      rx_packets: 2,
      tx_bytes: request.length + 13,
      rx_bytes: 10 + 14,
      // SYN, preface with settings.
      req_seq: 1001 + 24 + 9,
      resp_seq: 5001 + 9,
    });
  });

  it('reads header blocks that go on in CONTINUATION frames', async () => {
    const filler = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`x-pad-${i}`, 'é€'.length + 'p'.repeat(1500)])
    );
    const sent = await record(
      [[{ headers: { ':path': '/long', ...filler } }], [{ headers: { ':path': '/next' } }]],
      shop
    );
    expect(summaries(await exchangesOf(replaySent(new Script().handshake(), sent)))).toEqual([
      'http GET /long 200 ok',
      'http GET /next 200 ok',
    ]);
  });

  it('passes over interim responses and pushes, and counts the pushed answer', async () => {
    const sent = await record([[{ headers: { ':path': '/page' } }]], (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
      stream.pushStream({ ':path': '/a.css' }, (error, pushed) => {
        pushed?.respond({ ':status': 200 });
        pushed?.end('css');
        stream.respond({ ':status': 201 });
        stream.end('page');
      });
    });
    const { l7, report } = await replayPackets(replaySent(new Script().handshake(), sent).packets);
    expect(summaries(l7)).toEqual(['http GET /page 201 ok']);
    expect(report.drops).toEqual({ messages: { 'response without request': 1 } });
  });

  it('says why a stream was reset', async () => {
    const sent = await record([[{ headers: { ':path': '/endless' }, cancels: true }]], (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('some');
    });
    const [exchange] = await exchangesOf(replaySent(new Script().handshake(), sent));
    expect(exchange).toMatchObject({ outcome: 'reset', http_reset_code: 'CANCEL', http_status_code: 200 });
  });

  it('gives up the streams that the server never looked at', async () => {
    const script = new Script().handshake().sends('client', PREFACE + get(1) + get(3) + get(5));
    script
      .sends('server', frame(7, 0, 0, '\0\0\0\x03\0\0\0\0') + frame(1, 0x05, 3, '\x88'))
      .sends('server', frame(1, 0x05, 1, '\x8d'));
    const exchanges = await exchangesOf(script);
    expect(
      exchanges.map((s) => `${s.http_stream_id} ${s.l7_status ?? '-'} ${s.outcome} ${s.http_reset_code ?? ''}`)
    ).toEqual(['5 - reset GOAWAY', '3 200 ok ', '1 404 client_error ']);
  });

  it('bounds the streams that it follows', async () => {
    const events = { began: 0, ended: 0 };
    const parser = http2Protocol.createParser(countingEvents(events));
    const bytes = ascii(PREFACE + Array.from({ length: 3000 }, (_, i) => get(2 * i + 1)).join(''));
    parser.data(true, bytes, 0, bytes.length, 0, 0);
    expect(events).toEqual({ began: 3000, ended: 3000 - 1024 });
    parser.end(1, false);
    expect(events).toEqual({ began: 3000, ended: 3000 });
  });

  it('goes on in HTTP/2 after an upgrade: the request is answered there', async () => {
    const script = new Script()
      .handshake()
      .sends(
        'client',
        'GET /up?x HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n'
      )
      .sends(
        'server',
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n' + frame(4, 0, 0, '')
      )
      .sends('client', PREFACE + frame(4, 0, 0, '') + get(3))
      .sends('server', frame(1, 0x04, 1, '\x8e') + frame(0, 0x01, 1, 'late'))
      .sends('server', frame(1, 0x05, 3, '\x88'));
    expect(summaries(await exchangesOf(script))).toEqual(['http GET /up 500 server_error', 'http GET / 200 ok']);
  });
});

describe('gRPC', () => {
  const grpc = (path: string): http2.OutgoingHttpHeaders => ({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  const service: Answer = (stream, headers) => {
    stream.resume();
    const path = String(headers[':path']);
    if (path.endsWith('Missing')) {
      // Trailers only.
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
      return;
    }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': path.endsWith('Broken') ? '13' : '0', 'grpc-message': 'secret' })
    );
    stream.end(Buffer.alloc(20));
  };

  it('is named by service and method, and by the status in its trailers', async () => {
    const sent = await record(
      [
        [{ headers: grpc('/shop.v1.Cart/Add'), body: Buffer.alloc(40) }],
        [{ headers: grpc('/shop.v1.Cart/Missing') }],
        [{ headers: grpc('/shop.v1.Cart/Broken') }],
        [{ headers: { ':path': '/healthz' } }],
      ],
      (stream, headers) => (headers[':path'] === '/healthz' ? shop : service)(stream, headers)
    );
    const { l7, lines } = await replayPackets(replaySent(new Script().handshake(), sent).packets);
    expect(summaries(l7)).toEqual([
      'grpc Add shop.v1.Cart OK ok',
      'grpc Missing shop.v1.Cart NOT_FOUND client_error',
      'grpc Broken shop.v1.Cart INTERNAL server_error',
      'http GET /healthz 200 ok',
    ]);
    expect(l7[1]).toMatchObject({
      grpc_status: 5,
      http_path: '/shop.v1.Cart/Missing',
      http_method: 'POST',
      http_status_code: 200,
    });
    expect(lines.map((line) => line.line).join('\n')).not.toContain('secret');
  });
});

describe('a capture with holes', () => {
  const three = () =>
    record(
      ['/one', '/two', '/three'].map((path) => [{ headers: { ':path': path, 'x-known': 'from the first' } }]),
      shop
    );

  it('starts in the middle of a connection and says what it cannot know', async () => {
    const sent = await three();
    const requests = sent.flatMap(({ who, bytes }, i) =>
      who === 'client' && probeHttp2(bytes, 0, bytes.length) === Probe.Request ? [i] : []
    );
    const second = requests[requests.length - 2];
    const exchanges = await exchangesOf(replaySent(new Script(), sent.slice(second)));
    expect(exchanges).toHaveLength(2);
    for (const exchange of exchanges) {
      expect(exchange).toMatchObject({ l7_op: 'GET', l7_status: '200', client_ip: '10.0.0.1', http_version: '2' });
    }
    // Its authority was named in what was not seen.
    expect(exchanges[0].http_host).toBeUndefined();
  });

  it('passes over a gap inside DATA, and loses no more than what a gap elsewhere held', async () => {
    const script = new Script().handshake().sends('client', PREFACE + get(1));
    script
      .sends('server', frame(1, 0x04, 1, '\x88') + frame(0, 0x01, 1, 'x'.repeat(3000)).slice(0, 1000))
      .sends('server', 'x'.repeat(1000), { lost: true })
      .sends('server', 'x'.repeat(1009))
      .ack('client')
      .sends('client', get(3))
      .sends('server', frame(1, 0x05, 3, '\x88'), { lost: true })
      .sends('client', get(5))
      .sends('server', frame(1, 0x05, 5, '\x88') + frame(6, 0, 0, '12345678'))
      .ack('client')
      .close();
    expect(summaries(await exchangesOf(script)).sort()).toEqual([
      'http GET / - gap',
      'http GET / 200 ok',
      'http GET / 200 ok',
    ]);
  });

  it('forgets the table of headers when a block of them was lost', () => {
    const decoder = new HpackDecoder();
    const name = ':path';
    const block = ascii(`\x44${String.fromCharCode(5)}/seen`);
    expect(decoder.decode(block, 0, block.length)).toMatchObject({ [name]: '/seen' });
    expect(decoder.decode(Uint8Array.of(0xbe), 0, 1)).toEqual({ ':path': '/seen', unknown: false });
    expect(decoder.decode(Uint8Array.of(0xbf), 0, 1)).toEqual({ unknown: true });
    decoder.lost();
    expect(decoder.decode(Uint8Array.of(0xbe), 0, 1)).toEqual({ unknown: true });
  });
});

describe('however the stream is cut', () => {
  it('has the same exchanges, ids and sizes', async () => {
    const sent = await record(
      [
        [{ headers: { ':path': '/a', 'x-b3-traceid': '463ac35c9f6413ad' } }, { headers: { ':path': '/missing' } }],
        [{ headers: { ':path': '/c', ':method': 'PUT', 'x-pad': 'z'.repeat(400) }, body: Buffer.alloc(500) }],
      ],
      shop
    );
    const essence = (exchanges: readonly L7Record[]) =>
      exchanges.map((s) => [
        s.request_id,
        s.l7_op,
        s.l7_resource,
        s.l7_status,
        s.req_seq,
        s.resp_seq,
        s.tx_bytes,
        s.rx_bytes,
        s.trace_id,
      ]);
    const whole = essence(await exchangesOf(replaySent(new Script().handshake(), sent)));
    expect(whole).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(40_000), { maxLength: 30 }), async (cuts) => {
        const script = replaySent(new Script({ stepMs: 0.01 }).handshake(), sent, cuts);
        expect(essence(await exchangesOf(script))).toEqual(whole);
      }),
      { numRuns: 60 }
    );
  });

  it('byte by byte', async () => {
    const sent = (await record([[{ headers: { ':path': '/a' } }]], shop)).flatMap(({ who, bytes }) =>
      Array.from(bytes, (byte) => ({ who, bytes: Uint8Array.of(byte) }))
    );
    expect(summaries(await exchangesOf(replaySent(new Script({ stepMs: 0.01 }).handshake(), sent)))).toEqual([
      'http GET /a 200 ok',
    ]);
  });
});

describe('anything at all', () => {
  it('neither throws nor reports an exchange twice, and ends what it began', async () => {
    const sent = await record(
      [[{ headers: { ':path': '/a' } }, { headers: { ':path': '/b', ':method': 'POST' }, body: Buffer.alloc(100) }]],
      shop
    );
    const change = fc.record({ piece: fc.nat(), at: fc.nat(), to: fc.nat(255), gap: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const events = { began: 0, ended: 0 };
        const parser = http2Protocol.createParser(countingEvents(events));
        sent.forEach(({ who, bytes }, i) => {
          const changed = bytes.slice();
          const ours = changes.filter((c) => c.piece % sent.length === i);
          ours.forEach((c) => (changed[c.at % changed.length] = c.to));
          parser.data(who === 'client', changed, 0, changed.length, i * 1000, i);
          ours.filter((c) => c.gap === 0).forEach((c) => parser.gap(who === 'client', c.at % 5000, i));
        });
        parser.expire(1e12, 1e12);
        parser.end(1e12, false);
        expect(events.ended).toBe(events.began);
      }),
      { numRuns: 2000 }
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (pieces) => {
        const parser = http2Protocol.createParser(countingEvents({ began: 0, ended: 0 }));
        pieces.forEach((bytes, i) => parser.data(i % 2 === 0, bytes, 0, bytes.length, i, i));
        parser.end(1, true);
      }),
      { numRuns: 500 }
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        new HpackDecoder().decode(bytes, 0, bytes.length);
        probeHttp2(bytes, 0, bytes.length);
      }),
      { numRuns: 2000 }
    );
  });
});

describe('header compression', () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
  const decodeAll = (...blocks: readonly string[]) => {
    const decoder = new HpackDecoder();
    return blocks.map((block) => decoder.decode(hex(block), 0, hex(block).length));
  };

  it('reads the examples of RFC 7541, C.4: Huffman, and a table that grows', () => {
    const [first, second, third] = decodeAll(
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'
    );
    expect(first).toEqual({ ':method': 'GET', ':path': '/', ':authority': 'www.example.com', unknown: false });
    expect(second).toEqual(first);
    expect(third).toEqual({ ...first, ':path': '/index.html' });
  });

  it('reads every byte of Huffman text, and refuses what is none', () => {
    const out = new Uint8Array(64);
    const read = (text: string) => {
      const bytes = hex(text);
      const length = decodeHuffman(bytes, 0, bytes.length, out);
      return length < 0 ? undefined : Buffer.from(out.subarray(0, length)).toString('latin1');
    };
    expect(read('d07abe941054d444a8200595040b8166e082a62d1bff')).toBe('Mon, 21 Oct 2013 20:13:21 GMT');
    expect(read('9d29ad171863c78f0b97c8e9ae82ae43d3')).toBe('https://www.example.com');
    // A byte of ones too many, padding of zeros, the end of string inside.
    expect(read('f1e3c2e5f23a6ba0ab90f4ffff')).toBeUndefined();
    expect(read('18')).toBeUndefined();
    expect(read('ffffffff')).toBeUndefined();
  });

  it('keeps no header that records do not need', () => {
    const decoder = new HpackDecoder();
    const block = ascii('\x40\x06cookie\x06secret\x40\x0dauthorization\x06secret');
    decoder.decode(block, 0, block.length);
    expect(JSON.stringify(decoder)).not.toContain('secret');
  });

  it('refuses numbers without end', () => {
    const block = Uint8Array.from([0xff, ...new Array<number>(40).fill(0xff)]);
    expect(new HpackDecoder().decode(block, 0, block.length)).toBeUndefined();
  });
});

describe('the probe', () => {
  it.each<readonly [string, Probe]>([
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Probe.Request],
    ['PRI * HT', Probe.Unsure],
    ['PRI /x HTTP/1.1\r\n', Probe.NotOurs],
    ['\0\0\x03\x01\x05\0\0\0\x03\x82\x86\x84', Probe.Request],
    ['\0\0\x01\x01\x05\0\0\0\x03\x88', Probe.Response],
    // PING first; a table size, a padded block.
    ['\0\0\x08\x06\0\0\0\0\0ABCDEFGH\0\0\x04\x01\x0d\0\0\0\x03\0\x3f\x01\x83', Probe.Request],
    ['\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64', Probe.Response],
    ['\0\0\x03\x01\x05\0\0\0\x02\x82\x86\x84', Probe.NotOurs],
    ['\0\0\x03\x01\x05\x80\0\0\x03\x82\x86\x84', Probe.NotOurs],
    ['\0\x1d\0\x01\x01\0\0\x01\0\0\0\0\0\0\x03www', Probe.NotOurs],
  ])('says of %j: %d', (text, expected) => {
    expect(probeHttp2(ascii(`${text}\x82\x82\x82`), 0, text.length)).toBe(expected);
  });
});

const folder = resolve(__dirname, '../../../shared/captures');
const describeCaptures = existsSync(folder) ? describe : describe.skip;
if (!existsSync(folder)) {
  console.log(`No captures at ${folder}: HTTP/2 of others is left out.`);
}

describeCaptures('real captures', () => {
  const replay = (name: string) => replayFiles([readFileSync(resolve(folder, name))]);

  it('nghttp: priorities, headers that go on after half a second, a push', async () => {
    const { l7, report } = await replay('arkime-http2-nghttp2.pcap');
    expect(l7).toHaveLength(1);
    // The stream begins in frame 4, behind preface, settings and five priorities, and goes on in CONTINUATION frames until 25.
    expect(l7[0]).toMatchObject({
      l7_proto: 'http',
      l7_op: 'GET',
      l7_resource: '/',
      l7_status: '200',
      http_host: 'nghttp2.org',
      http_stream_id: 13,
      http_content_type: 'text/html',
      req_seq: 2262989348,
      resp_seq: 230832262,
      outcome: 'ok',
    });
    expect(report.drops).toEqual({ messages: { 'response without request': 1 } });
  });

  it('one gRPC call, seen from its request on and cut off inside its answer', async () => {
    const { l7 } = await replay('deepflow-grpc-unary.pcap');
    expect(l7).toHaveLength(1);
    expect(l7[0]).toMatchObject({
      l7_proto: 'grpc',
      l7_op: 'Sync',
      l7_resource: 'agent.Synchronizer',
      http_status_code: 200,
      tx_bytes: 339,
      rx_bytes: 1368,
      outcome: 'gap',
    });
    expect(l7[0].l7_status).toBeUndefined();
  });
});

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

function frame(type: number, flags: number, streamId: number, payload: string): string {
  const n = payload.length;
  const header = [n >> 16, n >> 8, n, type, flags, streamId >> 24, streamId >> 16, streamId >> 8, streamId];
  return binary(Uint8Array.from(header)) + payload;
}

/** `GET /` with the static table alone. */
function get(streamId: number): string {
  return frame(1, 0x05, streamId, '\x82\x86\x84');
}
