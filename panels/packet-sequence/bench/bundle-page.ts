/** One script for a page of its own, with the panel and Grafana's components in it. */
import { build } from 'esbuild';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');

export async function bundlePage(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    logLevel: 'error',
    jsx: 'transform',
    absWorkingDir: ROOT,
    outdir: 'out',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff2': 'empty', '.ttf': 'empty', '.png': 'dataurl' },
    plugins: [
      {
        name: 'inner-default',
        setup(setup) {
          // Packages that hide their default one level deeper than Node's rules look.
          setup.onResolve(
            { filter: /^(calculate-size|react-custom-scrollbars-2|slate-plain-serializer)$/ },
            ({ path: name, importer, resolveDir }) =>
              importer.endsWith('.mjs') ? { path: name, namespace: 'inner-default', pluginData: resolveDir } : undefined
          );
          setup.onLoad({ filter: /.*/, namespace: 'inner-default' }, ({ path: name, pluginData }) => ({
            contents: `import inner from '${name}';\nexport default inner;\nexport * from '${name}';\n`,
            resolveDir: pluginData as string,
            loader: 'js',
          }));
        },
      },
    ],
  });
  return outputFiles.find(({ path: file }) => file.endsWith('.js'))?.text ?? '';
}
