import { createDataFrame, FieldType } from '@grafana/data';
import { type Columns } from '@bpfnet/flow-model/frame-columns';
import { csvText } from './csv';
import { type DataProblem, problemText } from './data-problem';
import { saveFile } from './download';
import { findFrame, readFrame, readRows } from './frame-fields';
import { linkTo, variableText } from './panel-link';
import { recall, remember } from './remembered';
import { buildLink, safeHref } from './safe-link';
import { panelProps } from './test/panel-props';

describe('links', () => {
  const link = (template: string, fields: Readonly<Record<string, string>>, variable = '') =>
    buildLink(template, {
      fields,
      fromMs: 1,
      toMs: 2,
      replaceVariables: (text) => (text ?? '').replace('${host}', () => encodeURIComponent(variable)),
    });

  test('fields, times and dashboard variables are filled in', () => {
    expect(link('/d/x?id=${__data.fields.id}&from=${__from}&to=${__to}&h=${host}', { id: 'a b' }, 'n&1')).toBe(
      '/d/x?id=a%20b&from=1&to=2&h=n%261'
    );
  });

  test('a value cannot leave its place', () => {
    expect(link('/d/x?id=${__data.fields.id}', { id: '&var-y=1#${host}"><script>' })).toBe(
      '/d/x?id=%26var-y%3D1%23%24%7Bhost%7D%22%3E%3Cscript%3E'
    );
    expect(link('${__data.fields.id}', { id: 'javascript:alert(1)' })).toBeUndefined();
  });

  test('no link without the value that it needs', () => {
    expect([link('/d/x?id=${__data.fields.id}', {}), link('  ', {})]).toEqual([undefined, undefined]);
  });

  test.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    'java\nscript:x',
    'https:',
    'd/x',
  ])('refused: %j', (address) => {
    expect(safeHref(address)).toBeUndefined();
  });

  test.each(['/d/x?y=1#z', 'https://grafana.example/d/x', 'http://localhost:3000'])('accepted: %s', (address) => {
    expect(safeHref(address)).toBe(address);
  });
});

describe('links of a panel', () => {
  test("are on the dashboard's time range", () => {
    expect(linkTo(panelProps({}, []), '/d/x?id=${__data.fields.id}&from=${__from}&to=${__to}', { id: 'a' })).toBe(
      '/d/x?id=a&from=1764000000000&to=1764003600000'
    );
  });

  test.each([
    ['${request_id}', ''],
    ['$request_id', ''],
    ['[[request_id]]', ''],
    ['r-${request_id}', ''],
    [' r1 ', 'r1'],
    ['', ''],
  ])('variables that the dashboard lacks leave nothing: %j', (text, filled) => {
    expect(variableText(text, (unchanged) => unchanged)).toBe(filled);
  });
});

test('CSV: quoted where it must be, no formula from the wire', () => {
  expect(
    csvText([
      ['a,b', 'say "x"', 'line\nbreak', '=1+1', '-x'],
      [-1.5, null, true, '', 'plain'],
    ])
  ).toBe(`"a,b","say ""x""","line\nbreak",'=1+1,'-x\r\n-1.5,,true,,plain\r\n`);
});

test('a download can still be read after the click', () => {
  jest.useFakeTimers();
  const held = new Set<string>();
  URL.createObjectURL = () => {
    held.add('blob:1');
    return 'blob:1';
  };
  URL.revokeObjectURL = (url) => held.delete(url);
  const clicked = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation();
  try {
    saveFile('a.csv', new Blob(['a']));
    expect(clicked).toHaveBeenCalledTimes(1);
    expect(held.size).toBe(1);
    jest.runAllTimers();
    expect(held.size).toBe(0);
  } finally {
    jest.useRealTimers();
    clicked.mockRestore();
  }
});

test('what a reader chose is found again, and what cannot be read is nothing', () => {
  remember('k', { a: 1 });
  expect(recall('k')).toEqual({ a: 1 });
  remember('k', undefined);
  expect(recall('k')).toBeUndefined();
  globalThis.localStorage.setItem('k', '{');
  expect(recall('k')).toBeUndefined();
});

describe('frames read by field name', () => {
  const frame = createDataFrame({
    name: 'things',
    fields: [
      { name: 'n', type: FieldType.number, values: [1, null, 3] },
      { name: 't', type: FieldType.string, values: ['a', 'b', 7] },
      { name: 'w', type: FieldType.string, values: ['yes', 'perhaps', null] },
    ],
  });
  const about = 'of a test';

  test('null stays null where that is allowed, other fields have a stand-in', () => {
    expect(
      readRows(frame, {
        n: { type: 'number?', about },
        w: { type: 'text', of: ['', 'yes'], about },
        x: { type: 'text', about },
        y: { type: 'boolean?', about },
      })
    ).toEqual({
      ok: true,
      value: [
        { n: 1, w: 'yes', x: '', y: null },
        { n: null, w: '', x: '', y: null },
        { n: 3, w: '', x: '', y: null },
      ],
    });
  });

  test.each<[string, Columns, DataProblem]>([
    ['a field', { x: { type: 'text', required: true, about } }, { kind: 'missing-field', frame: 'things', field: 'x' }],
    [
      'a number',
      { n: { type: 'number', required: true, about } },
      { kind: 'bad-value', frame: 'things', field: 'n', row: 1 },
    ],
    ['a text', { t: { type: 'text', about } }, { kind: 'bad-value', frame: 'things', field: 't', row: 2 }],
  ])('%s that is not there is a problem', (_name, columns, problem) => {
    expect(readRows(frame, columns)).toEqual({ ok: false, problem });
  });

  test('whole columns keep to the table as well', () => {
    const into = [0, 0, 0, 0];
    const columns = { n: { type: 'number', about }, m: { type: 'number', required: true, about } } as const;
    expect(readFrame(frame, columns, (fields) => fields.copyNumbers('n', into, 1, 9))).toMatchObject({ ok: true });
    expect(into).toEqual([0, 1, 9, 3]);
    expect(readFrame(frame, columns, (fields) => fields.copyNumbers('m', into, 0))).toEqual({
      ok: false,
      problem: { kind: 'missing-field', frame: 'things', field: 'm' },
    });
  });

  test('a frame is found by kind, by name, by its required fields', () => {
    const wanting = (...names: readonly string[]): Columns =>
      Object.fromEntries(names.map((name) => [name, { type: 'text', required: true, about }]));
    const byKind = { ...frame, name: 'other', meta: { custom: { kind: 'K' } } };
    expect(findFrame([frame, byKind], 'K', {})).toEqual({ ok: true, value: byKind });
    expect(findFrame([frame], 'things', wanting('zzz'))).toEqual({ ok: true, value: frame });
    expect(findFrame([frame], 'K', wanting('n', 't'))).toEqual({ ok: true, value: frame });
    expect(findFrame([frame], 'K', wanting('n', 'x'))).toMatchObject({
      ok: false,
      problem: { kind: 'wrong-frame', got: ['things'] },
    });
  });
});

test('every problem says what is the case and what to do', () => {
  const problems: readonly DataProblem[] = [
    { kind: 'no-frames' },
    { kind: 'wrong-frame', wanted: 'a', got: ['b'] },
    { kind: 'missing-field', frame: 'a', field: 'seq' },
    { kind: 'bad-value', frame: 'a', field: 'seq', row: 0 },
    { kind: 'no-rows', what: 'packets' },
    { kind: 'query-failed', message: 'Loki said no.' },
  ];
  for (const { title, advice } of problems.map(problemText)) {
    expect(title).toMatch(/\.$/);
    expect(advice).toMatch(/\.$/);
  }
  expect(problemText(problems[2]).title).toContain('"seq"');
});
