import React, { useId, useState } from 'react';
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
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const commit = () => {
    const typed = draft?.trim() ?? value;
    setDraft(undefined);
    if (typed !== value) {
      onChange(typed);
    }
  };
  return (
    <Field label={label} htmlFor={id} noMargin invalid={invalid !== undefined} error={invalid}>
      <Input
        id={id}
        value={draft ?? value}
        placeholder={placeholder}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
      />
    </Field>
  );
}
