import React, { useCallback } from 'react';
import { type EventsQuery } from '../query/flow-query';
import { EventsEditor } from './EventsEditor';
import { LogqlPreview } from './LogqlPreview';
import { type QueryEditorProps } from './QueryEditor';
import { type Suggest } from './SuggestField';

/** Annotations are events, so there is nothing else to choose. */
export function AnnotationEditor({ datasource, query: target, range, onChange, onRunQuery }: QueryEditorProps) {
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
