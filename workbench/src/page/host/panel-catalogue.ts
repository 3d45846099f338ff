import { type PanelPlugin, type PanelPluginMeta, PluginType } from '@grafana/data';
import { importPanel } from './plugin-loader';
import { type InstalledPlugin, pluginMeta } from './settings';

/** Panels by id: the built ones over SystemJS, core ones from the page itself. Each is loaded once. */
export class PanelCatalogue {
  private readonly installed: ReadonlyMap<string, InstalledPlugin>;
  private readonly loaded = new Map<string, PanelPlugin>();

  constructor(
    plugins: readonly InstalledPlugin[],
    private readonly createCore: (id: string) => PanelPlugin | undefined
  ) {
    this.installed = new Map(plugins.filter(({ meta }) => meta.type === 'panel').map((p) => [p.meta.id, p]));
  }

  cached(id: string): PanelPlugin | undefined {
    return this.loaded.get(id);
  }

  async import(id: string): Promise<PanelPlugin> {
    const known = this.loaded.get(id) ?? (await this.load(id));
    this.loaded.set(id, known);
    return known;
  }

  private async load(id: string): Promise<PanelPlugin> {
    const core = this.createCore(id);
    if (core !== undefined) {
      core.meta = pluginMeta({ meta: { id, name: id, type: PluginType.panel } }) as PanelPluginMeta;
      return core;
    }
    const plugin = this.installed.get(id);
    if (plugin === undefined) {
      throw new Error(`Panel "${id}" is not in the built plugin. Build the plugin: npm run build -- plugin`);
    }
    const meta = pluginMeta(plugin);
    const panel = await importPanel(meta.module);
    panel.meta = meta as PanelPluginMeta;
    return panel;
  }
}
