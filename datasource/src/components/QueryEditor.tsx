import React from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2, type QueryEditorProps } from '@grafana/data';
import { RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { type FlowsDatasource } from '../datasource';
import { type FlowsOptions } from '../options';
import { assertUnreachable, type FlowQuery, type QueryType, readQuery } from '../query/flow-query';
import { L4ListEditor, L7ListEditor } from './ListEditor';
import { LookUpEditor } from './LookUpEditor';

const TYPES: ReadonlyArray<{ readonly value: QueryType; readonly label: string; readonly description: string }> = [
  { value: 'l7List', label: 'Requests', description: 'One row a request at a NIC' },
  { value: 'l4List', label: 'Connections', description: 'One row a chunk of a connection at a NIC' },
  { value: 'hops', label: 'Path', description: 'One request at every NIC it crossed' },
  { value: 'packets', label: 'Packets', description: 'The packets of a connection' },
  { value: 'records', label: 'Records', description: 'The records of a request or connection as they were written' },
];

type Props = QueryEditorProps<FlowsDatasource, FlowQuery, FlowsOptions>;

export function QueryEditor({ datasource, query: target, onChange, onRunQuery }: Props) {
  const styles = useStyles2(getStyles);
  const query = readQuery(target);
  const preview = datasource.preview(query);
  const change = (next: FlowQuery) => {
    onChange(next);
    onRunQuery();
  };
  return (
    <div className={styles.editor}>
      <div className={styles.types}>
        <RadioButtonGroup
          size="sm"
          aria-label="What to show"
          value={query.queryType}
          options={TYPES.map((type) => ({ ...type }))}
          onChange={(queryType) => change(readQuery({ ...target, queryType }))}
        />
      </div>
      <Body query={query} onChange={change} />
      {preview.kind === 'logql' ? (
        <code className={styles.logql} aria-label="LogQL">
          {preview.text}
        </code>
      ) : (
        <div className={styles.problem} role="status">
          {preview.text}
        </div>
      )}
    </div>
  );
}

function Body({ query, onChange }: { readonly query: FlowQuery; readonly onChange: (query: FlowQuery) => void }) {
  switch (query.queryType) {
    case 'l7List':
      return <L7ListEditor query={query} onChange={onChange} />;
    case 'l4List':
      return <L4ListEditor query={query} onChange={onChange} />;
    case 'packets':
    case 'hops':
    case 'records':
      return <LookUpEditor query={query} onChange={onChange} />;
    default:
      return assertUnreachable(query);
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  editor: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), containerType: 'inline-size' }),
  types: css({ overflowX: 'auto' }),
  logql: css({
    display: 'block',
    padding: theme.spacing(0.5, 1),
    margin: 0,
    fontSize: theme.typography.bodySmall.fontSize,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
    color: theme.colors.text.secondary,
    background: theme.colors.background.secondary,
  }),
  problem: css({ fontSize: theme.typography.bodySmall.fontSize, color: theme.colors.warning.text }),
});
