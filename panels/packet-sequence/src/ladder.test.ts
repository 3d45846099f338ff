import { type DataFrame } from '@grafana/data';
import { expectGolden } from '../../shared/test/golden';
import { answersOf } from './model/answers';
import { buildLadder } from './model/build-ladder';
import { journeyOf } from './model/journey';
import { type NicsLadder } from './model/ladder';
import { type PacketTable, readPackets } from './model/packets';
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
  test('four NICs, two clocks, a segment that died between the hosts', () => {
    const ladder = nics(`${HANDSHAKE}
      4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders"
      206 server > PSH,ACK seq=1 ack=213 len=1448 response=200
      207 server > ACK seq=1449 ack=213 len=1448 at=L3,L2
      411 server > ACK seq=1449 ack=213 len=1448 ana=Retransmission
      413 client > ACK seq=213 ack=2897`);
    expectGolden('ladder-four-nics', ladderText(ladder));
    expect(ladder.notes).toEqual([
      "The clock of node-b is 3.412\u202f000 s (± 0.5 ms) ahead of node-a's; its packets are drawn moved by that.",
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
    expect([0, 1, 2].map((row) => journeyOf(ladder, row).lanes)).toEqual([
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
      0   server > ACK seq=1 ack=1 len=4344 ana=SuperSegment at=L1
      0.1 server > ACK seq=1 ack=1 len=1448 at=L0
      0.2 server > ACK seq=2897 ack=1 len=1448 at=L0
      9   server > ACK seq=4345 ack=1 len=100`,
      {
        lanes: [
          { host: 'a', nicName: 'eth0' },
          { host: 'a', nicName: 'eth1' },
        ],
      }
    );
    expect(ladder.rows.length).toBe(2);
    expect(journeyOf(ladder, 0)).toEqual({
      lanes: [1, 0],
      loss: { after: 1, before: 0, bytes: 1448, ofBytes: 4344, certain: true },
    });
    expect(ladder.sightings.parts[0]).toBe(2);
  });

  test('segments that were glued together on their way', () => {
    const ladder = nics(
      `
      0 client > ACK seq=1 ack=1 len=1448 at=L0
      0.1 client > ACK seq=1449 ack=1 len=1448 at=L0
      0.2 client > ACK seq=1 ack=1 len=2896 ana=SuperSegment at=L1`,
      {
        lanes: [
          { host: 'a', nicName: 'eth0' },
          { host: 'a', nicName: 'eth1' },
        ],
      }
    );
    expect([0, 1].map((row) => journeyOf(ladder, row))).toEqual([{ lanes: [0, 1] }, { lanes: [0, 1] }]);
  });

  test('of two transmissions of which one arrived, the earlier one is the lost one', () => {
    const lanes = [
      { host: 'a', nicName: 'eth0' },
      { host: 'a', nicName: 'eth1' },
    ];
    const lost = nics(
      `
      0   client > ACK seq=1 ack=1 len=100 at=L0
      200 client > ACK seq=1 ack=1 len=100 ana=Retransmission
      201 client > ACK seq=101 ack=1 len=1`,
      { lanes }
    );
    expect([0, 1].map((row) => journeyOf(lost, row).lanes)).toEqual([[0], [0, 1]]);
    const spurious = nics(
      `
      0   client > ACK seq=1 ack=1 len=100
      200 client > ACK seq=1 ack=1 len=100 ana=SpuriousRetransmission`,
      { lanes, hopMs: 300 }
    );
    expect([0, 1].map((row) => journeyOf(spurious, row).lanes)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test('what a capture may have missed is not called lost', () => {
    const script = `
      0 client > ACK seq=1 ack=1 len=100
      1 client > ACK seq=101 ack=1 len=100 at=L0
      2 client > ACK seq=201 ack=1 len=100`;
    const certain = (captureDrops: number, notFetched: number) =>
      journeyOf(
        nics(script, {
          lanes: [
            { host: 'a', nicName: 'eth0' },
            { host: 'a', nicName: 'eth1', captureDrops, notFetched },
          ],
        }),
        1
      ).loss?.certain;
    expect([certain(0, 0), certain(3, 0), certain(0, 9)]).toEqual([true, false, false]);
  });

  test('100 000 packets at two NICs are matched in little time', () => {
    const frames = packetFrames('0 client > SYN seq=0', { lanes: FOUR_NICS.lanes?.slice(0, 2) });
    const big = bigTable(table(frames), 100_000);
    const began = performance.now();
    const ladder = buildLadder(big, 'nics', 0);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(ladder.rows.length).toBe(50_000);
  });
});

/** Bulk data from client to server, each segment seen at both NICs. */
function bigTable(like: PacketTable, length: number): PacketTable {
  const half = (i: number) => Math.floor(i / 2);
  const column = (value: (i: number) => number) => Float64Array.from({ length }, (_v, i) => value(i));
  return {
    ...like,
    length,
    tNs: column((i) => half(i) * 10_000 + (i % 2) * 1000),
    lane: Uint16Array.from(column((i) => i % 2)),
    fromFar: new Uint8Array(length),
    flags: new Uint8Array(length).fill(16),
    seq: Uint32Array.from(column((i) => (half(i) * 1448) % 2 ** 32)),
    ack: new Uint32Array(length),
    seqRel: column((i) => half(i) * 1448),
    ackRel: new Float64Array(length),
    len: new Uint32Array(length).fill(1448),
    win: new Uint32Array(length),
    ana: new Uint32Array(length),
    chunk: new Uint32Array(length),
    tag: new Int32Array(length).fill(-1),
  };
}

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

test('time differences count from the packet before, the same side or the start', () => {
  const ladder = ends(HANDSHAKE);
  const ms = (mode: DeltaMode) => [...timeDeltas(ladder, mode, () => answersOf(ladder))].map((ns) => ns / 1e6);
  expect(ms('previous')).toEqual([NaN, 2, 2]);
  expect(ms('direction')).toEqual([NaN, NaN, 4]);
  expect(ms('start')).toEqual([0, 2, 4]);
  expect(ms('acknowledged')).toEqual([NaN, 2, 2]);
});
