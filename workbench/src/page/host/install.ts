import { EventBusSrv, type GrafanaConfig, locationUtil, setTimeZoneResolver } from '@grafana/data';
import {
  config,
  FakeEchoSrv,
  getBackendSrv,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  setEchoSrv,
  setPluginImportUtils,
  setReturnToPreviousHook,
  setRunRequest,
  setTemplateSrv,
} from '@grafana/runtime';
import { sceneGraph } from '@grafana/scenes';
import { createCorePanel } from '../core/core-panels';
import { WorkbenchBackendSrv } from './backend-srv';
import { WorkbenchDataSourceSrv } from './datasource-srv';
import { installRegistries } from './editor-registries';
import { PanelCatalogue } from './panel-catalogue';
import { runRequest } from './run-request';
import { type FrontendSettings } from './settings';
import { SceneTemplateSrv } from './template-srv';

export interface Host {
  readonly templateSrv: SceneTemplateSrv;
}

/** Gives `@grafana/runtime` what Grafana's own front end gives it. Once per page. */
export async function installHost(): Promise<Host> {
  setBackendSrv(new WorkbenchBackendSrv());
  const settings = await getBackendSrv().get<FrontendSettings>('/api/frontend/settings');

  installRegistries();
  setTimeZoneResolver(() => 'browser');
  setAppEvents(new EventBusSrv());
  setEchoSrv(new FakeEchoSrv());
  setReturnToPreviousHook(() => () => undefined);
  setRunRequest(runRequest);
  setDataSourceSrv(new WorkbenchDataSourceSrv(settings));

  const panels = new PanelCatalogue(settings.plugins, createCorePanel);
  setPluginImportUtils({
    importPanelPlugin: (id) => panels.import(id),
    getPanelPluginFromCache: (id) => panels.cached(id),
  });

  const templateSrv = new SceneTemplateSrv();
  setTemplateSrv(templateSrv);
  locationUtil.initialize({
    config: config as unknown as GrafanaConfig,
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => {
      const scene = templateSrv.shown();
      return scene === undefined ? { from: 'now-1h', to: 'now' } : sceneGraph.getTimeRange(scene).state.value.raw;
    },
  });
  return { templateSrv };
}
