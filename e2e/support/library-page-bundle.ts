/** The page's own code, for any set of libraries: what Grafana shares it takes from `globalThis.libraries`. */
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

const SHARED =
  /^(@emotion\/(css|react)|@grafana\/(data|runtime|ui)|d3|lodash|moment|react|react-dom|react-dom\/client|rxjs|rxjs\/operators)$/;

/** Bundled together, in this order. */
export async function bundleOnLibraries(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    absWorkingDir: path.join(__dirname, '../..'),
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    plugins: [onLibraries()],
  });
  return outputFiles[0].text;
}

function onLibraries(): Plugin {
  return {
    name: 'on-libraries',
    setup(setup) {
      setup.onResolve({ filter: SHARED }, ({ path: name }) => ({ path: name, namespace: 'libraries' }));
      setup.onLoad({ filter: /.*/, namespace: 'libraries' }, ({ path: name }) => ({
        contents: `module.exports = globalThis.libraries[${JSON.stringify(name)}];`,
      }));
    },
  };
}
