import React, { useId } from 'react';
import { Field, MultiCombobox } from '@grafana/ui';
import { EVENT_KINDS, type EventKind, type EventsQuery } from '../query/flow-query';
import { FieldGrid, TwoColumns } from './FieldGrid';
import { ConnectionFilters } from './FilterFields';
import { type Suggest } from './SuggestField';
import { TextField } from './TextField';

const KIND_LABELS: Readonly<Record<EventKind, string>> = {
  resets: 'Bursts of resets',
  captureLoss: 'Capture drops',
  unanswered: 'Bursts of unanswered requests',
};

interface Props {
  readonly query: EventsQuery;
  readonly suggest: Suggest;
  readonly onChange: (query: EventsQuery) => void;
}

export function EventsEditor({ query, suggest, onChange }: Props) {
  const kindsId = useId();
  return (
    <>
      <FieldGrid>
        <TwoColumns when>
          <Field label="Events" htmlFor={kindsId} noMargin>
            <MultiCombobox
              id={kindsId}
              value={[...(query.kinds ?? EVENT_KINDS)]}
              options={EVENT_KINDS.map((value) => ({ value, label: KIND_LABELS[value] }))}
              onChange={(chosen) =>
                onChange({ ...query, kinds: chosen.length === 0 ? undefined : chosen.map(({ value }) => value) })
              }
            />
          </Field>
        </TwoColumns>
        <TextField
          label="Minimum count per step"
          placeholder="default: 5 and above the baseline"
          value={query.atLeast === undefined ? '' : String(query.atLeast)}
          onChange={(typed) =>
            onChange({ ...query, atLeast: /^[1-9]\d{0,6}$/.test(typed) ? Number(typed) : undefined })
          }
        />
      </FieldGrid>
      <ConnectionFilters
        filters={query.filters}
        suggest={suggest}
        onChange={(filters) => onChange({ ...query, filters })}
      />
    </>
  );
}
