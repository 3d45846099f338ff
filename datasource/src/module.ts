import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { VariableEditor } from './components/VariableEditor';
import { FlowsDatasource } from './datasource';
import { type FlowsOptions } from './options';
import { type FlowQuery } from './query/flow-query';

export const plugin = new DataSourcePlugin<FlowsDatasource, FlowQuery, FlowsOptions>(FlowsDatasource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setVariableQueryEditor(VariableEditor);
