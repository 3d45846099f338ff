/**
 * Values for template variables: what stands in the records of the range.
 */
import { type RecordSource } from '@bpfnet/flow-model';
import { countByField, countByLabel } from '../plan/logql';
import { type TimeWindow, windowSeconds } from '../plan/time-window';
import { type LokiClient } from './loki-client';

export const VALUE_FIELDS = [
  'host',
  'k8s_namespace',
  'k8s_pod_name',
  'l7_proto',
  'outcome',
  'nic_name',
  'l7_op',
] as const;
export type ValueField = (typeof VALUE_FIELDS)[number];

/** Counting reads every record; a longer range is cut to its newest part. */
const MAX_SECONDS = 6 * 3600;
const MAX_VALUES = 1000;

const SOURCES: Readonly<Record<Exclude<ValueField, 'host'>, readonly RecordSource[]>> = {
  k8s_namespace: ['bpf_net_l4_log'],
  k8s_pod_name: ['bpf_net_l4_log'],
  l7_proto: ['bpf_net_l7_log'],
  outcome: ['bpf_net_l7_log'],
  nic_name: ['bpf_net_l4_log'],
  l7_op: ['bpf_net_l7_log'],
};

/** What is typed in a variable's query; `pod` and `nic` for short. */
export function valueFieldOf(text: string): ValueField | undefined {
  const name = text
    .trim()
    .replace(/^values\((.*)\)$/, '$1')
    .trim();
  const long = name === 'pod' ? 'k8s_pod_name' : name === 'nic' ? 'nic_name' : name;
  return VALUE_FIELDS.find((field) => field === long);
}

/** Values in use, alphabetically. */
export async function readValues(
  client: LokiClient,
  field: ValueField,
  { window, signal }: { readonly window: TimeWindow; readonly signal: AbortSignal }
): Promise<readonly string[]> {
  const seconds = Math.min(windowSeconds(window), MAX_SECONDS);
  const queries =
    field === 'host'
      ? [countByLabel('host', seconds)]
      : SOURCES[field].map((source) => countByField(source, field, seconds));
  const answers = await Promise.all(queries.map((query) => client.instant(query, window.toNs, signal)));
  const values = answers.flat().map(({ labels }) => labels[field] ?? '');
  return [...new Set(values.filter((value) => value !== ''))].sort().slice(0, MAX_VALUES);
}
