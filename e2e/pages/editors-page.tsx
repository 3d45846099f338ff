/** A page with one of the datasource's editors alone, for tests in a real browser. */
import {
  createTheme,
  type DataSourceInstanceSettings,
  type DataSourcePluginOptionsEditorProps,
  type DataSourceSettings,
  ThemeContext,
} from '@grafana/data';
import { config, type DataSourceSrv, setDataSourceSrv, setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import React, { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ConfigEditor } from '../../datasource/src/components/ConfigEditor';
import { QueryEditor } from '../../datasource/src/components/QueryEditor';
import { FlowsDatasource } from '../../datasource/src/datasource';
import { type FlowsOptions } from '../../datasource/src/options';
import { type FlowQuery } from '../../datasource/src/query/flow-query';

interface EditorsPageInput {
  readonly theme: 'dark' | 'light';
  readonly query?: Partial<FlowQuery>;
  /** The configuration instead of a query. */
  readonly options?: FlowsOptions;
}

/** The real one, except that its suggestions do not come from Loki. */
class Suggesting extends FlowsDatasource {
  override suggestions(field: string): Promise<readonly string[]> {
    return Promise.resolve([`${field} a`, `${field} b`]);
  }
}

function Query({ first }: { readonly first: Partial<FlowQuery> }) {
  const [query, setQuery] = useState<FlowQuery>({ refId: 'A', ...first } as FlowQuery);
  const [datasource] = useState(
    () => new Suggesting({ uid: 'u', jsonData: {} } as DataSourceInstanceSettings<FlowsOptions>)
  );
  return <QueryEditor datasource={datasource} query={query} onChange={setQuery} onRunQuery={() => undefined} />;
}

function Config({ first }: { readonly first: FlowsOptions }) {
  const [options, setOptions] = useState({
    jsonData: first,
    secureJsonFields: {},
    url: '',
  } as DataSourceSettings<FlowsOptions>);
  const props = { options, onOptionsChange: setOptions } as DataSourcePluginOptionsEditorProps<FlowsOptions>;
  return <ConfigEditor {...props} />;
}

function show({ theme, query = {}, options }: EditorsPageInput): void {
  const colours = createTheme({ colors: { mode: theme } });
  config.theme2 = colours;
  document.body.style.background = colours.colors.background.canvas;
  setTemplateSrv({ replace: (text: string) => text } as unknown as TemplateSrv);
  // Nothing chosen is the default datasource, as Grafana has it.
  const getInstanceSettings = (ref: unknown) => (ref ? undefined : { name: 'Default' });
  setDataSourceSrv({ getList: () => [], getInstanceSettings } as unknown as DataSourceSrv);
  const host = document.createElement('main');
  host.style.padding = '8px';
  document.body.replaceChildren(host);
  createRoot(host).render(
    <ThemeContext.Provider value={colours}>
      <GlobalStyles />
      <PortalContainer />
      {options === undefined ? <Query first={query} /> : <Config first={options} />}
    </ThemeContext.Provider>
  );
}

Object.assign(globalThis, { show });
