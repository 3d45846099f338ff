/**
 * The parts that are built, what each is made from and where it goes. A part whose sources are as they were at its last
 * build is left alone; its stamp (a hash over names, sizes and times of its sources) lies in its output folder.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { globSync } from 'glob';

const ROOT = path.join(__dirname, '..');

interface BuildPart {
  readonly name: string;
  readonly sources: readonly string[];
  readonly output: string;
  run(): Promise<unknown> | void;
}

const forNode: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
  // Native modules, and what finds its own files at run time, stay outside of the bundle.
  external: ['koffi', '@duckdb/node-api'],
};

export const BUILD_PARTS: readonly BuildPart[] = [
  {
    name: 'collector',
    sources: ['backend-collector/src', 'flow-model/src'],
    output: 'backend-collector/dist',
    run: () =>
      build({
        ...forNode,
        entryPoints: {
          main: 'backend-collector/src/main.ts',
          'ring-worker': 'backend-collector/src/capture/live/ring-worker.ts',
        },
        outdir: 'backend-collector/dist',
      }),
  },
  {
    name: 'store',
    sources: ['embedded-loki/src'],
    output: 'embedded-loki/dist',
    run: () => build({ ...forNode, entryPoints: { main: 'embedded-loki/src/main.ts' }, outdir: 'embedded-loki/dist' }),
  },
  {
    name: 'plugin',
    sources: [
      'src',
      'datasource/src',
      'panels',
      'flow-model/src',
      '.config',
      'webpack.config.ts',
      'package.json',
      'provisioning/dashboards',
    ],
    output: 'dist',
    run: () => {
      execFileSync(
        'npx',
        ['webpack', '-c', './webpack.config.ts', '--env', 'production', '--stats', 'errors-warnings'],
        {
          cwd: ROOT,
          stdio: ['ignore', 2, 2],
        }
      );
    },
  },
  {
    name: 'workbench',
    sources: ['workbench/src', 'workbench/package.json', 'package-lock.json'],
    output: 'workbench/dist/page',
    run: async () => {
      const { buildPage } = await import('../workbench/src/server/build-page');
      await buildPage(path.join(ROOT, 'workbench/dist/page'));
    },
  },
];

/** Builds what is out of date. `say` hears of each part before and after. */
export async function buildStale(parts: readonly BuildPart[], say: (line: string) => void): Promise<void> {
  for (const part of parts) {
    const stampFile = path.join(ROOT, part.output, '.built-from');
    const stamp = stampOf(part);
    if (read(stampFile) === stamp) {
      continue;
    }
    say(`building ${part.name} …`);
    const started = performance.now();
    rmSync(stampFile, { force: true });
    await part.run();
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, stamp);
    say(`built ${part.name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

function stampOf(part: BuildPart): string {
  const hash = createHash('sha256');
  for (const source of part.sources) {
    const isFolder = statSync(path.join(ROOT, source), { throwIfNoEntry: false })?.isDirectory() ?? false;
    const files = isFolder
      ? globSync(`${source}/**`, { cwd: ROOT, nodir: true, dot: true, ignore: '**/node_modules/**' })
      : [source];
    for (const file of files.sort()) {
      const info = statSync(path.join(ROOT, file), { throwIfNoEntry: false });
      hash.update(`${file}\0${info?.size ?? 0}\0${info?.mtimeMs ?? 0}\n`);
    }
  }
  return hash.digest('hex');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
