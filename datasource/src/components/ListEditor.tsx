import React, { useId } from 'react';
import { Field, InlineSwitch, RadioButtonGroup } from '@grafana/ui';
import { DEFAULT_LIST_LIMIT, LIST_SORTS, type L4ListQuery, type L7ListQuery, type ListSort } from '../query/flow-query';
import { FieldGrid } from './FieldGrid';
import { ConnectionFilters, RequestFilters } from './FilterFields';
import { type Suggest } from './SuggestField';
import { TextField } from './TextField';

interface Props<Q> {
  readonly query: Q;
  readonly suggest: Suggest;
  readonly onChange: (query: Q) => void;
}

export function L7ListEditor({ query, suggest, onChange }: Props<L7ListQuery>) {
  return (
    <>
      <RequestFilters
        filters={query.filters}
        suggest={suggest}
        onChange={(filters) => onChange({ ...query, filters })}
      />
      <ListOptions query={query} slowest="Slowest" onChange={onChange}>
        <InlineSwitch
          label="One row per request"
          showLabel
          value={query.fold === 'request'}
          onChange={(event) => onChange({ ...query, fold: event.currentTarget.checked ? 'request' : 'nic' })}
        />
      </ListOptions>
    </>
  );
}

export function L4ListEditor({ query, suggest, onChange }: Props<L4ListQuery>) {
  return (
    <>
      <ConnectionFilters
        filters={query.filters}
        suggest={suggest}
        onChange={(filters) => onChange({ ...query, filters })}
      />
      <ListOptions query={query} slowest="Longest round trip" onChange={onChange} />
    </>
  );
}

interface ListOptionsProps<Q> extends Omit<Props<Q>, 'suggest'> {
  readonly slowest: string;
  readonly children?: React.ReactNode;
}

function ListOptions<Q extends L7ListQuery | L4ListQuery>({ query, slowest, onChange, children }: ListOptionsProps<Q>) {
  const sortId = useId();
  return (
    <FieldGrid wide>
      <Field label="Sort by" htmlFor={sortId} noMargin>
        <RadioButtonGroup<ListSort>
          id={sortId}
          value={LIST_SORTS.find((sort) => sort === (query.sort ?? 'newest'))}
          options={[
            { value: 'newest', label: 'Newest' },
            { value: 'slowest', label: slowest },
            { value: 'worst', label: 'Worst' },
          ]}
          onChange={(sort) => onChange({ ...query, sort })}
        />
      </Field>
      <TextField
        label="Limit"
        value={String(query.limit ?? DEFAULT_LIST_LIMIT)}
        onChange={(typed) => onChange({ ...query, limit: /^[1-9]\d{0,3}$/.test(typed) ? Number(typed) : undefined })}
      />
      {children}
    </FieldGrid>
  );
}
