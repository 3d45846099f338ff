import React from 'react';
import { FIELD_WORDS } from '@bpfnet/flow-model/field-words';
import { type L4Field, type L7Field } from '@bpfnet/flow-model/records';
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
  readonly suggested?: L4Field | L7Field;
}

const suggested = <Name extends string>(
  name: Name,
  field: L4Field | L7Field,
  label: string = FIELD_WORDS[field].title
) => ({
  name,
  label,
  placeholder: 'Any',
  suggested: field,
});

const WHERE: ReadonlyArray<FilterField<L7Filters & L4Filters>> = [
  suggested('host', 'host'),
  suggested('nic', 'nic_name'),
  suggested('k8sNamespace', 'k8s_namespace'),
  suggested('pod', 'k8s_pod_name'),
  suggested('address', 'server_ip', 'IP address (either side)'),
  suggested('port', 'server_port', 'Port (either side)'),
  suggested('l7Proto', 'l7_proto'),
];

const LAST: ReadonlyArray<FilterField<L7Filters & L4Filters>> = [
  { name: 'minRetransmissions', label: 'Min retransmissions', placeholder: '1' },
  { name: 'text', label: 'Text in record' },
];

const L7_FIELDS: ReadonlyArray<FilterField<L7Filters>> = [
  ...WHERE,
  suggested('op', 'l7_op'),
  { name: 'resource', label: 'Resource contains', placeholder: '/api/' },
  { name: 'resourceRegex', label: 'Resource regex (RE2)', placeholder: '/api/v\\d+/' },
  suggested('status', 'l7_status'),
  suggested('outcome', 'outcome'),
  { name: 'minLatencyMs', label: 'Min latency (ms)', placeholder: '100' },
  { name: 'traceId', label: FIELD_WORDS.trace_id.title },
  ...LAST,
];

const L4_FIELDS: ReadonlyArray<FilterField<L4Filters>> = [
  ...WHERE,
  suggested('endReason', 'end_reason'),
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
