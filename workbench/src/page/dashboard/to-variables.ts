import { type VariableRefresh, type VariableSort } from '@grafana/data';
import {
  AdHocFiltersVariable,
  ConstantVariable,
  CustomVariable,
  DataSourceVariable,
  IntervalVariable,
  QueryVariable,
  type SceneVariable,
  SceneVariableSet,
  TextBoxVariable,
} from '@grafana/scenes';
import { type ClassicVariable } from './classic-dashboard';

export function toVariableSet(variables: readonly ClassicVariable[]): SceneVariableSet {
  return new SceneVariableSet({ variables: variables.map(toVariable) });
}

/** A new variable starts at the file's `current`; the URL wins over it once the scene is synchronised. */
function toVariable(variable: ClassicVariable): SceneVariable {
  const basics = {
    name: variable.name,
    label: variable.label ?? undefined,
    description: variable.description,
    hide: variable.hide,
    skipUrlSync: variable.skipUrlSync,
  };
  const selection = {
    value: variable.current?.value ?? '',
    text: variable.current?.text ?? '',
    isMulti: variable.multi,
    includeAll: variable.includeAll,
    allValue: variable.allValue ?? undefined,
    defaultToAll: variable.includeAll && variable.current?.value === undefined,
  };
  const queryText = typeof variable.query === 'string' ? variable.query : '';
  switch (variable.type) {
    case 'query':
      return new QueryVariable({
        ...basics,
        ...selection,
        datasource: variable.datasource ?? null,
        query: (variable.query ?? '') as QueryVariable['state']['query'],
        refresh: variable.refresh as VariableRefresh | undefined,
        regex: variable.regex,
        sort: variable.sort as VariableSort | undefined,
      });
    case 'custom':
      return new CustomVariable({ ...basics, ...selection, query: queryText });
    case 'textbox':
      return new TextBoxVariable({ ...basics, value: single(variable.current?.value) ?? queryText });
    case 'constant':
      return new ConstantVariable({ ...basics, value: queryText });
    case 'datasource':
      return new DataSourceVariable({ ...basics, ...selection, pluginId: queryText, regex: variable.regex });
    case 'adhoc':
      return new AdHocFiltersVariable({
        ...basics,
        datasource: variable.datasource ?? null,
        filters: variable.filters ?? [],
        applyMode: 'auto',
        layout: 'combobox',
        supportsMultiValueOperators: true,
      });
    case 'interval':
      return new IntervalVariable({
        ...basics,
        value: single(variable.current?.value) ?? '1m',
        intervals: queryText.split(',').map((text) => text.trim()),
      });
  }
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
