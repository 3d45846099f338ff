import { type DataSourceInstanceSettings, type DataSourceJsonData, type PluginMeta, PluginType } from '@grafana/data';

/** A plugin as the server lists it: its plugin.json and the URL of its bundle. */
export interface InstalledPlugin {
  readonly meta: Pick<PluginMeta, 'id' | 'name' | 'type'> & Partial<PluginMeta>;
  /** URL of the folder, without a slash at the end; absent for what the workbench brings itself. */
  readonly baseUrl?: string;
}

interface DataSourceEntry {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly isDefault: boolean;
  readonly jsonData: DataSourceJsonData & Readonly<Record<string, unknown>>;
}

/** Body of GET /api/frontend/settings. */
export interface FrontendSettings {
  readonly datasources: readonly DataSourceEntry[];
  readonly plugins: readonly InstalledPlugin[];
}

const EMPTY_META: PluginMeta = {
  id: '',
  name: '',
  type: PluginType.datasource,
  module: '',
  baseUrl: '',
  info: {
    author: { name: '' },
    description: '',
    links: [],
    logos: { small: '', large: '' },
    screenshots: [],
    updated: '',
    version: '',
  },
};

export function pluginMeta(plugin: InstalledPlugin): PluginMeta {
  const baseUrl = plugin.baseUrl ?? '';
  return { ...EMPTY_META, ...plugin.meta, baseUrl, module: baseUrl === '' ? '' : `${baseUrl}/module.js` };
}

export function instanceSettings(entry: DataSourceEntry, meta: PluginMeta, id: number): DataSourceInstanceSettings {
  return {
    id,
    uid: entry.uid,
    name: entry.name,
    type: entry.type,
    url: entry.url,
    access: 'proxy',
    readOnly: true,
    isDefault: entry.isDefault,
    jsonData: entry.jsonData,
    meta,
  };
}
