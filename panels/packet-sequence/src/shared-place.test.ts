import { buildLadder } from './model/build-ladder';
import { type LadderMode } from './model/ladder';
import { readPackets } from './model/packets';
import { pointOfRow, rowOfPoint } from './model/shared-place';
import { packetFrames } from './test/script';

/** The answer is underway while the client sends more; node-b's clock is 3.4 s ahead. */
const SCRIPT = `
  0   client > PSH,ACK seq=1 ack=1 len=100 request="GET /a" id=r1
  9   server > PSH,ACK seq=1 ack=101 len=100 response=200 id=r1
  9.2 client > PSH,ACK seq=101 ack=1 len=100 request="GET /b" id=r2
  20  server > PSH,ACK seq=101 ack=201 len=100`;
const LANES = [
  { host: 'node-a', nicName: 'eth0' },
  { host: 'node-b', nicName: 'eth0', clockMs: 3400 },
];
const T0_MS = 1764000000000;

function ladder(mode: LadderMode, lane = 0) {
  const read = readPackets(packetFrames(SCRIPT, { lanes: LANES }));
  if (!read.ok) {
    throw new Error(read.problem.kind);
  }
  return buildLadder(read.value, mode, lane);
}

const point = (change: Partial<ReturnType<typeof pointOfRow>>) => ({
  timeMs: T0_MS,
  tsNs: '',
  innerTraceId: '',
  requestId: '',
  ...change,
});

test('a row is the place of its packet: on the axis by the first clock, in the record by that of its NIC', () => {
  expect(pointOfRow(ladder('nics'), 1)).toEqual({
    timeMs: T0_MS + 9,
    tsNs: '1764000003409000000',
    innerTraceId: 'L1',
    requestId: 'r1',
  });
  expect(pointOfRow(ladder('nics'), 3)).toMatchObject({ requestId: '', innerTraceId: 'L1' });
});

test.each([
  ['one lane a NIC', ladder('nics')],
  ['client and server at a NIC', ladder('ends', 1)],
])('every row is found again by its place, %s', (_name, shown) => {
  expect([0, 1, 2, 3].map((row) => rowOfPoint(shown, pointOfRow(shown, row)))).toEqual([0, 1, 2, 3]);
});

test('a place at another NIC is found by that NIC: there, packets pass in another order', () => {
  const [client, server] = [ladder('ends', 0), ladder('ends', 1)];
  expect(pointOfRow(client, 1)).toMatchObject({ timeMs: T0_MS + 9.2, requestId: 'r2' });
  const shown = ladder('nics');
  expect([0, 1, 2, 3].map((row) => rowOfPoint(shown, pointOfRow(client, row)))).toEqual([0, 2, 1, 3]);
  expect(rowOfPoint(server, pointOfRow(client, 3))).toBe(3);
});

test('a time alone is the last row at or before it, or the first', () => {
  const at = (ms: number) => rowOfPoint(ladder('ends', 0), point({ timeMs: T0_MS + ms }));
  expect([-5000, 0, 9.1, 9.2, 15, 5000].map(at)).toEqual([0, 0, 0, 1, 2, 3]);
});

test('a NIC that is no lane leaves the time', () => {
  const elsewhere = point({ timeMs: T0_MS + 15, tsNs: '1', innerTraceId: 'elsewhere' });
  expect(rowOfPoint(ladder('ends', 0), elsewhere)).toBe(2);
});
