import { placesOn, rowFilter, rowsAlongPath, sortedRows } from './model/arrange-rows';
import { recordsCsv } from './model/cell-text';
import { columnOf, defaultColumns, moved, offeredColumns, resized, shownColumns, toggled } from './model/columns';
import { currentRecord } from './model/current-record';
import { nicDifferences } from './model/nic-differences';
import { type LogRow, readRelatedLogs, type RelatedLogs, textAt } from './model/related-logs';
import { pointOfRecord, recordOfPoint } from './model/shared-place';
import { FOUR_NICS, relatedFrame, type RecordScript, span, threeDimensions } from './test/related-frames';

function read(frames = threeDimensions()): RelatedLogs {
  const result = readRelatedLogs(frames);
  if (!result.ok) {
    throw new Error(JSON.stringify(result.problem));
  }
  return result.value;
}

const rowsOf = (records: readonly RecordScript[]) => read([relatedFrame('request', records)]).tabs[0].rows;
const inners = (rows: readonly LogRow[]) => rows.map((row) => textAt(row, 'inner_traceid')).join(' ');

test('three tabs in their order, whatever the order of frames', () => {
  const counts = read([...threeDimensions()].reverse()).tabs.map(
    ({ dimension, rows }) => `${dimension} ${rows.length}`
  );
  expect(counts).toEqual(['connection 2', 'request 4', 'transport 3']);
});

describe('frames that cannot be shown', () => {
  test.each([
    ['nothing', [], 'no-frames'],
    ['another kind', [{ ...relatedFrame('request', []), meta: {} }], 'wrong-frame'],
    ['no record', [relatedFrame('request', [])], 'no-rows'],
  ])('%s', (_name, frames, kind) => {
    const result = readRelatedLogs(frames);
    expect(result.ok ? 'ok' : result.problem.kind).toBe(kind);
  });

  test('a line that is no record is kept as it came', () => {
    const frame = relatedFrame('request', [span({})]);
    const fields = frame.fields.map((field) => (field.name === 'body' ? { ...field, values: ['no {json'] } : field));
    expect([...read([{ ...frame, fields }]).tabs[0].rows[0].values]).toEqual([['line', 'no {json']]);
  });
});

describe('the current record', () => {
  const marked = (subject: { requestId: string; innerTraceId: string }) => {
    const logs = read();
    return logs.tabs.map(({ rows }) => inners(rows.filter(currentRecord(logs, subject))));
  };

  test('is that of the NIC that the page looks from', () => {
    expect(marked({ requestId: 'r1', innerTraceId: 'n2' })).toEqual(['', 'n2', '']);
  });

  test('else that of the NIC nearest to the client', () => {
    expect(marked({ requestId: 'r1', innerTraceId: '' })).toEqual(['n0', 'n0', '']);
  });

  test('is the connection where the page names no request', () => {
    expect(marked({ requestId: '', innerTraceId: 'n0' })).toEqual(['n0 n0', 'n0', 'n0 n0']);
  });

  test('is none where the page names nothing', () => {
    expect(marked({ requestId: '', innerTraceId: '' })).toEqual(['', '', '']);
  });
});

describe('a place that another panel points at', () => {
  const T0_MS = 1764000000000;
  const at = (ms: number) => String(BigInt(T0_MS) * BigInt(1_000_000) + BigInt(Math.round(ms * 1e6)));
  const CHUNK = { source: 'bpf_net_l4_log', chunk_id: 1, request_id: undefined } as const;
  /** Two requests of a connection at two NICs, whose clocks are 3.4 s apart, and the chunk that holds them. */
  const rows = rowsOf([
    span({ ...CHUNK, tsNs: at(0), duration_ms: 400 }),
    span({ request_id: 'r1', tsNs: at(10), latency_ms: 50 }),
    span({ request_id: 'r2', tsNs: at(100), latency_ms: 50 }),
    span({ inner_traceid: 'n1', request_id: 'r1', tsNs: at(3411), latency_ms: 48 }),
    span({ inner_traceid: 'n1', request_id: 'r2', tsNs: at(3501), latency_ms: 48 }),
  ]);
  const found = (point: { ms?: number; own?: number; nic?: string; request?: string }) => {
    const row = recordOfPoint(rows, {
      timeMs: T0_MS + (point.ms ?? 0),
      tsNs: point.own === undefined ? '' : at(point.own),
      innerTraceId: point.nic ?? '',
      requestId: point.request ?? '',
    });
    return row && rows.indexOf(row);
  };

  test('is the record of that NIC and request', () => {
    expect(found({ nic: 'n1', own: 3501, request: 'r2', ms: 101 })).toBe(4);
    expect(found({ nic: 'n0', own: 10, request: 'r1' })).toBe(1);
  });

  test('where the packet carries no request, is what went on then at that NIC, by its clock', () => {
    expect(found({ nic: 'n1', own: 3520, ms: 120 })).toBe(4);
    expect(found({ nic: 'n0', own: 120, ms: 120 })).toBe(2);
    expect(found({ nic: 'n0', own: 80, ms: 80 })).toBe(0);
  });

  test('is another record of the request where the NIC has none', () => {
    expect(found({ nic: 'elsewhere', own: 9000, request: 'r2', ms: 99 })).toBe(2);
  });

  test('is the nearest in time where a panel says no more', () => {
    expect([-50, 130, 420, 3490].map((ms) => found({ ms }))).toEqual([0, 2, 0, 4]);
    expect(recordOfPoint([], { timeMs: 0, tsNs: '', innerTraceId: '', requestId: '' })).toBeUndefined();
  });

  test('every record is found again by its own place', () => {
    expect(rows.map((row) => recordOfPoint(rows, pointOfRecord(row)))).toEqual(rows);
  });
});

describe('differences between NICs', () => {
  const told = (records: readonly RecordScript[]) => {
    const rows = rowsOf(records);
    const differences = nicDifferences(rows);
    return rows.flatMap((row) =>
      [...(differences.get(row.key) ?? [])].map(
        ([field, { text }]) => `${textAt(row, 'inner_traceid')} ${field}: ${text}`
      )
    );
  };

  test('the slowest hop, address translation, retransmissions', () => {
    expect(told(FOUR_NICS)).toEqual([
      'n0 tx_retrans: retransmitted; 0 at another NIC',
      'n1 latency_ms: 209.2 ms longer than at the next NIC: the slowest hop starts here',
      'n1 tx_retrans: retransmitted; 0 at another NIC',
      'n2 server_ip: translated (NAT): 10.96.0.8 at the NIC nearest the client',
      'n2 server_port: translated (NAT): 80 at the NIC nearest the client',
      'n3 server_ip: translated (NAT): 10.96.0.8 at the NIC nearest the client',
      'n3 server_port: translated (NAT): 80 at the NIC nearest the client',
    ]);
  });

  test('none between requests, and none that does not matter', () => {
    expect(told([span({ latency_ms: 900 }), span({ request_id: 'r2', latency_ms: 3, client_port: 7 })])).toEqual([]);
    expect(told([500.3, 500.1, 500].map((latency_ms, i) => span({ inner_traceid: `n${i}`, latency_ms })))).toEqual([]);
  });
});

describe('sorting', () => {
  const rows = rowsOf([
    span({ inner_traceid: 'a', latency_ms: 9, tsNs: '1764000000000000003' }),
    span({ inner_traceid: 'b', latency_ms: 10, tsNs: '1764000000000000001' }),
    span({ inner_traceid: 'c', tsNs: '1764000000000000002' }),
  ]);

  test('numbers as numbers, what has none last either way', () => {
    expect(inners(sortedRows(rows, { name: 'latency_ms', descending: false }))).toBe('a b c');
    expect(inners(sortedRows(rows, { name: 'latency_ms', descending: true }))).toBe('b a c');
  });

  test('time to the nanosecond', () => {
    expect(inners(sortedRows(rows, { name: 'time', descending: false }))).toBe('b c a');
  });
});

describe('along the path', () => {
  // node-b's clock is an hour behind.
  const at = (request_id: string, inner_traceid: string, tsNs: string) => span({ request_id, inner_traceid, tsNs });
  const rows = rowsOf([
    at('r2', 'n3', '1763996400000000021'),
    at('r1', 'n3', '1763996400000000011'),
    at('r1', 'n9', '1764000000000000012'),
    at('r1', 'n0', '1764000000000000010'),
    at('r2', 'n0', '1764000000000000020'),
  ]);
  const shown = (descending: boolean) =>
    rowsAlongPath(rows, placesOn(['n0', 'n3']), descending)
      .map((row) => `${textAt(row, 'request_id')}/${textAt(row, 'inner_traceid')}`)
      .join(' ');

  test("stand requests one after another by the client's clock, each from client to server, NICs off the path last", () => {
    expect(shown(false)).toBe('r1/n0 r1/n3 r1/n9 r2/n0 r2/n3');
    expect(shown(true)).toBe('r2/n3 r2/n0 r1/n9 r1/n3 r1/n0');
  });

  test('the path is what a frame says, and empty where none does', () => {
    expect(read([relatedFrame('request', FOUR_NICS, ['n0', 'n1'])]).path).toEqual(['n0', 'n1']);
    expect(read().path).toEqual([]);
  });
});

test.each([
  ['', 'n0 n1 n2 n3'],
  ['node-b', 'n2 n3'],
  ['NODE-B veth9', 'n3'],
  ['latency_ms>203.1 latency_ms<412.6', 'n1 n2'],
  ['server_port=8080', 'n2 n3'],
  ['host!=node-b', 'n0 n1'],
  ['nic_name:veth', 'n1 n3'],
  ['k8s_pod_name=cart-1', 'n0'],
  ['"no such"', ''],
  ['10.2.1.7', 'n2 n3'],
  ['latency_ms>', ''],
])('filter %s', (text, found) => {
  expect(inners(rowsOf(FOUR_NICS).filter(rowFilter(text)))).toBe(found);
});

describe('columns', () => {
  const names = (columns: ReadonlyArray<{ name: string }>) => columns.map(({ name }) => name).join(' ');
  const three = shownColumns([{ name: 'host' }, { name: 'nic_name', widthPx: 5 }, { name: 'own_field' }], 'requests');

  test('are those chosen, in their order, never too narrow', () => {
    expect(three.map(({ title, widthPx }) => `${title} ${widthPx}`)).toEqual(['Host 74', 'NIC 48', 'own_field 110']);
    expect(shownColumns([], 'mixed')).toEqual(defaultColumns('mixed'));
  });

  test('move, go and come, and change their width', () => {
    expect(names(moved(three, 'own_field', -1))).toBe('host own_field nic_name');
    expect(moved(three, 'host', -1)).toBe(three);
    expect(names(toggled(three, 'nic_name'))).toBe('host own_field');
    expect(names(toggled(three, 'tunnel'))).toBe('host nic_name own_field tunnel');
    expect(resized(three, 'host', 1234)[0].widthPx).toBe(800);
  });

  test('offered are those of the records, known ones first', () => {
    expect(names(offeredColumns(['zz', 'nic_name', 'host', 'aa']))).toBe('time source host nic_name aa zz');
  });
});

test('CSV: raw values, quoted where they must be, no formula from the wire', () => {
  const rows = rowsOf([
    span({ l7_resource: '=HYPERLINK("http://x")', latency_ms: 1.5 }),
    span({ l7_resource: 'a,"b"', note: 'line\nbreak' }),
  ]);
  expect(recordsCsv(rows, ['time', 'latency_ms', 'l7_resource', 'note'].map(columnOf))).toBe(
    [
      'time_ns,latency_ms,l7_resource,note',
      `1764000000000000000,1.5,"'=HYPERLINK(""http://x"")",`,
      '1764000000000000000,,"a,""b""","line\nbreak"',
      '',
    ].join('\r\n')
  );
});
