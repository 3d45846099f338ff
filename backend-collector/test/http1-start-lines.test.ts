/** Whoever reads a start line and whoever looks for one agree on what one is: a parser that looks again where it could not read would not end. */
import fc from 'fast-check';
import { readRequestLine, readStatus } from '../src/l7/http1/head';
import { probeHttp1 } from '../src/l7/http1/probe';
import { Probe } from '../src/l7/protocol';

const METHODS = [
  'GET',
  'GET',
  'POST',
  'PRO-P_X',
  'CONNECT',
  'get',
  'GE',
  'H',
  'HTTP',
  'HTTPS',
  '-A',
  'ABCDEFGHIJKLMNOPQRSTU',
  '',
];
const TARGETS = ['/', '/a;b?c#d', '*', 'http://u@h:1/p?q', 'h:443', '', '/\u0001', '/\u00ff', '/a b'];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/1.', 'HTTP/2.0', 'HTTP/1.x', 'HTTP', ''];
const STATUSES = ['200 OK', '200', '99 No', '600 No', '2x0 No', '404 Not found', ''];
const GAPS = [' ', '', '  ', '\t'];
const STOPS = ['\r\n', '\n', '\r\r\n', ' \r\n'];
/** Mostly the first, so that many lines are right but for one thing. */
const pick = (from: readonly string[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(from[0]) }, { weight: 1, arbitrary: fc.constantFrom(...from) });
const requestLine = fc.tuple(pick(METHODS), pick(GAPS), pick(TARGETS), pick(GAPS), pick(VERSIONS), pick(STOPS));
const statusLine = fc.tuple(pick(VERSIONS), pick(GAPS), pick(STATUSES), pick(STOPS));
const startLine = fc.oneof(requestLine, statusLine).map((parts) => parts.join(''));

function bytesOf(head: string, before: string): Uint8Array {
  return Buffer.from(before + head, 'latin1');
}

test('a request line is read exactly where the probe is certain of one', () => {
  let certain = 0;
  fc.assert(
    fc.property(startLine, fc.string({ maxLength: 3, unit: 'binary-ascii' }), (line, before) => {
      const bytes = bytesOf(`${line}Host: h\r\n\r\n`, before);
      const isRequest = probeHttp1(bytes, before.length, bytes.length) === Probe.Request;
      certain += isRequest ? 1 : 0;
      const into = { method: '', path: '', version: '' };
      expect(readRequestLine(into, bytes, before.length, bytes.length)).toBe(isRequest);
    }),
    {
      numRuns: 5000,
      examples: [
        ['GET / HTTP/1.1\r\n', ''],
        [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n`, ''],
      ],
    }
  );
  expect(certain).toBeGreaterThan(50);
});

test('a status is read exactly where the probe is certain of one', () => {
  let certain = 0;
  fc.assert(
    fc.property(startLine, (line) => {
      const bytes = bytesOf(`${line}\r\n`, '');
      const isResponse = probeHttp1(bytes, 0, bytes.length) === Probe.Response;
      certain += isResponse ? 1 : 0;
      expect(readStatus(bytes, 0, bytes.length) > 0).toBe(isResponse);
    }),
    { numRuns: 5000, examples: [['HTTP/1.1 200 OK\r\n'], ['HTTP/1.1 200\r\n'], ['HTTP/1.1 200']] }
  );
  expect(certain).toBeGreaterThan(50);
});
