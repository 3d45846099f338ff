import React, { useId } from 'react';
import { Field, RadioButtonGroup } from '@grafana/ui';
import { type HopsQuery, type LookUpIds, type PacketsQuery, type RecordsQuery } from '../query/flow-query';
import { FieldGrid } from './FieldGrid';
import { typedText } from './filter-text';
import { TextField } from './TextField';

type LookUpQuery = PacketsQuery | HopsQuery | RecordsQuery;

interface IdField {
  readonly name: keyof LookUpIds;
  readonly label: string;
  readonly placeholder?: string;
}

const REQUEST_IDS: readonly IdField[] = [
  { name: 'requestId', label: 'Request id', placeholder: '$request_id' },
  { name: 'l7TraceId', label: 'or request id (seq)' },
];

const CONNECTION_IDS: readonly IdField[] = [
  { name: 'nicTraceId', label: 'or connection id (every NIC)' },
  { name: 'innerTraceId', label: 'or connection id (this NIC)' },
];

const SHARD: IdField = { name: 'flowShard', label: 'Shard, if known', placeholder: '$flow_shard' };

interface Props {
  readonly query: LookUpQuery;
  readonly onChange: (query: LookUpQuery) => void;
}

export function LookUpEditor({ query, onChange }: Props) {
  const nicsId = useId();
  const fields = [...REQUEST_IDS, ...(query.queryType === 'hops' ? [] : CONNECTION_IDS), SHARD];
  const ids: LookUpIds = query;
  return (
    <FieldGrid>
      {fields.map(({ name, label, placeholder }) => (
        <TextField
          key={name}
          label={label}
          placeholder={placeholder}
          value={typedText(ids[name])}
          onChange={(typed) => onChange({ ...query, [name]: typed || undefined })}
        />
      ))}
      {query.queryType === 'packets' && (
        <Field label="NICs" htmlFor={nicsId} noMargin>
          <RadioButtonGroup
            id={nicsId}
            value={query.nics ?? 'all'}
            options={[
              { value: 'all' as const, label: 'All' },
              { value: 'one' as const, label: 'One' },
            ]}
            onChange={(nics) => onChange({ ...query, nics })}
          />
        </Field>
      )}
    </FieldGrid>
  );
}
