import { DataSourcePlugin } from '@grafana/data';
import { AnnotationEditor } from './components/AnnotationEditor';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { VariableEditor } from './components/VariableEditor';
import { FlowsDatasource } from './datasource';
import { type FlowsOptions } from './options';
import { type FlowQuery } from './query/flow-query';

/** Apart from its class, which needs no React. */
class AnnotatedFlowsDatasource extends FlowsDatasource {
  override annotations = { QueryEditor: AnnotationEditor, getDefaultQuery: () => ({ queryType: 'events' as const }) };
}

export const plugin = new DataSourcePlugin<FlowsDatasource, FlowQuery, FlowsOptions>(AnnotatedFlowsDatasource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor)
  .setVariableQueryEditor(VariableEditor);
