/**
 * The libraries of one supported Grafana, as one script for a page: `globalThis.libraries` has what that Grafana shares with plugins. Installed by
 * the lockfile in `e2e/library-sets/`, bundled, and kept in a folder of the user's cache; the installation is then deleted. Run as a program
 * (`tsx library-set.ts 12.4`) it makes sure that the script is there: exit code 3 where the packages cannot be installed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = path.join(__dirname, '../..');
const SETS = path.join(ROOT, 'e2e/library-sets');
const ENTRY = path.join(ROOT, 'e2e/pages/shared-libraries.ts');
const SHARED = path.join(ROOT, 'workbench/src/page/host/shared-modules.ts');
const INSTALL_MS = 300_000;

export const NOT_INSTALLABLE = 3;

class NotInstallable extends Error {}

/** Where the script of a set is, or would be. */
export function libraryScript(version: string): string {
  const made = createHash('sha256');
  for (const file of [path.join(SETS, version, 'package-lock.json'), ENTRY, SHARED, __filename]) {
    made.update(readFileSync(file));
  }
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  return path.join(cache, 'bpfnet/library-sets', `${version}-${made.digest('hex').slice(0, 16)}.js`);
}

async function make(version: string): Promise<void> {
  const script = libraryScript(version);
  if (existsSync(script)) {
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), `library-set-${version}-`));
  try {
    cpSync(path.join(SETS, version), folder, { recursive: true });
    install(folder);
    const made = path.join(folder, 'libraries.js');
    await bundle(folder, made);
    mkdirSync(path.dirname(script), { recursive: true });
    // In one step: whoever sees the script sees all of it.
    cpSync(made, `${script}.${process.pid}`);
    renameSync(`${script}.${process.pid}`, script);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function install(folder: string): void {
  const options = ['--ignore-scripts', '--legacy-peer-deps', '--prefer-offline', '--no-audit', '--no-fund'];
  try {
    execFileSync('npm', ['ci', ...options, '--loglevel=error', '--fetch-retries=1'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: INSTALL_MS,
    });
  } catch (error) {
    throw new NotInstallable(error instanceof Error ? error.message : String(error));
  }
}

async function bundle(folder: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [ENTRY],
    outfile,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff2': 'empty', '.ttf': 'empty', '.png': 'dataurl', '.css': 'empty' },
    plugins: [packagesOf(folder)],
  });
}

/**
 * What our own files import comes from the set and from nowhere else. Of Grafana's packages the CommonJS build: what their ES modules import by
 * default is hidden one level deeper by Node's rules than by those of Grafana's own bundler.
 */
function packagesOf(folder: string): Plugin {
  return {
    name: 'packages-of-set',
    setup(setup) {
      setup.onResolve({ filter: /^@grafana\/(data|runtime|schema|ui)$/ }, ({ path: name }) => ({
        path: path.join(folder, 'node_modules', name, 'dist/cjs/index.cjs'),
      }));
      setup.onResolve({ filter: /^[@a-z]/ }, ({ path: name, importer, kind, pluginData }) =>
        pluginData === packagesOf || importer === '' || importer.startsWith(folder)
          ? undefined
          : setup.resolve(name, { resolveDir: folder, kind, pluginData: packagesOf })
      );
    },
  };
}

if (require.main === module) {
  make(process.argv[2]).catch((error: unknown) => {
    console.error(error);
    process.exitCode = error instanceof NotInstallable ? NOT_INSTALLABLE : 1;
  });
}
