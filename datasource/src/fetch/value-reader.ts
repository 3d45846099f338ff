/**
 * Values for template variables, suggestions and ad-hoc filters: what stands in the records of the range.
 *
 * Of a field with few values all are counted by the store. A field that may have many (addresses, paths) would make a series
 * each, which stores limit; of these the values in the newest records are given.
 */
import { l4RecordSchema, l7RecordSchema, type RecordSource } from '@bpfnet/flow-model';
import { hasField } from '../plan/line-filters';
import { logql } from '../plan/logql';
import { countByField, countByLabel } from '../plan/metric-logql';
import { type TimeWindow, windowSeconds } from '../plan/time-window';
import { type LokiClient } from '../loki/loki-client';

/** Fields with few values, and the records that tell them most cheaply. */
const FEW_VALUES = {
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

const L7_FIELDS: ReadonlySet<string> = new Set(Object.keys(l7RecordSchema.shape));

/** Counting reads every record; a longer range is cut to its newest part. */
const MAX_SECONDS = 6 * 3600;
const MAX_VALUES = 1000;
/** Records from which the values of a field with many are taken. */
const SAMPLED_LINES = 1000;

const SHORT: Readonly<Record<string, string>> = { pod: 'k8s_pod_name', namespace: 'k8s_namespace', nic: 'nic_name' };

/** What is typed in a variable's query, `values(host)` or just `host`; `pod`, `namespace` and `nic` for short. */
export function valueFieldOf(text: string): string | undefined {
  const name = text
    .trim()
    .replace(/^values\((.*)\)$/, '$1')
    .trim();
  const long = SHORT[name] ?? name;
  return RECORD_FIELDS.find((field) => field === long);
}

interface ReadValues {
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
}

/** Values in use, alphabetically. */
export async function readValues(client: LokiClient, field: string, options: ReadValues): Promise<readonly string[]> {
  const values = isFew(field) ? await counted(client, field, options) : await sampled(client, field, options);
  return [...new Set(values.filter((value) => value !== ''))].sort(byNumberThenText).slice(0, MAX_VALUES);
}

function isFew(field: string): field is keyof typeof FEW_VALUES {
  return field in FEW_VALUES;
}

async function counted(
  client: LokiClient,
  field: keyof typeof FEW_VALUES,
  { window, signal }: ReadValues
): Promise<readonly string[]> {
  const seconds = Math.min(windowSeconds(window), MAX_SECONDS);
  const source = FEW_VALUES[field];
  const query = source === undefined ? countByLabel('host', seconds) : countByField(source, field, seconds);
  const samples = await client.instant(query, window.toNs, signal);
  return samples.map(({ labels }) => labels[field] ?? '');
}

async function sampled(client: LokiClient, field: string, { window, signal }: ReadValues): Promise<readonly string[]> {
  const source: RecordSource = L7_FIELDS.has(field) ? 'bpf_net_l7_log' : 'bpf_net_l4_log';
  const query = logql({ source, lineFilters: [hasField(field)] });
  const entries = await client.lines({ logql: query, window, maxLines: SAMPLED_LINES }, signal);
  return entries.flatMap(({ line }) => valueIn(line, field));
}

function valueIn(line: string, field: string): readonly string[] {
  try {
    const value: unknown = (JSON.parse(line) as Readonly<Record<string, unknown>>)[field];
    return typeof value === 'object' || value === undefined ? [] : [String(value)];
  } catch {
    return [];
  }
}

function byNumberThenText(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? (a < b ? -1 : a > b ? 1 : 0) : difference;
}
