import React, { useCallback } from 'react';
import { type QueryEditorProps } from '@grafana/data';
import { type FlowsDatasource } from '../datasource';
import { type FlowsOptions } from '../options';
import { type EventsQuery, type FlowQuery } from '../query/flow-query';
import { EventsEditor } from './EventsEditor';
import { LogqlPreview } from './LogqlPreview';
import { type Suggest } from './SuggestField';

type Props = QueryEditorProps<FlowsDatasource, FlowQuery, FlowsOptions>;

/** Annotations are events, so there is nothing else to choose. */
export function AnnotationEditor({ datasource, query: target, range, onChange, onRunQuery }: Props) {
  const query: EventsQuery = { ...target, queryType: 'events' } as EventsQuery;
  const suggest: Suggest = useCallback((field) => datasource.suggestions(field, range), [datasource, range]);
  return (
    <>
      <EventsEditor
        query={query}
        suggest={suggest}
        onChange={(next) => {
          onChange(next);
          onRunQuery();
        }}
      />
      <LogqlPreview preview={datasource.preview(query)} />
    </>
  );
}
