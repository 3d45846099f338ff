/** Holds every source file to the table in import-rules.ts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'glob';
import ts from 'typescript';
import { IMPORT_RULES, type ImportRule, IMPURE_NAMES } from './import-rules';

const ROOT = path.join(__dirname, '..');
const WORKSPACES: Readonly<Record<string, string>> = {
  '@bpfnet/flow-model': 'flow-model/src',
  '@bpfnet/collector': 'backend-collector/src',
  '@bpfnet/embedded-loki': 'embedded-loki/src',
  '@bpfnet/laboratory': 'laboratory/src',
};

/** One sentence for each import that the table does not allow. */
export function importFaults(): string[] {
  const files = globSync('{src,*/src,panels/*/src,panels/shared}/**/*.{ts,tsx}', {
    cwd: ROOT,
    ignore: ['**/node_modules/**', '**/dist/**'],
  });
  return files
    .filter((file) => !/\.test\.tsx?$|\/(test|__fixtures__)\//.test(file))
    .sort()
    .flatMap((file) => faultsOf(file));
}

function faultsOf(file: string): string[] {
  const rule = IMPORT_RULES.find((r) => isIn(file, r.folder));
  if (rule === undefined) {
    return [`${file}: no row in scripts/import-rules.ts holds for it`];
  }
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const faults = ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => target(file, fileName))
    .filter((to) => !allowed(rule, file, to))
    .map((to) => `${file} imports ${to}; ${rule.folder} may import ${rule.may.join(', ') || 'nothing'}`);
  if (rule.pure === true) {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const impure = IMPURE_NAMES.exec(code);
    if (impure !== null) {
      faults.push(`${file} uses ${impure[0]}; ${rule.folder} is pure: take it as an argument`);
    }
  }
  return faults;
}

function allowed(rule: ImportRule, file: string, to: string): boolean {
  // Styles and pictures beside a component.
  if (/\.(css|svg|json)$/.test(to)) {
    return true;
  }
  return isIn(to, rule.folder) || rule.may.some((may) => isIn(to, may) || (may === 'node:' && to.startsWith('node:')));
}

/** A path inside the repository without extension, or a package's name as written. */
function target(file: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    return path.posix.join(path.posix.dirname(file), specifier);
  }
  const workspace = Object.keys(WORKSPACES).find((name) => specifier === name || specifier.startsWith(`${name}/`));
  return workspace === undefined ? specifier : specifier.replace(workspace, WORKSPACES[workspace]);
}

function isIn(what: string, folder: string): boolean {
  const bare = folder.replace(/\.tsx?$/, '');
  return what === folder || what === bare || what.startsWith(`${bare}/`) || what.replace(/\.tsx?$/, '') === bare;
}

if (require.main === module) {
  const faults = importFaults();
  faults.forEach((fault) => console.error(fault));
  process.exitCode = faults.length > 0 ? 1 : 0;
}
