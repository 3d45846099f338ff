import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type build as Build } from 'esbuild';
import { LaboratoryError } from './laboratory-error';

/**
 * The JavaScript file that the laboratory's processes run: the built one where this runs from a build, else one made of the
 * sources now, in the run directory (some ten milliseconds; plain JavaScript starts three times as fast as TypeScript
 * translated on the way, and there are four processes to start).
 */
export async function processProgram(runDir: string): Promise<string> {
  const built = join(__dirname, 'main.js');
  if (existsSync(built)) {
    return built;
  }
  const source = join(__dirname, 'main.ts');
  if (!existsSync(source)) {
    throw new LaboratoryError(
      `the laboratory's main.js is not in ${__dirname}; build it with: npm run build -- laboratory`
    );
  }
  const program = join(runDir, 'laboratory-processes.js');
  // The file lies outside of the tree where `require` finds packages, so native ones are named by their path.
  const koffi = require.resolve('koffi');
  const bundler = ['esbuild'].join(); // Not a literal in import(): a build must not take the bundler in.
  const { build } = (await import(bundler)) as { readonly build: typeof Build };
  await build({
    entryPoints: [source],
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
