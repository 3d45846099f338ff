/** The fields of the records, whose values variables, suggestions and ad-hoc filters offer. */
import { l4RecordSchema, l7RecordSchema, type RecordSource } from '@bpfnet/flow-model';

/** Fields with few values, and the records that give them most cheaply. */
export const FEW_VALUES = {
  host: undefined,
  k8s_namespace: 'bpf_net_l4_log',
  k8s_pod_name: 'bpf_net_l4_log',
  nic_name: 'bpf_net_l4_log',
  netns: 'bpf_net_l4_log',
  direction: 'bpf_net_l4_log',
  end_reason: 'bpf_net_l4_log',
  conn_state: 'bpf_net_l4_log',
  l7_proto: 'bpf_net_l7_log',
  outcome: 'bpf_net_l7_log',
  l7_op: 'bpf_net_l7_log',
  l7_status: 'bpf_net_l7_log',
} as const satisfies Readonly<Record<string, RecordSource | undefined>>;

export const VALUE_FIELDS = Object.keys(FEW_VALUES) as ReadonlyArray<keyof typeof FEW_VALUES>;

/** Names of all fields that records may have, alphabetically. */
export const RECORD_FIELDS: readonly string[] = [
  ...new Set([...Object.keys(l7RecordSchema.shape), ...Object.keys(l4RecordSchema.shape)]),
].sort();

const REQUEST_FIELDS: ReadonlySet<string> = new Set(Object.keys(l7RecordSchema.shape));

export function isRequestField(field: string): boolean {
  return REQUEST_FIELDS.has(field);
}

/** The field that a text names. */
export function recordFieldOf(text: string): string | undefined {
  return RECORD_FIELDS.find((field) => field === text.trim());
}
