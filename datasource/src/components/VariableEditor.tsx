import React, { useId } from 'react';
import { Combobox, Field } from '@grafana/ui';
import { RECORD_FIELDS, VALUE_FIELDS } from '../fetch/value-reader';

interface Props {
  /** A field's name; older variables wrap it in `values(…)`. */
  readonly query: string | { readonly query?: string };
  readonly onChange: (query: string, definition: string) => void;
}

/** A variable has the values of a field of the records. */
export function VariableEditor({ query, onChange }: Props) {
  const id = useId();
  const text = typeof query === 'string' ? query : (query?.query ?? '');
  const name = text.replace(/^values\((.*)\)$/, '$1');
  const rest = RECORD_FIELDS.filter((field) => !VALUE_FIELDS.some((few) => few === field));
  return (
    <Field
      label="Values of"
      htmlFor={id}
      description="A field of the records; its values in the time range are offered."
    >
      <Combobox
        id={id}
        width={40}
        value={name === '' ? null : name}
        options={[
          ...VALUE_FIELDS.map((value) => ({ value: value as string, label: value, group: 'Few values' })),
          ...rest.map((value) => ({ value, label: value, group: 'Values of the newest records' })),
        ]}
        onChange={({ value }) => onChange(value, `values(${value})`)}
      />
    </Field>
  );
}
