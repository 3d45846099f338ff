import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the laboratory's processes into one JavaScript file in the run directory. It takes some ten milliseconds; plain
 * JavaScript starts three times as fast as TypeScript compiled on the fly, and there are four processes to start.
 */
export async function buildProcessProgram(runDir: string): Promise<string> {
  const program = join(runDir, 'laboratory-processes.js');
  // The file is outside the tree where packages are resolved, so the native package is named by its path.
  const koffi = require.resolve('koffi');
  await build({
    entryPoints: [join(__dirname, 'inside', 'entry.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    alias: { koffi },
    external: [koffi],
    logLevel: 'warning',
  });
  return program;
}
