/**
 * Loads built plugin modules as Grafana does: AMD bundles by SystemJS, whose dependencies resolve to the page's own
 * modules. A dependency outside that list fails to load, as it would in Grafana.
 */
/// <reference types="systemjs" />
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';
import { type DataSourcePlugin, type PanelPlugin } from '@grafana/data';
import { SHARED_MODULES } from './shared-modules';

const SCHEME = 'package:';

interface PluginModule {
  readonly plugin?: unknown;
}

let prepared = false;

function prepare(): void {
  if (prepared) {
    return;
  }
  prepared = true;
  const imports: Record<string, string> = {};
  for (const [name, module] of Object.entries(SHARED_MODULES)) {
    const id = `${SCHEME}${name}`;
    System.set(id, { ...module, default: module });
    imports[name] = id;
  }
  System.addImportMap({ imports });
}

async function importModule(url: string): Promise<PluginModule> {
  prepare();
  const loaded = (await System.import(url)) as PluginModule & { readonly default?: PluginModule };
  return loaded.plugin === undefined ? (loaded.default ?? loaded) : loaded;
}

export async function importPanel(url: string): Promise<PanelPlugin> {
  const { plugin } = await importModule(url);
  if (!isPanelPlugin(plugin)) {
    throw new Error(`${url} exports no panel plugin. Build it again: npm run build -- plugin`);
  }
  return plugin;
}

export async function importDataSource(url: string): Promise<DataSourcePlugin<never>> {
  const { plugin } = await importModule(url);
  if (!isDataSourcePlugin(plugin)) {
    throw new Error(`${url} exports no datasource plugin. Build it again: npm run build -- plugin`);
  }
  return plugin;
}

function isPanelPlugin(plugin: unknown): plugin is PanelPlugin {
  return typeof plugin === 'object' && plugin !== null && 'useFieldConfig' in plugin;
}

function isDataSourcePlugin(plugin: unknown): plugin is DataSourcePlugin<never> {
  return typeof plugin === 'object' && plugin !== null && 'DataSourceClass' in plugin;
}
