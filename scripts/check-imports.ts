/**
 * Holds the source to the table in import-rules.ts, and to what keeps a table like that true: no circle of files, no permission and no
 * export that nobody uses, pure rooms that are pure, one name for the folders of test helpers. With `--rooms` it prints the rooms, too.
 */
import path from 'node:path';
import { IMPORT_RULES, type ImportRule, IMPURE_NAMES } from './import-rules';
import { roomsReport } from './rooms';
import { readTree, type SourceFile, type SourceTree } from './source-tree';

/** Loaded by name: by Grafana, by Node, by a worker or a bundler. */
const ENTRY_POINTS = /(^|\/)(module\.tsx?|main\.tsx?|index\.ts|[\w-]+\.bench\.ts)$/;

const TEST_FOLDER = /(^|\/)(tests|testing|__tests__|__fixtures__|fixtures|__mocks__|mocks)\//;

/** One sentence for each fault. */
export function importFaults(tree: SourceTree, rules: readonly ImportRule[] = IMPORT_RULES): readonly string[] {
  const production = [...tree.values()].filter(({ use }) => use === 'production');
  return [
    ...production.flatMap((file) => fileFaults(file, rules)),
    ...ruleFaults(production, rules),
    ...circles(production).map((circle) => `${circle.join(' → ')}: a circle of imports`),
    ...unusedExports(tree),
    ...[...tree.keys()]
      .filter((file) => TEST_FOLDER.test(file))
      .map((file) => `${file}: helpers of tests belong in a folder named test`),
  ];
}

function fileFaults(file: SourceFile, rules: readonly ImportRule[]): readonly string[] {
  const rule = ruleOf(file.path, rules);
  if (rule === undefined) {
    return [`${file.path}: no row in scripts/import-rules.ts holds for it`];
  }
  const faults = file.imports
    .filter(({ to }) => !isAsset(to) && !isOwn(to, file.path, rules) && permissionFor(to, rule, rules) === undefined)
    .map(({ to }) => `${file.path} imports ${to}; ${rule.folder} may import ${rule.may.join(', ') || 'nothing'}`);
  const impure = rule.pure === true ? IMPURE_NAMES.exec(file.code) : null;
  return impure === null
    ? faults
    : [...faults, `${file.path} uses ${impure[0].trim()}; ${rule.folder} is pure: take it as an argument`];
}

/** Rows that hold for nothing or for several rooms, and permissions that nobody needs or that open several rooms at once. */
function ruleFaults(production: readonly SourceFile[], rules: readonly ImportRule[]): readonly string[] {
  return rules.flatMap((rule) => {
    const files = production.filter((file) => ruleOf(file.path, rules) === rule);
    if (files.length === 0) {
      return [`${rule.folder}: no file for this row of scripts/import-rules.ts`];
    }
    const used = new Set(
      files.flatMap((file) =>
        file.imports.filter(({ to }) => !isOwn(to, file.path, rules)).map(({ to }) => permissionFor(to, rule, rules))
      )
    );
    const rooms = (may: string) => rules.filter(({ folder }) => folder !== may && folder.startsWith(`${may}/`)).length;
    const deeper = files.find(({ path: file }) => file.slice(rule.folder.length + 1).includes('/'));
    return [
      ...(rooms(rule.folder) > 0 && deeper !== undefined
        ? [`${deeper.path} is in a room without a row of its own in scripts/import-rules.ts`]
        : []),
      ...rule.may
        .filter((may) => !used.has(may))
        .map((may) => `${rule.folder} may import ${may}, and no file of it does: take the permission away`),
      ...rule.may
        .filter((may) => rooms(may) > 1 && !rules.some(({ folder }) => folder === may))
        .map((may) => `${rule.folder} may import ${may}, which is ${rooms(may)} rooms: name those that it needs`),
    ];
  });
}

function ruleOf(file: string, rules: readonly ImportRule[]): ImportRule | undefined {
  return rules.find(({ folder }) => folderIn(file, folder) !== undefined);
}

/** Whether both are in one room: under one row, and where that says `*` in one of its folders. */
function isOwn(to: string, file: string, rules: readonly ImportRule[]): boolean {
  const rule = ruleOf(file, rules);
  return rule !== undefined && ruleOf(to, rules) === rule && folderIn(to, rule.folder) === folderIn(file, rule.folder);
}

function folderIn(file: string, folder: string): string | undefined {
  if (!folder.endsWith('/*')) {
    return isIn(file, folder) ? folder : undefined;
  }
  const parent = folder.slice(0, -1);
  const [child, ...inside] = file.startsWith(parent) ? file.slice(parent.length).split('/') : [];
  return inside.length > 0 ? `${parent}${child}` : undefined;
}

function permissionFor(to: string, { may }: ImportRule, rules: readonly ImportRule[]): string | undefined {
  const room = ruleOf(to, rules)?.folder;
  const isRoom = (one: string) => !one.endsWith('/*') && rules.some(({ folder }) => folder === one);
  return may.find((one) =>
    isRoom(one) ? one === room : folderIn(to, one) !== undefined || (one === 'node:' && to.startsWith('node:'))
  );
}

/** Styles and pictures beside a component. */
function isAsset(to: string): boolean {
  return /\.(css|svg|json)$/.test(to);
}

function isIn(what: string, folder: string): boolean {
  return what === folder || what.startsWith(`${folder}/`);
}

/** One circle for each knot of files that reach each other. */
function circles(files: readonly SourceFile[]): ReadonlyArray<readonly string[]> {
  const imports = new Map(files.map((file) => [file.path, [...new Set(file.imports.map(({ to }) => to))]]));
  const done = new Set<string>();
  const found: string[][] = [];
  const walk = (file: string, way: readonly string[]): void => {
    const before = way.indexOf(file);
    if (before !== -1) {
      found.push([...way.slice(before), file]);
      return;
    }
    if (!done.has(file)) {
      imports.get(file)?.forEach((to) => walk(to, [...way, file]));
      done.add(file);
    }
  };
  [...imports.keys()].forEach((file) => walk(file, []));
  return found;
}

/** Names that no other file imports; and those that only tests do, where the file itself has no use for them. */
function unusedExports(tree: SourceTree): readonly string[] {
  const users = new Map<string, Set<SourceFile['use']>>();
  const use = (file: string, name: string, by: SourceFile['use']): void => {
    const key = `${file} ${name}`;
    users.set(key, (users.get(key) ?? new Set()).add(by));
    const handed = tree.get(file)?.handedOn.find(({ as }) => as === name);
    if (handed !== undefined) {
      use(handed.from, handed.name, by);
    } else if (tree.get(file)?.exports.includes(name) === false) {
      tree.get(file)?.handsOnAll.forEach((from) => use(from, name, by));
    }
  };
  for (const file of tree.values()) {
    for (const { to, names } of file.imports) {
      const all = names === 'all' ? (tree.get(to)?.exports ?? []) : names;
      all.forEach((name) => use(to, name, file.use));
    }
  }
  return [...tree.values()]
    .filter(({ path: file }) => !ENTRY_POINTS.test(file))
    .flatMap(({ path: file, exports, mentions, use: useHere }) =>
      [...new Set(exports)].flatMap((name) => {
        const by = users.get(`${file} ${name}`);
        if (by === undefined) {
          return [`${file} exports ${name}, and nobody imports it`];
        }
        const isUsedHere = (mentions.get(name) ?? 0) > 1 || name === 'default';
        return useHere === 'production' && !by.has('production') && !by.has('tool') && !isUsedHere
          ? [`${file} exports ${name}, which only tests use: what production does not need can go`]
          : [];
      })
    );
}

if (require.main === module) {
  const root = process.argv.indexOf('--root');
  const tree = readTree(root === -1 ? path.join(__dirname, '..') : process.argv[root + 1]);
  if (process.argv.includes('--rooms')) {
    console.log(roomsReport(tree));
  }
  const faults = importFaults(tree);
  faults.forEach((fault) => console.error(fault));
  process.exitCode = faults.length > 0 ? 1 : 0;
}
