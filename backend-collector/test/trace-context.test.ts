/** Trace headers of every kind: the reader alone, and through HTTP/1 and its spans. */
import fc from 'fast-check';
import { Script } from './build/connection';
import { replayPackets } from './build/replay';
import { readTraceContext, TRACE_HEADER_NAMES, type TraceHeaderValues } from '../src/l7/kit/trace-context';

const T32 = '0af7651916cd43dd8448eb211c80319c';
const T16 = '8448eb211c80319c';
const S16 = 'b7ad6b7169203331';
const base64 = (text: string) => Buffer.from(text).toString('base64');

const sw8 = (trace: string, segment: string, span = '3') =>
  `1-${base64(trace)}-${base64(segment)}-${span}-${base64('svc')}-${base64('i')}-${base64('/e')}-${base64('a:80')}`;

describe('a trace header', () => {
  it.each<readonly [string, TraceHeaderValues, string | undefined]>([
    ['W3C', { traceparent: `00-${T32}-${S16}-01` }, `w3c ${T32} ${S16}`],
    ['W3C of a later version, with more behind', { traceparent: `01-${T32}-${S16}-01-more` }, `w3c ${T32} ${S16}`],
    ['W3C version 00 with more behind', { traceparent: `00-${T32}-${S16}-01-more` }, undefined],
    ['W3C version ff', { traceparent: `ff-${T32}-${S16}-01` }, undefined],
    ['W3C of zeros', { traceparent: `00-${'0'.repeat(32)}-${S16}-01` }, undefined],
    ['W3C in capitals', { traceparent: `00-${T32.toUpperCase()}-${S16}-01` }, undefined],
    ['B3, single', { b3: `${T32}-${S16}-1-05e3ac9a4f6e3b90` }, `b3 ${T32} ${S16}`],
    ['B3, single, 64 bit', { b3: `${T16}-${S16}` }, `b3 ${T16} ${S16}`],
    ['B3, only "do not sample"', { b3: '0' }, undefined],
    ['B3, several', { 'x-b3-traceid': T32.toUpperCase(), 'x-b3-spanid': S16 }, `b3 ${T32} ${S16}`],
    ['B3, several, no span', { 'x-b3-traceid': T16 }, `b3 ${T16} -`],
    ['B3 span without trace', { 'x-b3-spanid': S16 }, undefined],
    ['Jaeger', { 'uber-trace-id': `${T32}:${S16}:0:1` }, `jaeger ${T32} ${S16}`],
    [
      'Jaeger, encoded, zeros left out',
      { 'uber-trace-id': '7b%3a1c8%3A0%3A1' },
      'jaeger 000000000000007b 00000000000001c8',
    ],
    ['Jaeger of zero', { 'uber-trace-id': `0:${S16}:0:1` }, undefined],
    ['SkyWalking', { sw8: sw8('1.2.3', 'seg.1') }, 'skywalking 1.2.3 seg.1-3'],
    ['SkyWalking with a control code', { sw8: sw8('1\n2', 'seg') }, undefined],
    ['SkyWalking with a quote', { sw8: sw8('1"2', 'seg') }, undefined],
    ['SkyWalking cut short', { sw8: sw8('1.2.3', 'seg').slice(0, 20) }, undefined],
    [
      'Datadog',
      { 'x-datadog-trace-id': '18446744073709551615', 'x-datadog-parent-id': '42' },
      'datadog 18446744073709551615 42',
    ],
    ['Datadog beyond 64 bit', { 'x-datadog-trace-id': '18446744073709551616' }, undefined],
    ['Datadog zero', { 'x-datadog-trace-id': '0' }, undefined],
    [
      'X-Ray',
      { 'x-amzn-trace-id': `Sampled=1; Root=1-5759e988-bd862e3fe1be46a994272793;Parent=${S16}` },
      `xray 1-5759e988-bd862e3fe1be46a994272793 ${S16}`,
    ],
    ['X-Ray without a root', { 'x-amzn-trace-id': `Parent=${S16}` }, undefined],
    ['a broken one before a sound one', { traceparent: 'nonsense', b3: `${T32}-${S16}` }, `b3 ${T32} ${S16}`],
    [
      'several',
      { b3: `${T32}-${S16}`, traceparent: `00-${T32.replace('0', '1')}-${S16}-00` },
      `w3c ${T32.replace('0', '1')} ${S16}`,
    ],
    ['none', {}, undefined],
  ])('%s', (_name, values, expected) => {
    const trace = readTraceContext(values);
    expect(trace && `${trace.source} ${trace.traceId} ${trace.parentId ?? '-'}`).toBe(expected);
  });

  it('never gives more than bounded, harmless text', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc.stringMatching(/^[0-9a-f:;=-]{0,200}$/),
      fc.constant(sw8('a'.repeat(200), 'b'))
    );
    const values = fc.record(Object.fromEntries(TRACE_HEADER_NAMES.map((name) => [name, value])), { requiredKeys: [] });
    fc.assert(
      fc.property(values, (headers) => {
        const trace = readTraceContext(headers);
        for (const id of trace === undefined ? [] : [trace.traceId, trace.parentId ?? '']) {
          expect(id).toMatch(/^[\w.:@/+~-]{0,140}$/);
        }
      }),
      { numRuns: 1000 }
    );
  });

  it('is found in HTTP/1 whatever its letters, beside headers of the same length', async () => {
    const script = new Script()
      .handshake()
      .sends(
        'client',
        `GET /a HTTP/1.1\r\nContent-Type: x/y\r\nX-B3-TraceId: ${T32}\r\nx-b3-spanid: ${S16}\r\nX-Secret-Id: 1\r\n\r\n`
      )
      .sends('server', 'HTTP/1.1 204 No\r\n\r\n')
      .sends('client', `GET /b HTTP/1.1\r\nX-AMZN-Trace-ID: Root=1-5759e988-bd862e3fe1be46a994272793\r\n\r\n`)
      .sends('server', 'HTTP/1.1 204 No\r\n\r\n');
    const { l7 } = await replayPackets(script.packets);
    expect(l7.map((s) => [s.trace_source, s.trace_id, s.parent_id])).toEqual([
      ['b3', T32, S16],
      ['xray', '1-5759e988-bd862e3fe1be46a994272793', undefined],
    ]);
  });
});
