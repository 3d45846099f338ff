// Three kinds of test under one runner: `node` (collector, store, contract), `browser` (datasource and panels in jsdom)
// and `e2e` (real processes and a real Chromium; scripts/test.ts runs these one at a time).
process.env.TZ = 'UTC';

const scaffold = require('./.config/jest.config');
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');

const transform = { '^.+\\.m?[tj]sx?$': Object.values(scaffold.transform)[0] };
const moduleFileExtensions = ['ts', 'tsx', 'mts', 'js', 'mjs', 'json', 'node'];
const ignored = {
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '/dist/'],
};

const node = { ...ignored, rootDir: __dirname, testEnvironment: 'node', transform, moduleFileExtensions };

module.exports = {
  // Generous: a busy machine must not fail a test. What has to be quick is measured in benches.
  testTimeout: 60_000,
  projects: [
    {
      ...node,
      displayName: 'node',
      roots: ['flow-model', 'backend-collector', 'embedded-loki', 'laboratory', 'scripts', 'workbench/test'].map(
        (d) => `<rootDir>/${d}`
      ),
      testMatch: ['**/*.test.ts'],
    },
    {
      ...scaffold,
      ...ignored,
      displayName: 'browser',
      rootDir: __dirname,
      roots: ['src', 'datasource', 'panels', 'workbench/src'].map((d) => `<rootDir>/${d}`),
      testMatch: ['**/*.test.{ts,tsx}'],
      transform,
      moduleFileExtensions,
      transformIgnorePatterns: [
        nodeModulesToTransform([
          ...grafanaESModules,
          'd3-.*',
          'internmap',
          'delaunator',
          'robust-predicates',
          '@bpfnet',
        ]),
      ],
    },
    {
      ...node,
      displayName: 'e2e',
      roots: ['<rootDir>/e2e'],
      testMatch: ['**/*.test.ts'],
    },
  ],
};
