/**
 * Who may import whom. Data flows one way, and imports go the same way: a folder sees only what stands in its row (and
 * itself). Pure folders touch neither Node's modules nor clock, network, disk or DOM.
 *
 * The first row whose folder is a prefix of a file's path holds. A target is a folder of this repository or the name of a
 * package; `node:` stands for Node's own modules.
 */
export interface ImportRule {
  readonly folder: string;
  readonly may: readonly string[];
  /** Neither clock nor randomness nor I/O: the checker also looks for their names. */
  readonly pure?: true;
}

const collector = (folder: string) => `backend-collector/src/${folder}`;
const store = (folder: string) => `embedded-loki/src/${folder}`;
const laboratory = (folder: string) => `laboratory/src/${folder}`;
const page = (folder: string) => `workbench/src/page/${folder}`;

const CONTRACT = 'flow-model/src';
const GRAFANA = [
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
  '@grafana/schema',
  '@emotion/css',
  'react',
  'react-dom',
  'rxjs',
];

export const IMPORT_RULES: readonly ImportRule[] = [
  { folder: 'flow-model/src', may: ['zod'], pure: true },

  { folder: collector('capture/packet-source.ts'), may: [] },
  { folder: collector('capture/libc.ts'), may: [collector('errors.ts'), 'koffi', 'node:'] },
  {
    folder: collector('capture/file'),
    may: [collector('capture/packet-source.ts'), collector('errors.ts'), collector('wire/link-type.ts'), 'node:'],
  },
  {
    folder: collector('capture/filter'),
    may: [collector('capture/libc.ts'), collector('errors.ts'), collector('wire/link-type.ts'), 'node:'],
  },
  {
    folder: collector('capture/nics'),
    may: [
      collector('capture/libc.ts'),
      collector('capture/packet-source.ts'),
      collector('errors.ts'),
      collector('wire/link-type.ts'),
      'node:',
    ],
  },
  {
    folder: collector('capture/live'),
    may: [
      collector('byte-units.ts'),
      collector('capture/filter'),
      collector('capture/libc.ts'),
      collector('capture/nics'),
      collector('capture/packet-source.ts'),
      collector('errors.ts'),
      'node:',
    ],
  },
  { folder: collector('wire'), may: [], pure: true },
  { folder: collector('flow'), may: [collector('wire'), collector('capture/packet-source.ts'), CONTRACT], pure: true },
  { folder: collector('l7'), may: [collector('flow'), collector('wire'), CONTRACT], pure: true },
  {
    folder: collector('record'),
    may: [collector('flow'), collector('l7'), collector('wire'), collector('capture/packet-source.ts'), CONTRACT],
  },
  { folder: collector('spool'), may: [collector('errors.ts'), 'node:'] },
  {
    folder: collector('loki'),
    may: [
      collector('byte-units.ts'),
      collector('record/log-line.ts'),
      collector('spool'),
      collector('errors.ts'),
      CONTRACT,
      'node:',
    ],
  },
  {
    folder: collector('output'),
    may: [collector('record'), collector('errors.ts'), collector('loki'), CONTRACT, 'node:'],
  },
  {
    folder: 'backend-collector/src',
    may: [
      collector('capture/packet-source.ts'),
      collector('capture/file'),
      collector('capture/live'),
      collector('wire'),
      collector('flow'),
      collector('l7'),
      collector('record'),
      collector('loki'),
      collector('output'),
      CONTRACT,
      'commander',
      'zod',
      'node:',
    ],
  },

  {
    folder: store('logql'),
    may: ['flow-model/src/unreachable.ts', '@grafana/lezer-logql', '@lezer/common', 're2js'],
    pure: true,
  },
  { folder: store('storage'), may: [store('logql'), '@duckdb/node-api', 'node:'] },
  { folder: store('query'), may: [store('logql'), store('storage')], pure: true },
  { folder: store('http'), may: [store('logql'), store('query'), store('storage'), 'fastify', 'ws', 'node:'] },
  { folder: 'embedded-loki/src', may: [store('http'), store('storage'), 'fastify', 'commander', 'node:'] },

  { folder: laboratory('topology.ts'), may: [], pure: true },
  { folder: laboratory('seeded-random.ts'), may: [], pure: true },
  {
    folder: laboratory('wire'),
    may: [laboratory('topology.ts'), laboratory('seeded-random.ts'), 'koffi', 'zod', 'node:'],
  },
  { folder: laboratory('services'), may: [laboratory('topology.ts'), laboratory('seeded-random.ts'), 'node:'] },
  {
    folder: laboratory('inside'),
    may: [laboratory('services'), laboratory('wire'), laboratory('topology.ts'), laboratory('lines.ts'), 'node:'],
  },
  {
    folder: laboratory('recording'),
    may: [
      laboratory('collector-setup.ts'),
      laboratory('laboratory.ts'),
      laboratory('laboratory-error.ts'),
      laboratory('lines.ts'),
      laboratory('services'),
      laboratory('topology.ts'),
      laboratory('wire'),
      'zod',
      'node:',
    ],
  },
  {
    folder: 'laboratory/src',
    may: [
      laboratory('inside'),
      laboratory('recording'),
      laboratory('services'),
      laboratory('topology.ts'),
      laboratory('wire'),
      'esbuild',
      'node:',
    ],
  },

  { folder: 'datasource/src/query', may: [CONTRACT, '@grafana/data', '@grafana/schema'] },
  {
    folder: 'datasource/src/plan',
    may: ['datasource/src/query', 'datasource/src/data-error.ts', CONTRACT],
    pure: true,
  },
  { folder: 'datasource/src/path', may: ['datasource/src/plan', 'datasource/src/query', CONTRACT], pure: true },
  { folder: 'datasource/src/correlate', may: ['datasource/src/path', 'datasource/src/plan', CONTRACT], pure: true },
  { folder: 'datasource/src', may: ['datasource/src', CONTRACT, 'zod', ...GRAFANA] },

  { folder: 'panels/shared/bench', may: ['esbuild', 'node:'] },
  { folder: 'panels/shared', may: ['panels/shared', CONTRACT, ...GRAFANA] },
  {
    folder: 'panels/nic-topology/src/graph/view/elk-layout.ts',
    may: ['panels/nic-topology/src', 'elkjs'],
  },
  ...['packet-sequence', 'nic-topology', 'related-logs'].flatMap((panel): ImportRule[] => [
    { folder: `panels/${panel}/src/model`, may: ['panels/shared', CONTRACT, '@grafana/data'] },
    {
      folder: `panels/${panel}/src/layout`,
      may: [`panels/${panel}/src/model`, `panels/${panel}/src/options.ts`, 'panels/shared', CONTRACT, 'd3'],
    },
    { folder: `panels/${panel}/src`, may: [`panels/${panel}/src`, 'panels/shared', CONTRACT, 'd3', ...GRAFANA] },
  ]),

  { folder: 'src', may: ['src', ...GRAFANA] },
  {
    folder: page('core'),
    may: [
      '@grafana/data',
      '@grafana/runtime',
      '@grafana/schema',
      '@grafana/ui',
      '@emotion/css',
      'react',
      'react-dom',
      'rxjs',
    ],
  },
  {
    folder: page('dashboard'),
    may: ['@grafana/data', '@grafana/scenes', '@grafana/schema', '@grafana/ui', '@emotion/css', 'react', 'zod'],
  },
  {
    folder: page('host'),
    may: [
      page('core'),
      '@grafana/data',
      '@grafana/runtime',
      '@grafana/scenes',
      '@grafana/ui',
      '@emotion/css',
      '@emotion/react',
      'd3',
      'lodash',
      'moment',
      'react',
      'react-dom',
      'rxjs',
      'systemjs',
    ],
  },
  {
    folder: page('app'),
    may: [
      page('dashboard'),
      page('host'),
      '@grafana/data',
      '@grafana/runtime',
      '@grafana/scenes',
      '@grafana/ui',
      '@emotion/css',
      'react',
      'react-router-dom',
    ],
  },
  {
    folder: 'workbench/src/page',
    may: [page('app'), page('host'), '@grafana/data', '@grafana/ui', 'react', 'react-dom', 'zod'],
  },
  {
    folder: 'workbench/src/server',
    may: ['@fastify/static', 'commander', 'esbuild', 'fastify', 'yaml', 'zod', 'node:'],
  },
];

/** What a pure folder must not name. */
export const IMPURE_NAMES =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|fetch\(|document\.|window\.|process\.)/;
