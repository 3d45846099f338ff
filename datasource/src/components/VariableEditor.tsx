import React, { useId } from 'react';
import { Combobox, Field } from '@grafana/ui';
import { RECORD_FIELDS, VALUE_FIELDS } from '../plan/value-fields';

interface Props {
  /** A field's name. */
  readonly query: string | { readonly query?: string };
  readonly onChange: (query: string, definition: string) => void;
}

/** A variable takes its values from a record field. */
export function VariableEditor({ query, onChange }: Props) {
  const id = useId();
  const text = typeof query === 'string' ? query : (query?.query ?? '');
  const rest = RECORD_FIELDS.filter((field) => !VALUE_FIELDS.some((few) => few === field));
  return (
    <Field label="Values of" htmlFor={id} description="Offers the values of this record field in the time range.">
      <Combobox
        id={id}
        width={40}
        value={text === '' ? null : text}
        options={[
          ...VALUE_FIELDS.map((value) => ({ value: value as string, label: value, group: 'Fields with few values' })),
          ...rest.map((value) => ({ value, label: value, group: 'Other fields (values of the newest records)' })),
        ]}
        onChange={({ value }) => onChange(value, value)}
      />
    </Field>
  );
}
