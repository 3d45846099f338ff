import { type DataFrame } from '@grafana/data';
import { expectGolden } from '../../shared/test/golden';
import { ackedSegments } from './model/acked-segments';
import { buildLadder } from './model/build-ladder';
import { transmissionPath } from './model/transmission-path';
import { type NicsLadder } from './model/ladder';
import { type PacketTable, readPackets } from './model/packets';
import { requestRows } from './model/request-rows';
import { findRows, nextMatch } from './model/search';
import { type DeltaMode, timeDeltas } from './model/time-delta';
import { ladderText } from './test/ladder-text';
import { HANDSHAKE, packetFrames, type ScriptOptions } from './test/script';

const FOUR_NICS: ScriptOptions = {
  lanes: [
    { host: 'node-a', nicName: 'eth0', podName: 'cart' },
    { host: 'node-a', nicName: 'eth0' },
    { host: 'node-b', nicName: 'eth0', clockMs: 3412 },
    { host: 'node-b', nicName: 'eth0', podName: 'orders', clockMs: 3412 },
  ],
};

function table(frames: readonly DataFrame[]): PacketTable {
  const result = readPackets(frames);
  if (!result.ok) {
    throw new Error(result.problem.kind);
  }
  return result.value;
}

const ends = (script: string, options?: ScriptOptions) => buildLadder(table(packetFrames(script, options)), 'ends', 0);

function nics(script: string, options: ScriptOptions = FOUR_NICS): NicsLadder {
  const ladder = buildLadder(table(packetFrames(script, options)), 'nics', 0);
  if (ladder.mode !== 'nics') {
    throw new Error('one NIC only');
  }
  return ladder;
}

describe('client and server at one NIC', () => {
  test('handshake, request and response', () => {
    expectGolden(
      'ladder-exchange',
      ladderText(
        ends(`${HANDSHAKE}
          4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders"
          209 server > PSH,ACK seq=1 ack=213 len=1448 response=200`)
      )
    );
  });

  test('retransmission, duplicate ACK, out of order, zero window, reset', () => {
    expectGolden(
      'ladder-trouble',
      ladderText(
        ends(`
          0   server > ACK seq=1 ack=1 len=1448
          1   client > ACK seq=1 ack=1449
          1.1 client > ACK seq=1 ack=1449 ana=DuplicateAck
          50  server > ACK seq=1449 ack=1 len=1448 ana=FastRetransmission
          51  server > ACK seq=5793 ack=1 len=1448 ana=PreviousUnseen
          52  server > ACK seq=2897 ack=1 len=1448 ana=OutOfOrder
          53  client > ACK seq=1 ack=4345 win=0 ana=ZeroWindow
          54  client > RST,ACK seq=1 ack=4345`)
      )
    );
  });

  test('an unanswered request', () => {
    expectGolden(
      'ladder-unanswered',
      ladderText(
        ends(`
          0    client > PSH,ACK seq=1 ack=1 len=80 request="GET /slow"
          0.5  server > ACK seq=1 ack=81
          5000 client > FIN,ACK seq=81 ack=1`)
      )
    );
  });
});

describe('one lane a NIC', () => {
  test('four NICs, two clocks, a segment lost between the hosts', () => {
    const ladder = nics(`${HANDSHAKE}
      4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders"
      206 server > PSH,ACK seq=1 ack=213 len=1448 response=200
      207 server > ACK seq=1449 ack=213 len=1448 at=L3,L2
      411 server > ACK seq=1449 ack=213 len=1448 ana=Retransmission
      413 client > ACK seq=213 ack=2897`);
    expectGolden('ladder-four-nics', ladderText(ladder));
    expect(ladder.notes).toEqual([
      "The clock of node-b is 3.412\u202f000 s (± 100 µs, at most ± 500 µs) ahead of node-a's; its timestamps are shifted by this amount.",
    ]);
  });

  test('sequence numbers that wrap are matched and found', () => {
    const ladder = nics(
      `
      0 client > PSH,ACK seq=1 ack=1 len=1448
      1 client > PSH,ACK seq=1449 ack=1 len=1448
      2 client > PSH,ACK seq=2897 ack=1 len=1448`,
      { ...FOUR_NICS, clientIsn: 0xffffffff - 2000 }
    );
    expect(ladder.rows.length).toBe(3);
    expect([0, 1, 2].map((row) => transmissionPath(ladder, row).lanes)).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    // ISN + 2001 is 0 after the wrap: inside of the second segment.
    expect([...findRows(ladder, '0')]).toEqual([1]);
    // Relative it is in the second segment, absolute (after the wrap) in the third.
    expect([...findRows(ladder, '2 000')]).toEqual([1, 2]);
  });

  test('a super-segment that was cut on its way and lost one part', () => {
    const ladder = nics(
      `
      0   server > ACK seq=1 ack=1 len=4344 ana=SuperSegment at=L1 tx=1 fate=lost:1448
      0.1 server > ACK seq=1 ack=1 len=1448 at=L0 tx=1
      0.2 server > ACK seq=2897 ack=1 len=1448 at=L0 tx=1
      9   server > ACK seq=4345 ack=1 len=100`,
      {
        lanes: [
          { host: 'a', nicName: 'eth0' },
          { host: 'a', nicName: 'eth1' },
        ],
      }
    );
    expect(ladder.rows.length).toBe(2);
    expect(transmissionPath(ladder, 0)).toEqual({
      lanes: [1, 0],
      loss: { after: 1, before: 0, bytes: 1448, ofBytes: 4344, certain: true },
    });
    expect(ladder.observations.parts[0]).toBe(2);
  });

  test('segments that were glued together on their way', () => {
    const ladder = nics(
      `
      0 client > ACK seq=1 ack=1 len=1448 at=L0 tx=1 fate=arrived
      0.1 client > ACK seq=1449 ack=1 len=1448 at=L0 tx=2 fate=arrived
      0.2 client > ACK seq=1 ack=1 len=2896 ana=SuperSegment at=L1 tx=1-2`,
      {
        lanes: [
          { host: 'a', nicName: 'eth0' },
          { host: 'a', nicName: 'eth1' },
        ],
      }
    );
    expect([0, 1].map((row) => transmissionPath(ladder, row))).toEqual([{ lanes: [0, 1] }, { lanes: [0, 1] }]);
  });

  test('a transmission and its repetition are two rows', () => {
    const lanes = [
      { host: 'a', nicName: 'eth0' },
      { host: 'a', nicName: 'eth1' },
    ];
    const lost = nics(
      `
      0   client > ACK seq=1 ack=1 len=100 at=L0
      200 client > ACK seq=1 ack=1 len=100 ana=Retransmission`,
      { lanes }
    );
    expect([0, 1].map((row) => transmissionPath(lost, row))).toEqual([
      { lanes: [0], loss: { after: 0, before: 1, bytes: 100, ofBytes: 100, certain: true } },
      { lanes: [0, 1] },
    ]);
  });

  test('what a capture may have missed is not called lost, and what was lost beyond the last NIC is', () => {
    const lanes = [
      { host: 'a', nicName: 'eth0' },
      { host: 'a', nicName: 'eth1' },
    ];
    const ladder = nics(
      `
      0 client > ACK seq=1 ack=1 len=100 at=L0 fate=unknown
      1 client > ACK seq=101 ack=1 len=100 fate=lost
      2 client > ACK seq=201 ack=1 len=100 at=L0 fate=arrived`,
      { lanes }
    );
    expect([0, 1, 2].map((row) => transmissionPath(ladder, row).loss)).toEqual([
      { after: 0, before: 1, bytes: 100, ofBytes: 100, certain: false },
      { after: 1, before: undefined, bytes: 100, ofBytes: 100, certain: true },
      undefined,
    ]);
    const text = ladderText(ladder).split('\n');
    expect(text[0]).toContain('not seen downstream');
    expect(text[1]).toContain('lost downstream');
    expect(text[2]).not.toContain('lost');
  });

  test('frames of several queries keep their transmissions apart', () => {
    const lanes = FOUR_NICS.lanes?.slice(0, 2);
    const both = [...packetFrames(HANDSHAKE, { lanes }), ...packetFrames(HANDSHAKE, { lanes })];
    expect(buildLadder(table(both), 'nics', 0).rows.length).toBe(6);
  });

  test('where nobody says which packets are the same, one NIC is shown at a time', () => {
    const [frame] = packetFrames(HANDSHAKE, FOUR_NICS);
    const foreign = { ...frame, fields: frame.fields.filter(({ name }) => name !== 'transmission') };
    const ladder = buildLadder(table([foreign]), 'auto', 2);
    expect(ladder).toMatchObject({ mode: 'ends', lane: 2 });
    expect(ladder.notes.join(' ')).toContain('one NIC is shown at a time');
  });

  test('what the dashboard filtered out is not needed', () => {
    const [frame] = packetFrames(
      `
      0   client > ACK seq=1 ack=1 len=1448 at=L0 tx=1
      0.1 client > ACK seq=1449 ack=1 len=1448 at=L0 tx=2
      0.2 client > ACK seq=1 ack=1 len=2896 ana=SuperSegment at=L1,L2 tx=1-2`,
      { lanes: FOUR_NICS.lanes?.slice(0, 3) }
    );
    const kept = frame.fields[0].values.map((_v, i) => i).filter((i) => frame.fields[2].values[i] !== 'L0');
    const fields = frame.fields.map((field) => ({ ...field, values: kept.map((i) => field.values[i]) }));
    const ladder = buildLadder(table([{ ...frame, fields, length: kept.length }]), 'nics', 0);
    expect(ladder.rows.length).toBe(1);
  });
});

describe('search', () => {
  const ladder = ends(`${HANDSHAKE}
    4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders"
    9   server > ACK seq=1 ack=213 len=1448 response=200
    12  server > ACK seq=1 ack=213 len=1448 ana=Retransmission
    13  client > ACK seq=213 ack=1449`);

  test.each([
    ['relative, in both directions', '100', [3, 4, 5]],
    ['absolute, the number that the client began with', '1000', [0, 4, 5]],
    ['absolute, the last byte of the response', 'seq=6448', [4, 5]],
    ['held by no segment, acknowledged by one', '1 449', [6]],
    ['a word of the analysis', 'retrans', [5]],
    ['a flag', 'syn', [0, 1]],
    ['a request', 'orders', [3]],
    ['nothing', '', []],
  ])('%s', (_name, query, rows) => {
    expect([...findRows(ladder, query)]).toEqual(rows);
  });

  test('next and previous go around', () => {
    const matches = Uint32Array.of(2, 5);
    expect([nextMatch(matches, 2, 1), nextMatch(matches, 5, 1), nextMatch(matches, 2, -1)]).toEqual([5, 2, 5]);
    expect(nextMatch(new Uint32Array(0), 0, 1)).toBeUndefined();
  });
});

test('a request lasts from its first packet to the last of its response, or of itself', () => {
  const ladder = ends(`${HANDSHAKE}
    4   client > ACK seq=1 ack=1 len=1448 request="POST /api/pay" id=r1
    4.1 client > PSH,ACK seq=1449 ack=1 len=100
    9   server > ACK seq=1 ack=1549 len=1448 response=200 id=r1
    10  server > PSH,ACK seq=1449 ack=1549 len=500
    11  client > ACK seq=1549 ack=1949
    20  client > PSH,ACK seq=1549 ack=1949 len=80 request="GET /hang" id=r2
    20.1 client > PSH,ACK seq=1629 ack=1949 len=20
    21  server > ACK seq=1949 ack=1649`);
  expect(requestRows(ladder, 'r1')).toEqual({ from: 3, to: 6 });
  expect(requestRows(ladder, 'r2')).toEqual({ from: 8, to: 9 });
  expect(requestRows(ladder, 'r3')).toBeUndefined();
});

test('time differences count from the packet before, the same side or the start', () => {
  const ladder = ends(HANDSHAKE);
  const ms = (mode: DeltaMode) => [...timeDeltas(ladder, mode, () => ackedSegments(ladder))].map((ns) => ns / 1e6);
  expect(ms('previous')).toEqual([NaN, 2, 2]);
  expect(ms('direction')).toEqual([NaN, NaN, 4]);
  expect(ms('start')).toEqual([0, 2, 4]);
  expect(ms('acknowledged')).toEqual([NaN, 2, 2]);
});
