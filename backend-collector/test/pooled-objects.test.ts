/**
 * Objects that are used again must not carry anything from one connection into the next: dirtied in every field and reset, they equal new
 * ones, except for the fields named here, and each of those has a reason.
 */
import { Flow } from '../src/flow/flow';
import { FlowDirection } from '../src/flow/flow-direction';
import { Reassembly } from '../src/flow/reassembly';
import { Exchange } from '../src/l7/exchange';
import { http1 } from '../src/l7/http1/parser';
import { type L7Parser } from '../src/l7/protocol';
import { ascii } from './build/packet';
import { countingEvents } from './build/counting-events';

type Fields = Record<string, unknown>;

const NEW_ID = { high: 1, low: 2 };

/** Gives every field, also those of objects inside, another value than a new object has. Left alone: `except`. */
function dirty(object: object, except: readonly string[] = []): void {
  const fields = object as Fields;
  for (const [name, value] of Object.entries(fields)) {
    if (except.includes(name)) {
      continue;
    }
    if (ArrayBuffer.isView(value)) {
      (value as Int32Array).fill(99);
    } else if (Array.isArray(value)) {
      value.length > 0 ? value.forEach((one: object) => dirty(one)) : value.push({});
    } else if (isPlainInstance(value)) {
      dirty(value);
    } else {
      fields[name] = typeof value === 'number' ? 12_345 : typeof value === 'boolean' ? !value : { dirty: true };
    }
  }
}

/** Paths of the fields in which two objects differ. */
function differences(a: unknown, b: unknown, path = ''): readonly string[] {
  if (isPlainInstance(a) && isPlainInstance(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) =>
      differences((a as Fields)[name], (b as Fields)[name], path === '' ? name : `${path}.${name}`)
    );
  }
  return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b) ? [] : [path];
}

function isPlainInstance(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Map);
}

/** Written before they are read, behind `started`, `isnKnown` and the like. */
const DIRECTION_EXCEPTIONS = [
  // Behind `seqKnown`.
  'seqMin',
  'seqMax',
  // Behind `started`.
  'firstSeq',
  'nextSeq',
  'nextSeqNs',
  // Behind `unseenNoted`.
  'unseenNotedTo',
  // Behind `ackStarted`.
  'lastAck',
  'lastAckNs',
  // Behind `isnKnown` and `finSeen`.
  'isn',
  'finEnd',
  // Behind `rttArmed`.
  'rttEnd',
  'rttNs',
  'rttHasStamp',
  'rttStamp',
  'rttRepeated',
  'rttRepeatNs',
  'rttRepeatStamp',
  // Behind `rttCount`.
  'rttMinNs',
  'rttMaxNs',
  // Compared only where their times are recent.
  'lastFingerprint',
  'fingerprintBefore',
  // Memory, behind `holeCount`.
  'holes',
];

it('a direction of a flow, reset', () => {
  const used = new FlowDirection();
  dirty(used);
  used.reset();
  expect(differences(used, new FlowDirection())).toEqual(DIRECTION_EXCEPTIONS);
});

it('a flow, reset', () => {
  const used = new Flow(7);
  dirty(used, ['index']);
  used.reset();
  const inDirections = DIRECTION_EXCEPTIONS.flatMap((name) => [`directions.0.${name}`, `directions.1.${name}`]);
  expect(differences(used, new Flow(7)).filter((name) => !inDirections.includes(name))).toEqual([
    // Set by the flow table for every flow.
    'number',
    'nicId',
    'protocol',
    'ipVersion',
    'vlanKey',
    'vlanCount',
    'tunnel',
    'vni',
    'addresses',
    'port0',
    'port1',
    // Set by the flow tracker with the first packet.
    'firstNs',
    'lastNs',
    'firstSide',
    'listNs',
    'chunkFirstNs',
    'chunkLastNs',
    'kernelDropsBefore',
    // Behind `identified`.
    'traceId0',
    'traceId1',
    'traceId2',
    'traceId3',
    'flowShard',
    // False whenever a flow leaves: `leaving` writes what waits.
    'exchangesWait',
  ]);
});

it('an exchange that begins again', () => {
  const used = new Exchange({ high: 8, low: 9 }, 10, 11, 'POST', '/old', { http_method: 'POST' });
  dirty(used);
  used.begin(NEW_ID, 3, 4, 'GET', '/new');
  expect(differences(used, new Exchange(NEW_ID, 3, 4, 'GET', '/new', {}))).toEqual([
    // Left to the parser.
    'fields.http_method',
    // Set by the conversation when the exchange begins.
    'clientPacketsBefore',
    'serverPacketsBefore',
    'clientRetransBefore',
    'serverRetransBefore',
    'kernelDropsBefore',
    // Set by the conversation when it ends.
    'clientPackets',
    'serverPackets',
    'clientRetrans',
    'serverRetrans',
    'firstChunk',
    'lastChunk',
    'l7Proto',
    'clientSide',
    'captureDrops',
    // Where it goes back to.
    'pool',
  ]);
});

it('a stream, restarted', () => {
  const receiver = { data: () => undefined, gap: () => undefined, unseenAcknowledged: () => undefined };
  const used = new Reassembly(receiver);
  dirty(used, ['receiver']);
  used.restart();
  // Behind `started` and `ackKnown`.
  expect(differences(used, new Reassembly(receiver))).toEqual(['expected', 'acked']);
});

it("HTTP/1's parser, restarted", () => {
  const events = countingEvents({ began: 0, ended: 0 });
  const used = http1.createParser(events) as Required<L7Parser>;
  dirty(used, ['events']);
  used.restart();
  // Behind `headLength`.
  expect(differences(used, http1.createParser(events))).toEqual([
    'request.headSeq',
    'request.headNs',
    'response.headSeq',
    'response.headNs',
  ]);
});

it('an exchange of HTTP/1, the only protocol whose exchanges are used again, in another connection', () => {
  const seen: Exchange[] = [];
  const events = {
    ...countingEvents({ began: 0, ended: 0 }),
    ended: (exchange: Exchange) => seen.push(exchange),
    endedPooled: (exchange: Exchange) => {
      seen.push(exchange);
      exchange.pool?.push(exchange);
    },
  };
  const say = (parser: L7Parser, fromClient: boolean, text: string) =>
    parser.data(fromClient, ascii(text), 0, text.length, 1, 5);
  const first = http1.createParser(events);
  say(
    first,
    true,
    'PUT /old HTTP/1.1\r\nHost: old.example\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n'
  );
  say(first, false, 'HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n');
  const { fields, status, traceId } = seen[0];
  expect(Object.values(fields)).toEqual(['PUT', '/old', 'old.example', 404, '1.1', 'text/html']);
  expect([status, traceId]).toEqual(['404', '4bf92f3577b34da6a3ce929d0e0e4736']);

  const second = http1.createParser(events);
  say(second, true, 'GET /new HTTP/1.0\r\n\r\n');
  second.end(6, false);
  expect(seen[1]).toBe(seen[0]);
  expect([seen[1].outcome, seen[1].status, seen[1].traceId]).toEqual(['unanswered', '', undefined]);
  expect(JSON.parse(JSON.stringify(seen[1].fields))).toEqual({
    http_method: 'GET',
    http_path: '/new',
    http_version: '1.0',
  });
});
