/**
 * Builds everything that runs: the collector and the store for Node (esbuild), the Grafana plugin (webpack) and
 * the workbench page (esbuild). `npm run build -- collector plugin …` builds only what is named.
 */
import { execFileSync } from 'node:child_process';
import { build, type BuildOptions } from 'esbuild';

const forNode: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
  // Native modules and what finds its own files at run time stay outside of the bundle.
  external: ['koffi', '@duckdb/node-api', 'pino'],
};

const steps: Record<string, () => Promise<unknown> | void> = {
  collector: () =>
    build({
      ...forNode,
      entryPoints: {
        main: 'backend-collector/src/main.ts',
        'ring-worker': 'backend-collector/src/capture/live/ring-worker.ts',
      },
      outdir: 'backend-collector/dist',
    }),
  store: () => build({ ...forNode, entryPoints: { main: 'embedded-loki/src/main.ts' }, outdir: 'embedded-loki/dist' }),
  laboratory: () => build({ ...forNode, entryPoints: ['laboratory/src/main.ts'], outdir: 'laboratory/dist' }),
  plugin: () => {
    execFileSync('npx', ['webpack', '-c', './webpack.config.ts', '--env', 'production'], { stdio: 'inherit' });
  },
  workbench: () =>
    Promise.all([
      build({ ...forNode, entryPoints: { main: 'workbench/src/server/main.ts' }, outdir: 'workbench/dist/server' }),
      import('../workbench/src/server/build-page').then((m) => m.buildPage('workbench/dist/page')),
    ]),
};

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) {
    const step = steps[name];
    if (step === undefined) {
      throw new Error(`Unknown part "${name}". Known: ${Object.keys(steps).join(', ')}`);
    }
    const started = performance.now();
    process.stderr.write(`building ${name} …`);
    await step();
    process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
