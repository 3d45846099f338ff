import React, { useEffect, useId, useState } from 'react';
import { Field, Input } from '@grafana/ui';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly invalid?: string;
  readonly onChange: (value: string) => void;
}

/** A labelled input that reports on Enter and when it is left, so that no query runs while someone types. */
export function TextField({ label, value, placeholder, invalid, onChange }: Props) {
  const id = useId();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const commit = () => typed.trim() !== value && onChange(typed.trim());
  return (
    <Field label={label} htmlFor={id} noMargin invalid={invalid !== undefined} error={invalid}>
      <Input
        id={id}
        value={typed}
        placeholder={placeholder}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
    </Field>
  );
}
