/**
 * The TypeScript of the repository as a graph: which file imports which names from where, and what each offers. Read as text, nothing
 * is compiled; what the checks and the report of rooms rest on.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { globSync } from 'glob';
import ts from 'typescript';

const FOLDERS = 'src,flow-model,backend-collector,embedded-loki,laboratory,datasource,panels,workbench,e2e,scripts';

const WORKSPACES: Readonly<Record<string, string>> = {
  '@bpfnet/flow-model': 'flow-model/src',
  '@bpfnet/collector': 'backend-collector/src',
  '@bpfnet/embedded-loki': 'embedded-loki/src',
  '@bpfnet/laboratory': 'laboratory/src',
};

interface Import {
  /** A file of the repository, or a package as written. */
  readonly to: string;
  /** As the other file exports them; all of them where it is imported as a whole. */
  readonly names: readonly string[] | 'all';
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  /** Only what production imports is held to the table; what tools import is used all the same. */
  readonly use: 'production' | 'tool' | 'test';
  readonly imports: readonly Import[];
  readonly exports: readonly string[];
  /** Names that the file hands on from other files: from the file and name that they have there. */
  readonly handedOn: ReadonlyArray<{ readonly name: string; readonly as: string; readonly from: string }>;
  /** Files of which it hands on everything. */
  readonly handsOnAll: readonly string[];
  /** How often each identifier is written in the file. */
  readonly mentions: ReadonlyMap<string, number>;
  /** Without comments. */
  readonly code: string;
}

export type SourceTree = ReadonlyMap<string, SourceFile>;

/** @param planted files that stand in for, or beside, those of the disk: path → text */
export function readTree(root: string, planted: Readonly<Record<string, string>> = {}): SourceTree {
  const found = globSync(`{${FOLDERS}}/**/*.{ts,tsx}`, {
    cwd: root,
    posix: true,
    ignore: ['**/node_modules/**', '**/dist*/**', '**/*.d.ts'],
  });
  const paths = [...new Set([...found, ...Object.keys(planted)])].sort();
  const known = new Set(paths);
  return new Map(
    paths.map((file) => [file, parse(file, planted[file] ?? readFileSync(path.join(root, file), 'utf8'), known)])
  );
}

function useOf(file: string): SourceFile['use'] {
  if (/\.test\.tsx?$|(^|\/)(test|bench)\/|^e2e\//.test(file)) {
    return 'test';
  }
  return file.startsWith('scripts/') ? 'tool' : 'production';
}

function parse(file: string, text: string, known: ReadonlySet<string>): SourceFile {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  const imports: Import[] = [];
  const exports: string[] = [];
  const handedOn: Array<SourceFile['handedOn'][number]> = [];
  const handsOnAll: string[] = [];
  const mentions = new Map<string, number>();
  const resolve = (specifier: string) => target(file, specifier, known);

  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      mentions.set(node.text, (mentions.get(node.text) ?? 0) + 1);
    } else if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      imports.push({ to: resolve(node.moduleSpecifier.text), names: importedNames(node.importClause) });
    } else if (ts.isExportDeclaration(node)) {
      readExport(node);
    } else if (ts.isCallExpression(node) && isModuleCall(node.expression)) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) {
        imports.push({ to: resolve(argument.text), names: 'all' });
      }
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      imports.push({ to: resolve((node.argument.literal as ts.StringLiteral).text), names: 'all' });
    }
    ts.forEachChild(node, visit);
  };

  const readExport = ({ exportClause, moduleSpecifier }: ts.ExportDeclaration): void => {
    const from = moduleSpecifier && ts.isStringLiteral(moduleSpecifier) ? resolve(moduleSpecifier.text) : undefined;
    const named = exportClause && ts.isNamedExports(exportClause) ? exportClause.elements : [];
    if (from === undefined) {
      exports.push(...named.map(({ name }) => name.text));
    } else if (exportClause === undefined) {
      handsOnAll.push(from);
      imports.push({ to: from, names: [] });
    } else {
      handedOn.push(
        ...named.map(({ name, propertyName }) => ({ name: (propertyName ?? name).text, as: name.text, from }))
      );
      imports.push({ to: from, names: [] });
    }
  };

  visit(source);
  exports.push(...source.statements.flatMap(exportedNames));
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*$/gm, '');
  return { path: file, use: useOf(file), imports, exports, handedOn, handsOnAll, mentions, code };
}

function isModuleCall(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || /^(require|jest\.requireActual)$/.test(callee.getText());
}

function importedNames(clause: ts.ImportClause | undefined): Import['names'] {
  if (clause?.namedBindings !== undefined && ts.isNamespaceImport(clause.namedBindings)) {
    return 'all';
  }
  const named = clause?.namedBindings?.elements.map(({ name, propertyName }) => (propertyName ?? name).text) ?? [];
  return clause?.name === undefined ? named : ['default', ...named];
}

function exportedNames(statement: ts.Statement): readonly string[] {
  if (ts.isExportAssignment(statement)) {
    return ['default'];
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) {
    return [];
  }
  if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) {
    return ['default'];
  }
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.Statement & { readonly name?: ts.Identifier };
  return name === undefined ? [] : [name.text];
}

/** A file of the repository where there is one; a package's name as written. */
function target(file: string, specifier: string, known: ReadonlySet<string>): string {
  const workspace = Object.keys(WORKSPACES).find((name) => specifier === name || specifier.startsWith(`${name}/`));
  const bare = specifier.startsWith('.')
    ? path.posix.join(path.posix.dirname(file), specifier)
    : workspace === undefined
      ? undefined
      : specifier.replace(workspace, WORKSPACES[workspace]);
  if (bare === undefined) {
    return specifier;
  }
  return ['', '.ts', '.tsx', '/index.ts'].map((ending) => `${bare}${ending}`).find((one) => known.has(one)) ?? bare;
}
