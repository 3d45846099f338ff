import {
  type DataSourceApi,
  type DataSourceInstanceSettings,
  type DataSourceRef,
  type PluginMeta,
  PluginType,
  type ScopedVars,
} from '@grafana/data';
import {
  type DataSourceSrv,
  type GetDataSourceListFilters,
  getTemplateSrv,
  type RuntimeDataSourceRegistration,
} from '@grafana/runtime';
import { LokiDatasource } from '../core/loki-datasource';
import { importDataSource } from './plugin-loader';
import { type FrontendSettings, type InstalledPlugin, instanceSettings, pluginMeta } from './settings';

const LOKI_PLUGIN: InstalledPlugin['meta'] & { readonly logs: boolean; readonly metrics: boolean } = {
  id: 'loki',
  name: 'Loki',
  type: PluginType.datasource,
  logs: true,
  metrics: true,
};
const LOKI_META: PluginMeta = pluginMeta({
  meta: LOKI_PLUGIN,
});

export class WorkbenchDataSourceSrv implements DataSourceSrv {
  private readonly settings: readonly DataSourceInstanceSettings[];
  private readonly instances = new Map<string, Promise<DataSourceApi>>();
  private readonly runtimeInstances = new Map<string, DataSourceApi>();

  constructor(frontend: FrontendSettings) {
    const metas = new Map(frontend.plugins.map((plugin) => [plugin.meta.id, pluginMeta(plugin)]));
    metas.set(LOKI_META.id, LOKI_META);
    this.settings = frontend.datasources.flatMap((entry, index) => {
      const meta = metas.get(entry.type);
      return meta === undefined ? [] : [instanceSettings(entry, meta, index + 1)];
    });
  }

  async get(ref?: DataSourceRef | string | null, scopedVars?: ScopedVars): Promise<DataSourceApi> {
    const wanted = wantedName(ref, scopedVars);
    const runtime = this.runtimeInstances.get(wanted ?? '');
    if (runtime !== undefined) {
      return runtime;
    }
    const settings = this.find(wanted);
    if (settings === undefined) {
      throw new Error(
        `No datasource "${wanted ?? 'default'}". Known: ${this.settings.map((s) => s.uid).join(', ') || 'none'}.`
      );
    }
    let instance = this.instances.get(settings.uid);
    if (instance === undefined) {
      instance = create(settings);
      this.instances.set(settings.uid, instance);
      instance.catch(() => this.instances.delete(settings.uid));
    }
    return instance;
  }

  getInstanceSettings(
    ref?: DataSourceRef | string | null,
    scopedVars?: ScopedVars
  ): DataSourceInstanceSettings | undefined {
    return this.find(wantedName(ref, scopedVars));
  }

  getList(filters: GetDataSourceListFilters = {}): DataSourceInstanceSettings[] {
    const types = filters.type === undefined ? undefined : [filters.type].flat();
    return this.settings.filter(
      (s) =>
        (types === undefined || types.includes(s.type)) &&
        (filters.pluginId === undefined || s.type === filters.pluginId) &&
        (filters.filter?.(s) ?? true)
    );
  }

  async reload(): Promise<void> {
    this.instances.clear();
  }

  registerRuntimeDataSource({ dataSource }: RuntimeDataSourceRegistration): void {
    this.runtimeInstances.set(dataSource.uid, dataSource);
  }

  private find(wanted: string | undefined): DataSourceInstanceSettings | undefined {
    if (wanted === undefined || wanted === 'default') {
      return this.settings.find((s) => s.isDefault) ?? this.settings[0];
    }
    return this.settings.find((s) => s.uid === wanted) ?? this.settings.find((s) => s.name === wanted);
  }
}

function wantedName(ref?: DataSourceRef | string | null, scopedVars?: ScopedVars): string | undefined {
  const name = typeof ref === 'string' ? ref : (ref?.uid ?? undefined);
  return name?.includes('$') ? getTemplateSrv().replace(name, scopedVars) : name;
}

async function create(settings: DataSourceInstanceSettings): Promise<DataSourceApi> {
  if (settings.type === LOKI_META.id) {
    return new LokiDatasource(settings) as unknown as DataSourceApi;
  }
  const plugin = await importDataSource(settings.meta.module);
  const instance: DataSourceApi = new plugin.DataSourceClass(settings as never);
  instance.components = plugin.components as unknown as DataSourceApi['components'];
  instance.meta = settings.meta;
  return instance;
}
