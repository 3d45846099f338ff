/**
 * Who may import whom, one row per room. Data flows one way, and imports go the same way: a file sees its own room, and the rooms, files
 * and packages in its row. Pure rooms touch neither Node's modules nor clock, network, disk or DOM.
 *
 * The first row whose folder contains a file holds; a last `*` means each folder there. In `may`, a room means that room alone, not
 * the rooms inside it; `node:` means Node's own modules. check-imports.ts also fails on a permission that no file uses.
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
const datasource = (folder: string) => `datasource/src/${folder}`;
const packets = (folder: string) => `panels/packet-sequence/src/${folder}`;
const topology = (folder: string) => `panels/nic-topology/src/${folder}`;
const related = (folder: string) => `panels/related-logs/src/${folder}`;
const page = (folder: string) => `workbench/src/page/${folder}`;

const CONTRACT = 'flow-model/src';
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
  { folder: collector('l7/registry.ts'), may: [collector('l7'), collector('l7/*')], pure: true },
  { folder: collector('l7/kit'), may: [collector('l7'), collector('wire'), CONTRACT], pure: true },
  {
    folder: collector('l7/http1'),
    may: [collector('l7/http2'), collector('l7/kit'), collector('l7'), collector('wire'), CONTRACT],
    pure: true,
  },
  { folder: collector('l7/*'), may: [collector('l7/kit'), collector('l7'), CONTRACT], pure: true },
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
      collector('l7/registry.ts'),
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

  { folder: datasource('data-error.ts'), may: [CONTRACT], pure: true },
  { folder: datasource('options.ts'), may: [CONTRACT, '@grafana/data'], pure: true },
  { folder: datasource('query'), may: [CONTRACT, '@grafana/schema'], pure: true },
  { folder: datasource('plan'), may: [datasource('query'), datasource('data-error.ts'), CONTRACT], pure: true },
  { folder: datasource('path'), may: [CONTRACT], pure: true },
  {
    folder: datasource('loki'),
    may: [
      datasource('plan'),
      datasource('data-error.ts'),
      datasource('options.ts'),
      '@grafana/data',
      '@grafana/runtime',
      '@grafana/schema',
      'rxjs',
      'zod',
    ],
  },
  {
    folder: datasource('fetch'),
    may: [
      datasource('query'),
      datasource('plan'),
      datasource('path'),
      datasource('loki'),
      datasource('data-error.ts'),
      CONTRACT,
    ],
  },
  { folder: datasource('correlate/losses'), may: [datasource('path'), CONTRACT], pure: true },
  {
    folder: datasource('correlate/clocks'),
    may: [datasource('correlate/losses'), datasource('path'), CONTRACT],
    pure: true,
  },
  {
    folder: datasource('correlate/caveats'),
    may: [datasource('correlate/clocks'), datasource('correlate/losses'), datasource('path'), CONTRACT],
    pure: true,
  },
  {
    folder: datasource('correlate/verdict'),
    may: [
      datasource('correlate/caveats'),
      datasource('correlate/clocks'),
      datasource('correlate/losses'),
      datasource('path'),
      CONTRACT,
    ],
    pure: true,
  },
  {
    folder: datasource('correlate/tables'),
    may: [
      datasource('correlate'),
      datasource('correlate/clocks'),
      datasource('correlate/losses'),
      datasource('path'),
      CONTRACT,
    ],
    pure: true,
  },
  {
    folder: datasource('correlate'),
    may: [
      datasource('correlate/verdict'),
      datasource('correlate/caveats'),
      datasource('correlate/clocks'),
      datasource('correlate/losses'),
      datasource('path'),
    ],
    pure: true,
  },
  {
    folder: datasource('frames'),
    may: [
      datasource('query'),
      datasource('plan'),
      datasource('path'),
      datasource('fetch'),
      datasource('correlate'),
      datasource('correlate/losses'),
      datasource('correlate/caveats'),
      datasource('correlate/verdict'),
      datasource('correlate/tables'),
      CONTRACT,
      '@grafana/data',
    ],
    pure: true,
  },
  {
    folder: datasource('handlers'),
    may: [
      datasource('query'),
      datasource('plan'),
      datasource('path'),
      datasource('loki'),
      datasource('fetch'),
      datasource('correlate'),
      datasource('correlate/tables'),
      datasource('frames'),
      datasource('data-error.ts'),
      CONTRACT,
      '@grafana/data',
      'rxjs',
    ],
  },
  {
    folder: datasource('components'),
    may: [
      datasource('query'),
      datasource('plan'),
      datasource('options.ts'),
      CONTRACT,
      '@grafana/data',
      '@grafana/runtime',
      '@grafana/ui',
      '@emotion/css',
      'react',
    ],
  },
  {
    folder: datasource('module.ts'),
    may: [datasource('query'), datasource('components'), datasource('options.ts'), 'datasource/src', '@grafana/data'],
  },
  {
    folder: 'datasource/src',
    may: [
      datasource('query'),
      datasource('plan'),
      datasource('loki'),
      datasource('fetch'),
      datasource('frames'),
      datasource('handlers'),
      datasource('data-error.ts'),
      datasource('options.ts'),
      '@grafana/data',
      '@grafana/runtime',
      'rxjs',
    ],
  },

  { folder: 'panels/shared', may: [CONTRACT, '@grafana/data', '@grafana/ui', '@emotion/css', 'react'] },

  { folder: packets('model'), may: ['panels/shared', CONTRACT, '@grafana/data'], pure: true },
  { folder: packets('options.ts'), may: [packets('model')], pure: true },
  { folder: packets('layout'), may: [packets('model'), packets('options.ts'), CONTRACT, 'd3'], pure: true },
  {
    folder: packets('draw'),
    may: [packets('layout'), packets('model'), packets('options.ts'), CONTRACT, '@grafana/data'],
  },
  {
    folder: packets('export'),
    may: [
      packets('draw'),
      packets('layout'),
      packets('model'),
      packets('options.ts'),
      'panels/shared',
      CONTRACT,
      '@grafana/data',
    ],
  },
  {
    folder: packets('view'),
    may: [
      packets('export'),
      packets('draw'),
      packets('layout'),
      packets('model'),
      packets('options.ts'),
      'panels/shared',
      CONTRACT,
      '@grafana/data',
      '@grafana/ui',
      '@emotion/css',
      'react',
    ],
  },
  {
    folder: 'panels/packet-sequence/src',
    may: [
      packets('view'),
      packets('draw'),
      packets('layout'),
      packets('model'),
      packets('options.ts'),
      'panels/shared',
      CONTRACT,
      '@grafana/data',
      'react',
    ],
  },

  { folder: topology('path/model'), may: ['panels/shared', CONTRACT, '@grafana/data'], pure: true },
  { folder: topology('path/layout'), may: [], pure: true },
  {
    folder: topology('path/view'),
    may: [
      topology('path/layout'),
      topology('path/model'),
      CONTRACT,
      '@grafana/data',
      '@grafana/ui',
      '@emotion/css',
      'react',
    ],
  },
  { folder: topology('graph/model'), may: ['panels/shared', CONTRACT, '@grafana/data'], pure: true },
  { folder: topology('graph/layout'), may: [topology('graph/model')], pure: true },
  {
    folder: topology('graph/view/elk-layout.ts'),
    may: [topology('graph/layout'), topology('graph/model'), 'elkjs'],
  },
  {
    folder: topology('graph/view'),
    may: [
      topology('graph/view/elk-layout.ts'),
      topology('graph/layout'),
      topology('graph/model'),
      CONTRACT,
      'd3',
      '@grafana/data',
      '@grafana/ui',
      '@emotion/css',
      'react',
    ],
  },
  {
    folder: 'panels/nic-topology/src',
    may: [
      topology('path/view'),
      topology('path/model'),
      topology('graph/view'),
      topology('graph/model'),
      'panels/shared',
      CONTRACT,
      '@grafana/data',
      'react',
    ],
  },

  { folder: related('model'), may: ['panels/shared', CONTRACT, '@grafana/data'], pure: true },
  {
    folder: related('view'),
    may: [
      related('model'),
      'panels/related-logs/src',
      'panels/shared',
      CONTRACT,
      '@grafana/data',
      '@grafana/runtime',
      '@grafana/ui',
      '@emotion/css',
      'react',
    ],
  },
  {
    folder: 'panels/related-logs/src',
    may: [related('view'), related('model'), 'panels/shared', '@grafana/data', 'react'],
  },

  { folder: 'src', may: ['@grafana/data'] },
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
