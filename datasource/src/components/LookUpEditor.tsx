import React, { useId } from 'react';
import { Combobox, Field, RadioButtonGroup } from '@grafana/ui';
import {
  type LookUpIds,
  type LookUpQuery,
  RELATED_DIMENSIONS,
  type RelatedDimension,
  STORY_PARTS,
  type StoryPart,
} from '../query/flow-query';
import { FieldGrid } from './FieldGrid';
import { typedText } from './filter-text';
import { TextField } from './TextField';

interface IdField {
  readonly name: keyof LookUpIds;
  readonly label: string;
  readonly placeholder?: string;
}

const CLUE: IdField = {
  name: 'searchTerm',
  label: 'Any clue',
  placeholder: 'request or trace id, 10.1.2.3:80, sequence number',
};

const IDS: readonly IdField[] = [
  { name: 'requestId', label: 'or request id', placeholder: '$request_id' },
  { name: 'l7TraceId', label: 'or request id (seq)', placeholder: '77_9000' },
  { name: 'nicTraceId', label: 'or connection id (every NIC)', placeholder: '76_8999' },
  { name: 'innerTraceId', label: 'or connection id (this NIC)', placeholder: '$inner_traceid' },
];

const HINTS: readonly IdField[] = [
  { name: 'flowShard', label: 'Shard, if known', placeholder: '$flow_shard' },
  { name: 'at', label: 'Time, if known (ns or ms)', placeholder: '$at' },
];

const PART_LABELS: Readonly<Record<StoryPart, string>> = {
  verdict: 'Verdict',
  parts: 'Where the time went',
  hops: 'Path',
  losses: 'What was sent again',
  caveats: 'What to know',
  nics: 'The request at every NIC',
  requests: 'Requests that fit the clue',
};

const DIMENSION_LABELS: Readonly<Record<RelatedDimension, string>> = {
  connection: 'Same connection, same NIC',
  request: 'Same request, every NIC',
  transport: 'Connections below it',
};

interface Props {
  readonly query: LookUpQuery;
  readonly onChange: (query: LookUpQuery) => void;
}

export function LookUpEditor({ query, onChange }: Props) {
  const ids: LookUpIds = query;
  return (
    <>
      <TextFields fields={[CLUE]} ids={ids} onChange={(changed) => onChange({ ...query, ...changed })} />
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

/** What of it is shown, where there is a choice. */
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
            placeholder="All three"
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
