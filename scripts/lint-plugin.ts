/**
 * Holds together what Grafana reads and nobody compiles: plugin.json files, the app's includes, provisioning,
 * docker-compose.yml and the dashboards. Prints one line a problem; exit status 1 where there is one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

/** Folder in the bundle → where its plugin.json lies, its id and type. The id is what stored dashboards refer to. */
const PLUGINS = {
  '.': { source: 'src', id: 'bpfnet-networklogs-app', type: 'app' },
  datasource: { source: 'datasource/src', id: 'bpfnet-flows-datasource', type: 'datasource' },
  'panels/packet-sequence': { source: 'panels/packet-sequence/src', id: 'bpfnet-packetsequence-panel', type: 'panel' },
  'panels/nic-topology': { source: 'panels/nic-topology/src', id: 'bpfnet-nictopology-panel', type: 'panel' },
  'panels/related-logs': { source: 'panels/related-logs/src', id: 'bpfnet-relatedlogs-panel', type: 'panel' },
} as const;

const CORE_PANELS = ['table', 'timeseries', 'stat', 'logs', 'text', 'row'];

const pluginJson = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string().min(1),
  autoEnabled: z.boolean().optional(),
  info: z.looseObject({
    description: z.string().min(1),
    author: z.looseObject({ name: z.string().min(1) }),
    logos: z.object({ small: z.string(), large: z.string() }),
    version: z.literal('%VERSION%'),
    updated: z.literal('%TODAY%'),
  }),
  includes: z
    .array(z.looseObject({ type: z.string(), name: z.string().min(1), path: z.string().optional() }))
    .optional(),
  dependencies: z.looseObject({ grafanaDependency: z.literal('>=11.6.0-0') }),
});
type PluginJson = z.infer<typeof pluginJson>;

const provisionedDataSources = z.looseObject({
  datasources: z.array(
    z.looseObject({
      uid: z.string(),
      type: z.string(),
      jsonData: z.looseObject({ lokiUid: z.string() }).partial().optional(),
    })
  ),
});

const reference = z.looseObject({ uid: z.string(), type: z.string() });

const dashboardJson = z.looseObject({
  uid: z.string().min(1).max(40),
  title: z.string().min(1),
  schemaVersion: z.number().int().min(39),
  templating: z.object({
    list: z.array(z.looseObject({ name: z.string(), type: z.string(), datasource: reference.nullish() })),
  }),
  panels: z.array(
    z.looseObject({
      id: z.number().int(),
      type: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      datasource: reference.nullish(),
      targets: z.array(z.looseObject({ refId: z.string(), datasource: reference.optional() })).optional(),
    })
  ),
});
type DashboardJson = z.infer<typeof dashboardJson>;

const composeFile = z.looseObject({
  services: z.record(z.string(), z.looseObject({ image: z.string(), volumes: z.array(z.string()).optional() })),
});

/** Every problem of the repository at `root`, as `file: what is wrong`. */
export function lintPlugin(root: string): readonly string[] {
  const problems: string[] = [];
  const say = (file: string, text: string) => problems.push(`${file}: ${text}`);

  const plugins = readPlugins(root, say);
  lintIncludes(root, plugins, say);
  const dataSources = lintProvisioning(root, say);
  lintDashboards(root, dataSources, say);
  lintCompose(root, say);
  return problems;
}

type Say = (file: string, text: string) => void;

function readPlugins(root: string, say: Say): ReadonlyMap<string, PluginJson> {
  const plugins = new Map<string, PluginJson>();
  for (const [folder, { source, id, type }] of Object.entries(PLUGINS)) {
    const file = `${source}/plugin.json`;
    const plugin = read(root, file, { schema: pluginJson, parseText: JSON.parse, say });
    if (plugin === undefined) {
      continue;
    }
    plugins.set(folder, plugin);
    if (plugin.id !== id || plugin.type !== type) {
      say(file, `must be the ${type} "${id}", is the ${plugin.type} "${plugin.id}"`);
    }
    for (const logo of new Set([plugin.info.logos.small, plugin.info.logos.large])) {
      if (!existsSync(path.join(root, source, logo))) {
        say(file, `logo ${logo} does not exist`);
      }
    }
    if (!['module.ts', 'module.tsx'].some((name) => existsSync(path.join(root, source, name)))) {
      say(file, 'has no module.ts beside it');
    }
  }
  return plugins;
}

/** Grafana finds nested plugins and dashboards by the app's includes. */
function lintIncludes(root: string, plugins: ReadonlyMap<string, PluginJson>, say: Say): void {
  const app = plugins.get('.');
  if (app === undefined) {
    return;
  }
  const file = 'src/plugin.json';
  if (app.autoEnabled !== true) {
    say(file, 'must be autoEnabled: nested plugins load only while their app is enabled');
  }
  const included = new Set((app.includes ?? []).map((include) => include.path));
  const nested = Object.keys(PLUGINS).filter((folder) => folder !== '.');
  const wanted = [
    ...nested.map((folder) => `${folder}/plugin.json`),
    ...files(root, 'provisioning/dashboards', /\.json$/).map((name) => `dashboards/${name}`),
  ];
  for (const missing of wanted.filter((one) => !included.has(one))) {
    say(file, `includes must name ${missing}`);
  }
  for (const extra of [...included].filter((one) => one !== undefined && !wanted.includes(one))) {
    say(file, `includes name ${extra}, which is not built`);
  }
}

function lintProvisioning(root: string, say: Say): ReadonlyMap<string, string> {
  for (const folder of ['plugins', 'dashboards', 'alerting', 'loki']) {
    for (const name of files(root, `provisioning/${folder}`, /\.ya?ml$/)) {
      read(root, `provisioning/${folder}/${name}`, { schema: z.looseObject({}), parseText: parse, say });
    }
  }
  const types = new Map<string, string>();
  for (const name of files(root, 'provisioning/datasources', /\.ya?ml$/)) {
    const file = `provisioning/datasources/${name}`;
    const content = read(root, file, { schema: provisionedDataSources, parseText: parse, say });
    const all = content?.datasources ?? [];
    all.forEach(({ uid, type }) => types.set(uid, type));
    for (const { uid, jsonData } of all) {
      if (jsonData?.lokiUid !== undefined && !all.some((other) => other.uid === jsonData.lokiUid)) {
        say(file, `${uid} wraps "${jsonData.lokiUid}", which is not provisioned`);
      }
    }
  }
  return types;
}

function lintDashboards(root: string, dataSources: ReadonlyMap<string, string>, say: Say): void {
  const uids = new Set<string>();
  const dashboards = files(root, 'provisioning/dashboards', /\.json$/).flatMap((name) => {
    const file = `provisioning/dashboards/${name}`;
    const dashboard = read(root, file, { schema: dashboardJson, parseText: JSON.parse, say });
    return dashboard === undefined ? [] : [{ file, dashboard }];
  });
  for (const { file, dashboard } of dashboards) {
    if (uids.has(dashboard.uid)) {
      say(file, `uid ${dashboard.uid} is used twice`);
    }
    uids.add(dashboard.uid);
    lintPanels(file, dashboard, say);
    for (const { uid, type } of references(dashboard)) {
      const known = dataSources.get(uid);
      if (known === undefined) {
        say(file, `datasource "${uid}" is not provisioned`);
      } else if (known !== type) {
        say(file, `datasource "${uid}" is of type ${known}, not ${type}`);
      }
    }
  }
  const variables = new Map(
    dashboards.map(({ dashboard }) => [dashboard.uid, new Set(dashboard.templating.list.map(({ name }) => name))])
  );
  const defaults = files(root, 'panels', /^[\w-]+$/).map((panel) => `panels/${panel}/src/options.ts`);
  const written = defaults.filter((file) => existsSync(path.join(root, file)));
  for (const file of [...dashboards.map((one) => one.file), ...written]) {
    lintLinks(file, readFileSync(path.join(root, file), 'utf8'), { variables, say });
  }
}

interface LinkTargets {
  /** Of each dashboard, by uid. */
  readonly variables: ReadonlyMap<string, ReadonlySet<string>>;
  readonly say: Say;
}

/** Links in quotes, in dashboards' JSON and in panels' defaults: the dashboard is there, and so are the variables it is given. */
function lintLinks(file: string, text: string, { variables, say }: LinkTargets): void {
  for (const [, uid, query = ''] of text.matchAll(/["']\/d\/([\w-]+)(?:\?([^"'\s]*))?/g)) {
    const known = variables.get(uid);
    if (known === undefined) {
      say(file, `links to dashboard "${uid}", which does not exist`);
      continue;
    }
    for (const [, name] of query.matchAll(/(?:^|&)var-(\w+)=/g)) {
      if (!known.has(name)) {
        say(file, `gives dashboard "${uid}" the variable "${name}", which it does not have`);
      }
    }
  }
}

function lintPanels(file: string, { panels }: DashboardJson, say: Say): void {
  const ours = Object.values(PLUGINS).flatMap(({ id, type }) => (type === 'panel' ? [id as string] : []));
  const ids = new Set<number>();
  for (const { id, type, gridPos } of panels) {
    if (ids.has(id)) {
      say(file, `panel id ${id} is used twice`);
    }
    ids.add(id);
    if (!ours.includes(type) && !CORE_PANELS.includes(type)) {
      say(file, `panel ${id} has type "${type}", which is neither ours nor one of ${CORE_PANELS.join(', ')}`);
    }
    if (gridPos.x < 0 || gridPos.w < 1 || gridPos.x + gridPos.w > 24) {
      say(file, `panel ${id} does not fit the grid of 24 columns`);
    }
  }
}

function references({ panels, templating }: DashboardJson): ReadonlyArray<z.infer<typeof reference>> {
  return [
    ...templating.list.map((variable) => variable.datasource),
    ...panels.flatMap((panel) => [panel.datasource, ...(panel.targets ?? []).map((target) => target.datasource)]),
  ].filter((ref) => ref !== undefined && ref !== null);
}

function lintCompose(root: string, say: Say): void {
  const file = 'docker-compose.yml';
  const compose = read(root, file, { schema: composeFile, parseText: parse, say });
  for (const [name, service] of Object.entries(compose?.services ?? {})) {
    if (!/:[\w.-]*\d[\w.-]*$/.test(service.image)) {
      say(file, `${name}: image ${service.image} has no version`);
    }
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(':');
      const built = source === './dist';
      if (source.startsWith('.') && !built && !existsSync(path.join(root, source))) {
        say(file, `${name}: ${source} does not exist`);
      }
    }
  }
}

interface ReadOptions<T> {
  readonly schema: z.ZodType<T>;
  readonly parseText: (text: string) => unknown;
  readonly say: Say;
}

function read<T>(root: string, file: string, { schema, parseText, say }: ReadOptions<T>): T | undefined {
  let content: unknown;
  try {
    content = parseText(readFileSync(path.join(root, file), 'utf8'));
  } catch (error) {
    say(file, error instanceof Error ? error.message.split('\n')[0] : String(error));
    return undefined;
  }
  const result = schema.safeParse(content);
  if (!result.success) {
    result.error.issues.forEach((issue) => say(file, `${issue.path.join('.')}: ${issue.message}`));
    return undefined;
  }
  return result.data;
}

function files(root: string, folder: string, pattern: RegExp): readonly string[] {
  const dir = path.join(root, folder);
  return existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => pattern.test(name))
        .sort()
    : [];
}

if (require.main === module) {
  const problems = lintPlugin(path.join(__dirname, '..'));
  problems.forEach((problem) => console.error(problem));
  process.exitCode = problems.length > 0 ? 1 : 0;
}
