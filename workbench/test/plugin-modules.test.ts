import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const DIST = path.join(__dirname, '..', '..', 'dist');

/**
 * What Grafana 11.6, 12.4 and 13.2 all hand to plugins, and `module`, which the loader itself provides. Not among them:
 * `react/jsx-runtime`, which came with 11.6.11, and anything that ends in `/unstable`.
 */
const SHARED = new Set([
  '@emotion/css',
  '@emotion/react',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
  'd3',
  'lodash',
  'module',
  'moment',
  'react',
  'react-dom',
  'rxjs',
  'rxjs/operators',
]);

function builtModules(): readonly string[] {
  try {
    return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
      .filter((name) => path.basename(name) === 'module.js')
      .sort();
  } catch {
    return [];
  }
}

/** The dependency list of an AMD module. */
function dependencies(source: string): readonly string[] {
  const list = /^\s*define\((\[[^\]]*\])/m.exec(source.replace(/\/\*[\s\S]*?\*\//g, ''));
  if (list === null) {
    throw new Error('no define([...]) at the beginning');
  }
  return JSON.parse(list[1]) as string[];
}

const modules = builtModules();

(modules.length === 0 ? describe.skip : describe)('built plugin modules (npm run build -- plugin)', () => {
  it('are those of the app, the datasource and the panels', () => {
    expect(modules).toEqual([
      'datasource/module.js',
      'module.js',
      'panels/nic-topology/module.js',
      'panels/packet-sequence/module.js',
      'panels/related-logs/module.js',
    ]);
  });

  it.each(modules)('%s depends on modules only that every supported Grafana shares', (name) => {
    const needed = dependencies(readFileSync(path.join(DIST, name), 'utf8'));
    expect(needed).toContain('@grafana/data');
    expect(needed.filter((one) => !SHARED.has(one))).toEqual([]);
  });

  it.each(modules)('%s brings no React of its own', (name) => {
    const source = readFileSync(path.join(DIST, name), 'utf8');
    expect(source).not.toMatch(/ReactCurrentOwner|react\.transitional\.element/);
  });

  it.each(modules)('%s is next to a plugin.json with the version filled in', (name) => {
    const file = path.join(DIST, path.dirname(name), 'plugin.json');
    const { info } = JSON.parse(readFileSync(file, 'utf8')) as { info: { version: string; updated: string } };
    expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(info.updated).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
