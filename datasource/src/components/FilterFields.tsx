import React from 'react';
import { type FilterText, type L4Filters, type L7Filters } from '../query/filters';
import { FieldGrid, TwoColumns } from './FieldGrid';
import { typedText, valuesOf } from './filter-text';
import { type Suggest, SuggestManyField } from './SuggestField';
import { TextField } from './TextField';

interface FilterField<F> {
  readonly name: keyof F & string;
  readonly label: string;
  readonly placeholder?: string;
  /** Field of the records whose values are suggested; without it, free text. */
  readonly suggested?: string;
}

const WHERE: ReadonlyArray<FilterField<L7Filters & L4Filters>> = [
  { name: 'host', label: 'Host', placeholder: 'Any', suggested: 'host' },
  { name: 'nic', label: 'NIC', placeholder: 'Any', suggested: 'nic_name' },
  { name: 'k8sNamespace', label: 'Namespace', placeholder: 'Any', suggested: 'k8s_namespace' },
  { name: 'pod', label: 'Pod', placeholder: 'Any', suggested: 'k8s_pod_name' },
  { name: 'address', label: 'IP address (either side)', placeholder: 'Any', suggested: 'server_ip' },
  { name: 'port', label: 'Port (either side)', placeholder: 'Any', suggested: 'server_port' },
  { name: 'l7Proto', label: 'Protocol', placeholder: 'Any', suggested: 'l7_proto' },
];

const LAST: ReadonlyArray<FilterField<L7Filters & L4Filters>> = [
  { name: 'minRetransmissions', label: 'Min retransmissions', placeholder: '1' },
  { name: 'text', label: 'Text in record' },
];

const L7_FIELDS: ReadonlyArray<FilterField<L7Filters>> = [
  ...WHERE,
  { name: 'op', label: 'Operation', placeholder: 'Any', suggested: 'l7_op' },
  { name: 'resource', label: 'Resource contains', placeholder: '/api/' },
  { name: 'resourceRegex', label: 'Resource regex (RE2)', placeholder: '/api/v\\d+/' },
  { name: 'status', label: 'Status', placeholder: 'Any', suggested: 'l7_status' },
  { name: 'outcome', label: 'Outcome', placeholder: 'Any', suggested: 'outcome' },
  { name: 'minLatencyMs', label: 'Min latency (ms)', placeholder: '100' },
  { name: 'traceId', label: 'Trace ID' },
  ...LAST,
];

const L4_FIELDS: ReadonlyArray<FilterField<L4Filters>> = [
  ...WHERE,
  { name: 'endReason', label: 'End reason', placeholder: 'Any', suggested: 'end_reason' },
  { name: 'minRttMs', label: 'Min RTT (ms)', placeholder: '50' },
  ...LAST,
];

interface Props<F> {
  readonly filters: F | undefined;
  readonly suggest: Suggest;
  readonly onChange: (filters: F) => void;
}

export function RequestFilters(props: Props<L7Filters>) {
  return <Filters fields={L7_FIELDS} {...props} />;
}

export function ConnectionFilters(props: Props<L4Filters>) {
  return <Filters fields={L4_FIELDS} {...props} />;
}

interface FiltersProps<F> extends Props<F> {
  readonly fields: ReadonlyArray<FilterField<F>>;
}

function Filters<F extends object>({ fields, filters, suggest, onChange }: FiltersProps<F>) {
  const set = (name: string, value: FilterText | undefined) => onChange({ ...filters, [name]: value } as F);
  return (
    <FieldGrid>
      {fields.map(({ name, label, placeholder, suggested }) => {
        const filter = filters?.[name] as FilterText | number | undefined;
        return suggested === undefined ? (
          <TextField
            key={name}
            label={label}
            placeholder={placeholder}
            value={typedText(filter)}
            onChange={(typed) => set(name, typed || undefined)}
          />
        ) : (
          <TwoColumns key={name} when={valuesOf(filter).length > 1}>
            <SuggestManyField
              label={label}
              placeholder={placeholder}
              field={suggested}
              suggest={suggest}
              values={valuesOf(filter)}
              onChange={(values) =>
                set(name, values.length === 0 ? undefined : values.length === 1 ? values[0] : values)
              }
            />
          </TwoColumns>
        );
      })}
    </FieldGrid>
  );
}
