import React, { useCallback, useId } from 'react';
import { css } from '@emotion/css';
import { type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Combobox, Field, useStyles2 } from '@grafana/ui';
import { type Preview } from '../plan/preview';
import { assertUnreachable } from '@bpfnet/flow-model/unreachable';
import { type FlowQuery, type QueryType, readQuery } from '../query/flow-query';
import { EventsEditor } from './EventsEditor';
import { RequestFilters } from './FilterFields';
import { L4ListEditor, L7ListEditor } from './ListEditor';
import { LogqlPreview } from './LogqlPreview';
import { LookUpEditor } from './LookUpEditor';
import { MetricsEditor } from './MetricsEditor';
import { type Suggest } from './SuggestField';

const TYPES: ReadonlyArray<{ readonly value: QueryType; readonly label: string; readonly description: string }> = [
  { value: 'l7List', label: 'Requests', description: 'One row per request, per NIC or merged' },
  { value: 'l4List', label: 'Connections', description: 'One row per chunk of a connection, per NIC' },
  { value: 'story', label: 'Story', description: 'What happened to a request, and why' },
  { value: 'hops', label: 'Path', description: 'One request at every NIC it crossed' },
  { value: 'trace', label: 'Path as trace', description: 'One span per NIC, for the trace view' },
  { value: 'packets', label: 'Packets', description: 'The packets of a request or connection' },
  { value: 'related', label: 'Related records', description: 'By connection, request and transport, with counts' },
  { value: 'records', label: 'Records', description: 'The raw records of a request or connection' },
  { value: 'nicGraph', label: 'NIC graph', description: 'All matching requests, aggregated by NIC' },
  { value: 'metrics', label: 'Metrics', description: 'Rates, ratios and durations as time series' },
  { value: 'events', label: 'Events', description: 'Bursts of resets and unanswered requests, capture drops' },
];

/** What query editors ask of the datasource. */
interface QueryHelp {
  preview(query: FlowQuery): Preview;
  /** Values of a record field. */
  suggestions(field: string, range?: TimeRange): Promise<readonly string[]>;
}

/** Of Grafana's properties those that are used, so that an editor needs no datasource class. */
export interface QueryEditorProps {
  readonly datasource: QueryHelp;
  readonly query: FlowQuery;
  readonly range?: TimeRange;
  readonly onChange: (query: FlowQuery) => void;
  readonly onRunQuery: () => void;
}

export function QueryEditor({ datasource, query: target, range, onChange, onRunQuery }: QueryEditorProps) {
  const styles = useStyles2(getStyles);
  const typeId = useId();
  const query = readQuery(target);
  const suggest: Suggest = useCallback((field) => datasource.suggestions(field, range), [datasource, range]);
  const change = (next: FlowQuery) => {
    onChange(next);
    onRunQuery();
  };
  return (
    <div className={styles.editor}>
      <Field label="Show" htmlFor={typeId} noMargin>
        <Combobox
          id={typeId}
          width={32}
          value={query.queryType}
          options={TYPES.map((type) => ({ ...type }))}
          onChange={({ value }) => change(readQuery({ ...target, queryType: value }))}
        />
      </Field>
      <Body query={query} suggest={suggest} onChange={change} />
      <LogqlPreview preview={datasource.preview(query)} />
    </div>
  );
}

interface BodyProps {
  readonly query: FlowQuery;
  readonly suggest: Suggest;
  readonly onChange: (query: FlowQuery) => void;
}

function Body({ query, suggest, onChange }: BodyProps) {
  switch (query.queryType) {
    case 'l7List':
      return <L7ListEditor query={query} suggest={suggest} onChange={onChange} />;
    case 'l4List':
      return <L4ListEditor query={query} suggest={suggest} onChange={onChange} />;
    case 'nicGraph':
      return (
        <RequestFilters
          filters={query.filters}
          suggest={suggest}
          onChange={(filters) => onChange({ ...query, filters })}
        />
      );
    case 'metrics':
      return <MetricsEditor query={query} suggest={suggest} onChange={onChange} />;
    case 'events':
      return <EventsEditor query={query} suggest={suggest} onChange={onChange} />;
    case 'packets':
    case 'hops':
    case 'trace':
    case 'story':
    case 'related':
    case 'records':
      return <LookUpEditor query={query} onChange={onChange} />;
    default:
      return assertUnreachable(query);
  }
}

const getStyles = (theme: GrafanaTheme2) => ({
  editor: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), containerType: 'inline-size' }),
});
