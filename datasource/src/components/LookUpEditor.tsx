import React, { useId } from 'react';
import { Combobox, Field, RadioButtonGroup } from '@grafana/ui';
import { RELATED_DIMENSIONS, type RelatedDimension } from '@bpfnet/flow-model/frames';
import { type LookUpIds, type LookUpQuery, STORY_PARTS, type StoryPart } from '../query/flow-query';
import { FieldGrid } from './FieldGrid';
import { typedText } from './filter-text';
import { TextField } from './TextField';

interface IdField {
  readonly name: keyof LookUpIds;
  readonly label: string;
  readonly placeholder?: string;
}

const SEARCH_TERM: IdField = {
  name: 'searchTerm',
  label: 'Search (request/trace ID, IP:port, sequence number)',
  placeholder: '10.1.2.3:80',
};

const IDS: readonly IdField[] = [
  { name: 'requestId', label: 'or request ID', placeholder: '$request_id' },
  { name: 'l7TraceId', label: 'or request ID by sequence numbers', placeholder: '77_9000' },
  { name: 'nicTraceId', label: 'or connection ID (all NICs)', placeholder: '76_8999' },
  { name: 'innerTraceId', label: 'or flow ID (one NIC)', placeholder: '$inner_traceid' },
];

const HINTS: readonly IdField[] = [
  { name: 'flowShard', label: 'Shard (optional, speeds up the lookup)', placeholder: '$flow_shard' },
  { name: 'at', label: 'Time in ns or ms (optional, speeds up the lookup)', placeholder: '$at' },
];

const PART_LABELS: Readonly<Record<StoryPart, string>> = {
  verdict: 'Verdict',
  parts: 'Time breakdown',
  hops: 'Path',
  losses: 'Retransmissions',
  caveats: 'Caveats',
  nics: 'Request at each NIC',
  requests: 'Matching requests',
};

const DIMENSION_LABELS: Readonly<Record<RelatedDimension, string>> = {
  connection: 'Same connection, same NIC',
  request: 'Same request, every NIC',
  transport: 'Underlying connections',
};

interface Props {
  readonly query: LookUpQuery;
  readonly onChange: (query: LookUpQuery) => void;
}

export function LookUpEditor({ query, onChange }: Props) {
  const ids: LookUpIds = query;
  return (
    <>
      <TextFields fields={[SEARCH_TERM]} ids={ids} onChange={(changed) => onChange({ ...query, ...changed })} />
      <FieldGrid>
        <TextFields fields={[...IDS, ...HINTS]} ids={ids} onChange={(changed) => onChange({ ...query, ...changed })} />
      </FieldGrid>
      <Choice query={query} onChange={onChange} />
    </>
  );
}

interface TextFieldsProps {
  readonly fields: readonly IdField[];
  readonly ids: LookUpIds;
  readonly onChange: (changed: LookUpIds) => void;
}

function TextFields({ fields, ids, onChange }: TextFieldsProps) {
  return (
    <>
      {fields.map(({ name, label, placeholder }) => (
        <TextField
          key={name}
          label={label}
          placeholder={placeholder}
          value={typedText(ids[name])}
          onChange={(typed) => onChange({ [name]: typed || undefined })}
        />
      ))}
    </>
  );
}

/** What to show of it, where there is a choice. */
function Choice({ query, onChange }: Props) {
  const id = useId();
  switch (query.queryType) {
    case 'packets':
    case 'records':
      return (
        <Field label="NICs" htmlFor={id} noMargin>
          <RadioButtonGroup
            id={id}
            value={query.nics ?? 'all'}
            options={[
              { value: 'all' as const, label: 'All' },
              { value: 'one' as const, label: 'One' },
            ]}
            onChange={(nics) => onChange({ ...query, nics })}
          />
        </Field>
      );
    case 'story':
      return (
        <Field label="Part" htmlFor={id} noMargin>
          <Combobox
            id={id}
            width={40}
            value={query.part ?? null}
            placeholder="Everything"
            isClearable
            options={STORY_PARTS.map((value) => ({ value, label: PART_LABELS[value] }))}
            onChange={(option) => onChange({ ...query, part: option?.value })}
          />
        </Field>
      );
    case 'related':
      return (
        <Field label="Dimension" htmlFor={id} noMargin>
          <Combobox
            id={id}
            width={40}
            value={query.dimension ?? null}
            placeholder="All"
            isClearable
            options={RELATED_DIMENSIONS.map((value) => ({ value, label: DIMENSION_LABELS[value] }))}
            onChange={(option) => onChange({ ...query, dimension: option?.value })}
          />
        </Field>
      );
    default:
      return null;
  }
}
