/**
 * Bundles the page, and copies what Grafana's components fetch at run time: icons and fonts, at the paths where Grafana
 * serves them.
 */
import { build, type Plugin } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../../..');
const PAGE_SOURCE = path.join(ROOT, 'workbench/src/page');

/** Packages of which the page must have one instance, though several versions are installed. */
const SINGLE: Readonly<Record<string, string>> = {
  '@emotion/css': 'workbench/node_modules/@emotion/css/dist/emotion-css.esm.js',
  // Grafana's packages import version 5 names that version 6 has too; one router serves them all.
  'react-router-dom': 'workbench/node_modules/react-router-dom/dist/index.js',
  'react-router-dom-v5-compat': 'workbench/node_modules/react-router-dom/dist/index.js',
};

/**
 * CommonJS packages that say `exports.default`. Grafana's .mjs files import their default, which by Node's rules would be the
 * whole `exports`; a file between them takes the default out.
 */
const DEFAULT_INSIDE: readonly string[] = ['calculate-size', 'react-custom-scrollbars-2', 'slate-plain-serializer'];

export async function buildPage(outdir: string): Promise<void> {
  const out = path.resolve(outdir);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await bundle(out);
  await Promise.all([copyIcons(out), copyFonts(out), writeIndex(out)]);
}

async function bundle(out: string): Promise<void> {
  await build({
    entryPoints: { boot: path.join(PAGE_SOURCE, 'boot.ts'), main: path.join(PAGE_SOURCE, 'main.tsx') },
    outdir: path.join(out, 'assets'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'linked',
    logLevel: 'error',
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl', '.woff2': 'file', '.ttf': 'file', '.png': 'dataurl' },
    chunkNames: 'chunk-[hash]',
    plugins: [oneInstance(), innerDefault()],
  });
}

function oneInstance(): Plugin {
  const names = Object.keys(SINGLE).map((name) => name.replace(/[/.]/g, '\\$&'));
  return {
    name: 'one-instance',
    setup(setup) {
      setup.onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path: name }) => ({
        path: path.join(ROOT, SINGLE[name]),
      }));
    },
  };
}

function innerDefault(): Plugin {
  const namespace = 'inner-default';
  return {
    name: namespace,
    setup(setup) {
      setup.onResolve(
        { filter: new RegExp(`^(${DEFAULT_INSIDE.join('|')})$`) },
        ({ path: name, importer, resolveDir }) =>
          importer.endsWith('.mjs') ? { path: name, namespace, pluginData: resolveDir } : undefined
      );
      setup.onLoad({ filter: /.*/, namespace }, ({ path: name, pluginData }) => ({
        contents: `import inner from '${name}';\nexport default inner;\nexport * from '${name}';\n`,
        resolveDir: pluginData as string,
        loader: 'js',
      }));
    },
  };
}

async function copyIcons(out: string): Promise<void> {
  const icons = path.join(packageDir('@grafana/ui'), 'dist/public/img/icons');
  const target = path.join(out, 'public/build/img/icons');
  await cp(icons, target, { recursive: true });
  // Icons that the package's components load but the package does not contain, each in the folder that it is loaded from.
  for (const name of await readdir(path.join(PAGE_SOURCE, 'icons'))) {
    const folder = name.startsWith('gf-') ? 'custom' : name.endsWith('-mono.svg') ? 'mono' : 'unicons';
    await cp(path.join(PAGE_SOURCE, 'icons', name), path.join(target, folder, name));
  }
  await cp(path.join(ROOT, 'src/img/logo.svg'), path.join(out, 'logo.svg'));
}

/** Grafana's style sheet names these files; the packages hold the same fonts under names of their own. */
async function copyFonts(out: string): Promise<void> {
  const fonts = path.join(out, 'public/fonts');
  await Promise.all([
    mkdir(path.join(fonts, 'inter'), { recursive: true }),
    mkdir(path.join(fonts, 'roboto'), { recursive: true }),
  ]);
  const inter = path.join(packageDir('inter-ui'), 'web');
  for (const face of ['Regular', 'Medium', 'Italic', 'MediumItalic']) {
    await cp(path.join(inter, `Inter-${face}.woff2`), path.join(fonts, 'inter', `Inter-${face}.woff2`));
  }
  const roboto = path.join(packageDir('@fontsource/roboto-mono'), 'files/roboto-mono-latin-400-normal.woff2');
  for (const name of await robotoNames()) {
    await cp(roboto, path.join(fonts, 'roboto', name));
  }
}

async function robotoNames(): Promise<Set<string>> {
  const styles = path.join(packageDir('@grafana/ui'), 'dist/esm/themes/GlobalStyles/fonts.mjs');
  const text = await readFile(styles, 'utf8');
  return new Set([...text.matchAll(/roboto\/([\w-]+\.woff2)/g)].map(([, name]) => name));
}

async function writeIndex(out: string): Promise<void> {
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>BPF network logs</title>
    <link rel="icon" href="/logo.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/main.css" />
    <script type="module" src="/assets/boot.js"></script>
    <script type="module" src="/assets/main.js"></script>
  </head>
  <body>
    <noscript>The workbench needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
  await writeFile(path.join(out, 'index.html'), html);
}

function packageDir(name: string): string {
  const from = createRequire(path.join(ROOT, 'workbench/package.json'));
  return path.dirname(from.resolve(`${name}/package.json`));
}
