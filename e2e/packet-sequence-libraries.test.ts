/**
 * What the packet sequence panel takes from Grafana's libraries is in the libraries of every supported Grafana. The packages come from npm, or from
 * a folder of `npm pack` files that GRAFANA_LIBRARIES names; where neither can be had, that version is skipped with a line that says so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { globSync } from 'glob';

const ROOT = path.join(__dirname, '..');
const VERSIONS = ['11.6.16', '12.4.10', '13.2.2'];
const PACKAGES = ['ui', 'data'] as const;

const folder = mkdtempSync(path.join(tmpdir(), 'grafana-libraries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The text of a package's module index, which names everything that it exports; undefined where the package cannot be had. */
function moduleIndex(name: (typeof PACKAGES)[number], version: string): string | undefined {
  const file = `grafana-${name}-${version}.tgz`;
  const kept = path.join(process.env.GRAFANA_LIBRARIES ?? folder, file);
  try {
    if (!existsSync(kept)) {
      execFileSync('npm', ['pack', `@grafana/${name}@${version}`, '--silent', '--pack-destination', folder], {
        stdio: 'ignore',
        timeout: 120_000,
      });
    }
    const archive = existsSync(kept) ? kept : path.join(folder, file);
    return execFileSync('tar', ['xzOf', archive, 'package/dist/cjs/index.cjs'], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
  } catch {
    return undefined;
  }
}

/** Names that are imported as values; types are gone in the built panel. */
function importedNames(name: string): readonly string[] {
  const files = globSync('panels/{shared,packet-sequence/src}/**/*.{ts,tsx}', {
    cwd: ROOT,
    ignore: '**/{test,golden}/**',
  });
  const imports = new RegExp(`import \\{([^}]*)\\} from '@grafana/${name}'`, 'g');
  const names = files
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .flatMap((file) => [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(imports)])
    .flatMap(([, list]) => list.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '' && !part.startsWith('type '));
  return [...new Set(names)].sort();
}

test('the panel imports something to check', () => {
  expect(importedNames('ui')).toContain('useTheme2');
  expect(importedNames('data')).toContain('PanelPlugin');
});

describe.each(VERSIONS)('Grafana %s', (version) => {
  test.each(PACKAGES)('has all that the panel takes from @grafana/%s', (name) => {
    const index = moduleIndex(name, version);
    if (index === undefined) {
      console.warn(
        `@grafana/${name} ${version} cannot be had here: skipped. Set GRAFANA_LIBRARIES to a folder with it.`
      );
      return;
    }
    const exported = new Set([...index.matchAll(/^exports\.(\w+) =/gm)].map(([, exportedName]) => exportedName));
    expect(exported.size).toBeGreaterThan(50);
    expect(importedNames(name).filter((each) => !exported.has(each))).toEqual([]);
  });
});
