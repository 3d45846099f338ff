/**
 * A page on the libraries of one supported Grafana (library-set.ts): loads the built plugins as Grafana does, asks the built datasource what the
 * panels of a provisioned dashboard ask, and shows each panel with the answer.
 */
import { type DataFrame, type DataQueryRequest, type PanelPlugin } from '@grafana/data';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUi from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { from, lastValueFrom } from 'rxjs';
import { WorkbenchBackendSrv } from '../../workbench/src/page/host/backend-srv';
import { WorkbenchDataSourceSrv } from '../../workbench/src/page/host/datasource-srv';
import { installRegistries } from '../../workbench/src/page/host/editor-registries';
import { importDataSource, importPanel } from '../../workbench/src/page/host/plugin-loader';
import { type FrontendSettings } from '../../workbench/src/page/host/settings';

interface DashboardPanel {
  readonly title: string;
  readonly type: string;
  readonly targets: DataQueryRequest['targets'];
  readonly options: object;
}

interface Shown {
  readonly title: string;
  readonly frames: readonly string[];
}

interface ShowInput {
  readonly theme: 'dark' | 'light';
  readonly dashboard: string;
  readonly variables: Readonly<Record<string, string>>;
}

const OURS = /^bpfnet-.*-panel$/;
const SIZE = { width: 1200, height: 420 };

/** Returns the title and frame kinds of each of our panels. */
async function show({ theme, dashboard, variables }: ShowInput): Promise<readonly Shown[]> {
  const settings = await installHost(variables);
  const panels = await dashboardPanels(dashboard);
  const to = grafanaData.dateTime();
  const range = { from: grafanaData.dateTime(to).subtract(1, 'hour'), to, raw: { from: 'now-1h', to: 'now' } };
  const shown: Shown[] = [];
  const elements: React.ReactElement[] = [await queryEditor(settings)];
  for (const panel of panels) {
    const plugin = await importPanel(folderOf(settings, panel.type));
    const series = await answerOf(panel, range);
    elements.push(panelElement(plugin, { panel, series, range }));
    shown.push({
      title: panel.title,
      frames: series.map(({ name, length }) => `${name} ${length > 0 ? 'rows' : 'empty'}`),
    });
  }
  const colours = grafanaData.createTheme({ colors: { mode: theme } });
  document.body.style.background = colours.colors.background.canvas;
  const host = document.body.appendChild(document.createElement('main'));
  createRoot(host).render(
    React.createElement(
      grafanaData.ThemeContext.Provider,
      { value: colours },
      React.createElement(grafanaUi.GlobalStyles),
      React.createElement(grafanaUi.PortalContainer),
      ...elements
    )
  );
  return shown;
}

async function installHost(variables: Readonly<Record<string, string>>): Promise<FrontendSettings> {
  grafanaRuntime.setBackendSrv(new WorkbenchBackendSrv());
  const settings = await grafanaRuntime.getBackendSrv().get<FrontendSettings>('/api/frontend/settings');
  const replace = (text = '') =>
    text.replace(/\$\{?(\w+)\}?/g, (whole: string, name: string) => variables[name] ?? whole);
  grafanaRuntime.setTemplateSrv({
    replace,
    containsTemplate: (text = '') => text.includes('$'),
    getVariables: () => [],
    updateTimeRange: () => undefined,
  });
  installRegistries();
  grafanaRuntime.setAppEvents(new grafanaData.EventBusSrv());
  grafanaRuntime.setDataSourceSrv(new WorkbenchDataSourceSrv(settings));
  grafanaData.locationUtil.initialize({
    config: grafanaRuntime.config as never,
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => ({ from: 'now-1h', to: 'now' }),
  });
  return settings;
}

const DATASOURCE = 'bpfnet-flows-datasource';

function folderOf({ plugins }: FrontendSettings, id: string): string {
  const found = plugins.find(({ meta }) => meta.id === id);
  if (found === undefined) {
    throw new Error(`No plugin "${id}" is built.`);
  }
  return `${found.baseUrl ?? ''}/module.js`;
}

async function dashboardPanels(uid: string): Promise<readonly DashboardPanel[]> {
  const answer = await grafanaRuntime
    .getBackendSrv()
    .get<{ readonly dashboard: { readonly panels: readonly DashboardPanel[] } }>(`/api/dashboards/uid/${uid}`);
  return answer.dashboard.panels.filter(({ type }) => OURS.test(type));
}

async function answerOf({ targets }: DashboardPanel, range: grafanaData.TimeRange): Promise<DataFrame[]> {
  const datasource = await grafanaRuntime.getDataSourceSrv().get(targets[0].datasource);
  const request: DataQueryRequest = {
    requestId: 'Q1',
    interval: '15s',
    intervalMs: 15_000,
    range,
    scopedVars: {},
    targets,
    timezone: 'utc',
    app: 'dashboard',
    startTime: 0,
  };
  const { data, errors } = await lastValueFrom(from(datasource.query(request)));
  if (errors !== undefined) {
    throw new Error(errors.map(({ message }) => message).join(' '));
  }
  return data as DataFrame[];
}

interface PanelInput {
  readonly panel: DashboardPanel;
  readonly series: DataFrame[];
  readonly range: grafanaData.TimeRange;
}

function panelElement(plugin: PanelPlugin, { panel, series, range }: PanelInput): React.ReactElement {
  const Panel = plugin.panel;
  if (Panel === null) {
    throw new Error(`${panel.type} has no panel.`);
  }
  const props = {
    id: 1,
    title: panel.title,
    transparent: false,
    renderCounter: 0,
    ...SIZE,
    timeZone: 'utc',
    timeRange: range,
    options: { ...(plugin.defaults ?? {}), ...panel.options },
    data: { state: grafanaData.LoadingState.Done, series, timeRange: range },
    fieldConfig: { defaults: {}, overrides: [] },
    eventBus: new grafanaData.EventBusSrv(),
    replaceVariables: (text: string) => grafanaRuntime.getTemplateSrv().replace(text),
    onOptionsChange: () => undefined,
    onFieldConfigChange: () => undefined,
    onChangeTimeRange: () => undefined,
  };
  return React.createElement(
    'section',
    { key: panel.title, 'aria-label': panel.title, style: SIZE },
    React.createElement(Panel as React.ComponentType<object>, props)
  );
}

async function queryEditor(settings: FrontendSettings): Promise<React.ReactElement> {
  const plugin = await importDataSource(folderOf(settings, DATASOURCE));
  const datasource = await grafanaRuntime.getDataSourceSrv().get({ type: DATASOURCE, uid: 'bpfnet-flows' });
  const Editor = plugin.components.QueryEditor as unknown as React.ComponentType<object>;
  const query = { refId: 'A', queryType: 'packets' };
  const rest = { datasource, query, onChange: () => undefined, onRunQuery: () => undefined };
  return React.createElement(
    'section',
    { key: 'editor', 'aria-label': 'Query editor' },
    React.createElement(Editor, rest)
  );
}

Object.assign(globalThis, { show });
