import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importFaults } from '../check-imports';
import { type ImportRule } from '../import-rules';
import { foldersOf } from '../rooms';
import { readTree } from '../source-tree';

const RULES: readonly ImportRule[] = [
  { folder: 'src/model', may: [], pure: true },
  { folder: 'src/view', may: ['src/model', 'react'] },
  { folder: 'src', may: ['src/view'] },
];

const HOUSE = {
  'src/model/rows.ts': 'export interface Row { at: number }\nexport const rowsOf = (at: number): Row[] => [{ at }];',
  'src/view/Rows.tsx':
    "import { createElement } from 'react';\nimport { type Row, rowsOf } from '../model/rows';\nexport const Rows = (row: Row) => createElement('p', null, rowsOf(row.at).length);",
  'src/module.ts': "import { Rows } from './view/Rows';\nexport const plugin = Rows;",
};

const NOWHERE = path.join(tmpdir(), 'bpfnet-no-such-folder');

function faults(planted: Readonly<Record<string, string>>, rules = RULES): readonly string[] {
  return importFaults(readTree(NOWHERE, { ...HOUSE, ...planted }), rules);
}

it('has nothing to say of a house in order', () => {
  expect(faults({})).toEqual([]);
});

it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  [
    'an import up the stairs',
    { 'src/model/rows.ts': `import { Rows } from '../view/Rows';\n${HOUSE['src/model/rows.ts']}\nRows;` },
    [
      'src/model/rows.ts imports src/view/Rows.tsx; src/model may import nothing',
      'src/model/rows.ts → src/view/Rows.tsx → src/model/rows.ts: a circle of imports',
    ],
  ],
  [
    'a circle within a room',
    {
      'src/model/rows.ts': `import { type Late } from './late';\n${HOUSE['src/model/rows.ts']}\nexport type Rest = Late;`,
      'src/model/late.ts': "import { type Rest } from './rows';\nexport type Late = Rest | null;",
    },
    ['src/model/late.ts → src/model/rows.ts → src/model/late.ts: a circle of imports'],
  ],
  [
    'an impure name in a pure room',
    { 'src/model/rows.ts': HOUSE['src/model/rows.ts'].replace('[{ at }]', '[{ at: at - Date.now() }]') },
    ['src/model/rows.ts uses Date.now; src/model is pure: take it as an argument'],
  ],
  [
    'an export that nobody imports',
    { 'src/model/rows.ts': `${HOUSE['src/model/rows.ts']}\nexport const LIMIT = 3;` },
    ['src/model/rows.ts exports LIMIT, and nobody imports it'],
  ],
  [
    'an export that is there for its test alone',
    {
      'src/model/rows.ts': `${HOUSE['src/model/rows.ts']}\nexport const LIMIT = 3;`,
      'src/model/rows.test.ts': "import { LIMIT } from './rows';\nexpect(LIMIT).toBe(3);",
    },
    ['src/model/rows.ts exports LIMIT, which only tests use: what production does not need can go'],
  ],
  [
    'a room without a row',
    { 'src/export/csv.ts': "import { rowsOf } from '../model/rows';\nrowsOf(1);" },
    [
      'src/export/csv.ts imports src/model/rows.ts; src may import src/view',
      'src/export/csv.ts is in a room without a row of its own in scripts/import-rules.ts',
    ],
  ],
  [
    'helpers of tests under another name',
    { 'src/testing/rows.ts': 'export {};' },
    [
      'src/testing/rows.ts is in a room without a row of its own in scripts/import-rules.ts',
      'src/testing/rows.ts: helpers of tests belong in a folder named test',
    ],
  ],
])('finds %s', (_what, planted, expected) => {
  expect(faults(planted)).toEqual(expected);
});

it('finds a permission that nobody uses, and one that opens more than a room', () => {
  const [model, view, rest] = RULES;
  expect(faults({}, [model, { ...view, may: [...view.may, 'rxjs'] }, rest])).toEqual([
    'src/view may import rxjs, and no file of it does: take the permission away',
  ]);
  expect(
    faults({}, [model, { ...view, may: ['src', 'react'] }, { folder: 'src/module.ts', may: ['src/view'] }])
  ).toEqual(['src/view may import src, which is 3 rooms: name those that it needs']);
});

it('takes a name that is handed on for the one that it is', () => {
  const planted = {
    'src/model/index.ts': "export * from './rows';",
    'src/view/Rows.tsx': HOUSE['src/view/Rows.tsx'].replace('../model/rows', '../model'),
  };
  expect(faults(planted)).toEqual([]);
});

it('fails as a command', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'bpfnet-house-'));
  mkdirSync(path.join(root, 'flow-model/src'), { recursive: true });
  writeFileSync(
    path.join(root, 'flow-model/src/late.ts'),
    "import { type Late } from './late';\nexport type Early = Late;"
  );
  const { status, stderr } = spawnSync('npx', ['tsx', path.join(__dirname, '../check-imports.ts'), '--root', root], {
    encoding: 'utf8',
  });
  rmSync(root, { recursive: true });
  expect(status).toBe(1);
  expect(stderr).toContain('flow-model/src/late.ts → flow-model/src/late.ts: a circle of imports');
});

it('counts rooms, floors and arrows, and those that lead back up', () => {
  const tree = readTree(NOWHERE, {
    ...HOUSE,
    'src/model/rows.ts': `${HOUSE['src/model/rows.ts']}\nimport '../module';`,
  });
  expect(foldersOf([...tree.values()])).toEqual([{ path: 'src', rooms: 3, floors: 1, arrows: 3, backUp: 3 }]);
  const inOrder = readTree(NOWHERE, HOUSE);
  expect(foldersOf([...inOrder.values()])).toEqual([{ path: 'src', rooms: 3, floors: 3, arrows: 2, backUp: 0 }]);
});
