import { packetsCsv } from './export/packet-record';
import { bpfFilter, tsharkFilter } from './export/packet-filters';
import { ipHeader } from './export/packet-headers';
import { toPlainText } from './export/plain-text';
import { layoutColumns } from './layout/columns';
import { foldAt, layoutLines } from './layout/lines';
import { scrollScale } from './layout/scroll-scale';
import { ackedSegments, NO_ROW } from './model/acked-segments';
import { buildLadder } from './model/build-ladder';
import { findBursts } from './model/bursts';
import { jumpRow } from './model/jumps';
import { type PacketTable, readPackets } from './model/packets';
import { ALL_ROWS, filterRows } from './model/row-filter';
import { sameTables } from './model/same-tables';
import { findRows } from './model/search';
import { type FieldKey, FIELD_KEYS } from './options';
import { packetFrames, type ScriptOptions } from './test/script';

const SCRIPT = `
  0   client > SYN seq=0
  2   server > SYN,ACK seq=0 ack=1
  4   client > ACK seq=1 ack=1
  4.1 client > PSH,ACK seq=1 ack=1 len=212 request="GET /api/orders"
  9   server > ACK seq=1 ack=213 len=1448 response=200
  300 server > ACK seq=1 ack=213 len=1448 ana=Retransmission
  301 client > RST,ACK seq=213 ack=1449`;

function table(script: string, options?: ScriptOptions): PacketTable {
  const read = readPackets(packetFrames(script, options));
  if (!read.ok) {
    throw new Error(read.problem.kind);
  }
  return read.value;
}

const ladder = (script = SCRIPT, options?: ScriptOptions) => buildLadder(table(script, options), 'ends', 0);

test('an ACK belongs to the last segment that it acknowledges in full; a retransmitted one gives no round trip', () => {
  const { ackedRow, rttNs, inFlight } = ackedSegments(ladder());
  expect([...ackedRow]).toEqual([NO_ROW, 0, 1, NO_ROW, 3, NO_ROW, 4]);
  expect([...rttNs].map((ns) => ns / 1e6)).toEqual([NaN, 2, 2, NaN, expect.closeTo(4.9), NaN, NaN]);
  expect([...inFlight]).toEqual([1, 1, 0, 212, 1448, 1448, 0]);
});

test('round trips go on where sequence numbers wrap', () => {
  const { ackedRow } = ackedSegments(
    ladder(
      `0 client > ACK seq=1 ack=1 len=1000
       5 server > ACK seq=1 ack=1001
       6 client > ACK seq=1001 ack=1 len=1000
       9 server > ACK seq=1 ack=2001`,
      { clientIsn: 0xffffffff - 500 }
    )
  );
  expect([...ackedRow]).toEqual([NO_ROW, 0, NO_ROW, 2]);
});

describe('bulk data', () => {
  const bulk = Array.from({ length: 30 }, (_v, i) =>
    i % 3 === 2 ? `${i} client > ACK seq=1 ack=${i * 1448}` : `${i} server > ACK seq=${1 + i * 1448} ack=1 len=1448`
  ).join('\n');

  test('is collapsed into one line that expands', () => {
    const whole = ladder(`${bulk}\n 40 server > ACK seq=90000 ack=1 len=1448 ana=Retransmission`);
    const bursts = findBursts(whole, 0);
    expect(bursts).toEqual([{ from: 0, to: 29 }]);
    const { tNs } = whole.rows;
    const folded = layoutLines({ tNs, silenceNs: 0, bursts });
    expect(folded.length).toBe(2);
    expect(foldAt(folded, 0)).toEqual({ kind: 'burst', from: 0, to: 29 });
    expect([folded.ofRow[17], folded.ofRow[30]]).toEqual([0, 1]);
    expect(layoutLines({ tNs, silenceNs: 0, bursts, open: new Set([0]) }).length).toBe(31);
  });

  test('ends at an analysis flag', () => {
    const ana = bulk.replace('15 server > ACK', '15 server > ACK ana=OutOfOrder');
    expect(findBursts(ladder(ana), 0)).toEqual([
      { from: 0, to: 14 },
      { from: 16, to: 29 },
    ]);
  });
});

describe('filters, jumps, search', () => {
  const whole = ladder();

  test.each([
    ['the server', { ...ALL_ROWS, side: 'far' as const }, [1, 4, 5]],
    ['resets', { ...ALL_ROWS, flags: 0x04 }, [6]],
    ['payload of the client', { ...ALL_ROWS, side: 'near' as const, show: 'payload' as const }, [3]],
    ['analysis flags', { ...ALL_ROWS, show: 'notable' as const }, [5]],
    ['requests and responses', { ...ALL_ROWS, show: 'l7' as const }, [3, 4]],
  ])('only %s', (_name, filter, rows) => {
    expect([...(filterRows(whole, filter) ?? [])]).toEqual(rows);
  });

  test('a filter leaves the silence between the rows that it shows', () => {
    const rows = filterRows(whole, { ...ALL_ROWS, side: 'far' });
    const lines = layoutLines({ tNs: whole.rows.tNs, silenceNs: 100e6, rows });
    expect([...lines.content]).toEqual([1, 4, -1, 5]);
  });

  test('jumps', () => {
    expect(jumpRow(whole, 'retransmission', -1)).toBe(5);
    expect(jumpRow(whole, 'gap', -1)).toBe(5);
    expect(jumpRow(whole, 'reset', -1)).toBe(6);
    expect(jumpRow(whole, 'request', 3)).toBe(3);
    expect(jumpRow(whole, 'zero-window', -1)).toBeUndefined();
  });

  test.each([
    ['len>212', [4, 5]],
    ['len = 212', [3]],
    ['ack=1449', [6]],
    ['flags=0x12', [1]],
    ['win<10', []],
  ])('%s', (query, rows) => {
    expect([...findRows(whole, query)]).toEqual(rows);
  });
});

test('the same packets again are the same table, others are not', () => {
  expect(sameTables(table(SCRIPT), table(SCRIPT))).toBe(true);
  expect(sameTables(table(SCRIPT), table(SCRIPT.replace('len=212', 'len=213')))).toBe(false);
  expect(sameTables(table(SCRIPT), table(SCRIPT, { lanes: [{ host: 'b', nicName: 'eth0' }] }))).toBe(false);
});

test('a million lines are scrolled from the first to the last', () => {
  const content = 34_000_000;
  const { heightPx, ratio } = scrollScale(content, 700);
  expect(heightPx).toBeLessThan(17_000_000);
  expect((heightPx - 700) * ratio).toBeCloseTo(content - 700);
  expect(scrollScale(3400, 700)).toEqual({ heightPx: 3400, ratio: 1 });
});

describe('what leaves the panel', () => {
  test('filters for other tools', () => {
    expect(tsharkFilter(table(SCRIPT), 3)).toBe(
      'ip.src == 10.1.1.4 && ip.dst == 10.2.1.7 && tcp.srcport == 41230 && tcp.dstport == 8080 && tcp.seq_raw == 1001 && tcp.ack_raw == 5001 && tcp.len == 212 && tcp.flags == 0x018'
    );
    const [lane] = table(SCRIPT).lanes;
    expect(bpfFilter(lane)).toBe('tcp and host 10.1.1.4 and port 41230 and host 10.2.1.7 and port 8080');
    expect(bpfFilter({ ...lane, near: { ip: '1 or host 2', port: 1 } })).toBe('');
  });

  test('text', () => {
    expect(toPlainText(ladder(), [3, 5], 'relative').split('\n')).toEqual([
      '4.100 ms  client  PSH ACK  seq=1  ack=1  len=212  win=64256  [request GET /api/orders]',
      '300.000 ms  server  ACK  seq=1  ack=213  len=1448  win=64256  retransmission',
    ]);
  });

  test('CSV quotes what it must, and no cell becomes a formula', () => {
    const packets = table('0 client > PSH,ACK seq=1 ack=1 len=9 request="=cmd(1),2"');
    const [, line] = packetsCsv(packets, Uint32Array.of(0)).split('\r\n');
    expect(line).toContain(`,"'=cmd(1),2",`);
  });

  test.each([
    ['10.0.0.1', [10, 0, 0, 1]],
    ['300.0.0.1', [0, 0, 0, 0]],
    ['2001:db8::1', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4]],
    ['1:2:3', [0, 0, 0, 0]],
  ])('the address %s', (text, bytes) => {
    const header = ipHeader({ from: text, to: text, protocol: 6, payload: 0 });
    expect([...header.slice(bytes.length === 4 ? 12 : 8, bytes.length === 4 ? 16 : 24)]).toEqual(bytes);
  });
});

test('the list has the columns that the options name, as far as there is room', () => {
  const keys = (widthPx: number, fields?: readonly FieldKey[]) =>
    layoutColumns({ widthPx, lanes: 2, time: 'relative', hasTags: false, view: 'list', fields }).fields.map(
      ({ key }) => key
    );
  expect(keys(1280)).toEqual(FIELD_KEYS);
  expect(keys(1280, ['analysis', 'seq'])).toEqual(['seq', 'analysis']);
  expect(keys(390, ['analysis', 'seq'])).toEqual(['seq']);
});
