import React, { useCallback, useId, useRef } from 'react';
import { type ComboboxOption, Field, MultiCombobox } from '@grafana/ui';

/** Values to choose from, looked up in the data. */
export type Suggest = (field: string) => Promise<readonly string[]>;

interface Props {
  readonly label: string;
  readonly placeholder?: string;
  /** Field of the records whose values are suggested. */
  readonly field: string;
  readonly suggest: Suggest;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

const SHOWN = 100;
/** How long suggested values are kept. */
const FRESH_MS = 30_000;

/** Several values, suggested or typed; any of them matches. */
export function SuggestManyField({ label, placeholder, field, suggest, values, onChange }: Props) {
  const id = useId();
  const options = useOptions(field, suggest);
  return (
    <Field label={label} htmlFor={id} noMargin>
      <MultiCombobox
        id={id}
        value={[...values]}
        options={options}
        placeholder={placeholder}
        createCustomValue
        isClearable
        onChange={(chosen) => onChange(chosen.map((option) => option.value))}
      />
    </Field>
  );
}

function useOptions(field: string, suggest: Suggest): (typed: string) => Promise<Array<ComboboxOption<string>>> {
  const known = useRef<{ readonly atMs: number; readonly values: Promise<readonly string[]> }>();
  return useCallback(
    async (typed) => {
      if (known.current === undefined || Date.now() - known.current.atMs > FRESH_MS) {
        known.current = { atMs: Date.now(), values: suggest(field) };
      }
      const wanted = typed.toLowerCase();
      return (await known.current.values)
        .filter((value) => value.toLowerCase().includes(wanted))
        .slice(0, SHOWN)
        .map((value) => ({ value, label: value }));
    },
    [field, suggest]
  );
}
