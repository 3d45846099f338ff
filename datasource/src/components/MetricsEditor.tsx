import React, { useId } from 'react';
import { Combobox, Field } from '@grafana/ui';
import { FIELD_WORDS } from '@bpfnet/flow-model/field-words';
import { GROUP_FIELDS, type GroupField, type Metric, METRICS, type MetricsQuery } from '../query/flow-query';
import { FieldGrid } from './FieldGrid';
import { ConnectionFilters, RequestFilters } from './FilterFields';
import { type Suggest } from './SuggestField';
import { TextField } from './TextField';

const METRIC_LABELS: Readonly<Record<Metric, string>> = {
  rate: 'Requests per second',
  errorRatio: 'Error ratio',
  latency: 'Latency',
  rtt: 'Round-trip time (RTT)',
  retransmissionRatio: 'Retransmission ratio',
  lossRatio: 'Upstream segment loss ratio',
  connectFailures: 'Failed connection attempts per second',
};

const OF_CONNECTIONS: ReadonlySet<Metric> = new Set(['rtt', 'retransmissionRatio', 'lossRatio', 'connectFailures']);
const ONLY_L7: ReadonlySet<GroupField> = new Set(['l7_op', 'l7_status', 'outcome']);
const WITH_QUANTILES: ReadonlySet<Metric> = new Set(['latency', 'rtt']);

interface Props {
  readonly query: MetricsQuery;
  readonly suggest: Suggest;
  readonly onChange: (query: MetricsQuery) => void;
}

export function MetricsEditor({ query, suggest, onChange }: Props) {
  const metricId = useId();
  const byId = useId();
  const metric = query.metric ?? 'rate';
  const ofConnections = OF_CONNECTIONS.has(metric);
  const groups = GROUP_FIELDS.filter((field) => (ofConnections ? !ONLY_L7.has(field) : field !== 'end_reason'));
  const Filters = ofConnections ? ConnectionFilters : RequestFilters;
  return (
    <>
      <FieldGrid>
        <Field label="Metric" htmlFor={metricId} noMargin>
          <Combobox
            id={metricId}
            value={metric}
            options={METRICS.map((value) => ({ value, label: METRIC_LABELS[value] }))}
            onChange={({ value }) => onChange({ ...query, metric: value, by: undefined })}
          />
        </Field>
        <Field label="Group by" htmlFor={byId} noMargin>
          <Combobox
            id={byId}
            value={query.by ?? null}
            placeholder="No grouping"
            isClearable
            options={groups.map((value) => ({ value, label: FIELD_WORDS[value].title }))}
            onChange={(option) => onChange({ ...query, by: option?.value })}
          />
        </Field>
        {WITH_QUANTILES.has(metric) && (
          <TextField
            label="Percentiles"
            placeholder="50, 95"
            value={(query.quantiles ?? []).join(', ')}
            onChange={(typed) => onChange({ ...query, quantiles: quantilesOf(typed) })}
          />
        )}
      </FieldGrid>
      <Filters filters={query.filters} suggest={suggest} onChange={(filters) => onChange({ ...query, filters })} />
    </>
  );
}

function quantilesOf(typed: string): readonly number[] | undefined {
  const numbers = typed
    .split(/[,\s]+/)
    .filter((text) => text !== '')
    .map(Number)
    .filter((percent) => percent >= 0 && percent <= 100);
  return numbers.length === 0 ? undefined : numbers;
}
