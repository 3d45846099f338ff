import React, { useId } from 'react';
import { Field, InlineSwitch, RadioButtonGroup } from '@grafana/ui';
import {
  DEFAULT_LIST_LIMIT,
  type FilterText,
  type L4Filters,
  type L4ListQuery,
  type L7Filters,
  type L7ListQuery,
  type ListSort,
} from '../query/flow-query';
import { FieldGrid } from './FieldGrid';
import { filterOf, typedText } from './filter-text';
import { TextField } from './TextField';

interface FilterField<F> {
  readonly name: keyof F & string;
  readonly label: string;
  readonly placeholder?: string;
  /** Taken as typed, commas and all. */
  readonly whole?: boolean;
}

const WHERE: ReadonlyArray<FilterField<L7Filters & L4Filters>> = [
  { name: 'host', label: 'Host', placeholder: 'node-1, node-2' },
  { name: 'nic', label: 'NIC', placeholder: 'eth0' },
  { name: 'k8sNamespace', label: 'Namespace' },
  { name: 'pod', label: 'Pod' },
  { name: 'address', label: 'Address', placeholder: '10.2.1.7' },
  { name: 'port', label: 'Port', placeholder: '443' },
  { name: 'l7Proto', label: 'Protocol', placeholder: 'http' },
];

const TEXT = { name: 'text', label: 'Text anywhere', whole: true } as const;

const L7: ReadonlyArray<FilterField<L7Filters>> = [
  ...WHERE,
  { name: 'op', label: 'Operation', placeholder: 'GET' },
  { name: 'resource', label: 'Resource has', placeholder: '/api/', whole: true },
  { name: 'resourceRegex', label: 'Resource matches', placeholder: '/api/v\\d+/', whole: true },
  { name: 'status', label: 'Status', placeholder: '500, 503' },
  { name: 'outcome', label: 'Outcome', placeholder: 'unanswered, reset' },
  { name: 'minLatencyMs', label: 'Latency from, ms', placeholder: '100', whole: true },
  TEXT,
];

const L4: ReadonlyArray<FilterField<L4Filters>> = [
  ...WHERE,
  { name: 'minRetransmissions', label: 'Retransmissions from', placeholder: '1', whole: true },
  { name: 'endReason', label: 'Ended by', placeholder: 'no_answer' },
  TEXT,
];

interface Props<Q> {
  readonly query: Q;
  readonly onChange: (query: Q) => void;
}

export function L7ListEditor({ query, onChange }: Props<L7ListQuery>) {
  return (
    <>
      <Filters fields={L7} filters={query.filters ?? {}} onChange={(filters) => onChange({ ...query, filters })} />
      <ListOptions query={query} slowest="Slowest" onChange={onChange}>
        <InlineSwitch
          label="One row a request"
          showLabel
          value={query.fold === 'request'}
          onChange={(event) => onChange({ ...query, fold: event.currentTarget.checked ? 'request' : 'nic' })}
        />
      </ListOptions>
    </>
  );
}

export function L4ListEditor({ query, onChange }: Props<L4ListQuery>) {
  return (
    <>
      <Filters fields={L4} filters={query.filters ?? {}} onChange={(filters) => onChange({ ...query, filters })} />
      <ListOptions query={query} slowest="By RTT" onChange={onChange} />
    </>
  );
}

interface FiltersProps<F> {
  readonly fields: ReadonlyArray<FilterField<F>>;
  readonly filters: F;
  readonly onChange: (filters: F) => void;
}

function Filters<F extends object>({ fields, filters, onChange }: FiltersProps<F>) {
  return (
    <FieldGrid>
      {fields.map(({ name, label, placeholder, whole }) => (
        <TextField
          key={name}
          label={label}
          placeholder={placeholder}
          value={typedText(filters[name] as FilterText | number | undefined)}
          onChange={(typed) => onChange({ ...filters, [name]: whole ? typed || undefined : filterOf(typed) })}
        />
      ))}
    </FieldGrid>
  );
}

interface ListOptionsProps<Q> extends Props<Q> {
  readonly slowest: string;
  readonly children?: React.ReactNode;
}

function ListOptions<Q extends L7ListQuery | L4ListQuery>({ query, slowest, onChange, children }: ListOptionsProps<Q>) {
  const sortId = useId();
  return (
    <FieldGrid>
      <Field label="First" htmlFor={sortId} noMargin>
        <RadioButtonGroup<ListSort>
          id={sortId}
          value={query.sort ?? 'newest'}
          options={[
            { value: 'newest', label: 'Newest' },
            { value: 'slowest', label: slowest },
          ]}
          onChange={(sort) => onChange({ ...query, sort })}
        />
      </Field>
      <TextField
        label="Rows at most"
        value={String(query.limit ?? DEFAULT_LIST_LIMIT)}
        onChange={(typed) => onChange({ ...query, limit: /^[1-9]\d{0,3}$/.test(typed) ? Number(typed) : undefined })}
      />
      {children}
    </FieldGrid>
  );
}
