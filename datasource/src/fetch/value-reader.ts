/**
 * Values for template variables, suggestions and ad-hoc filters: those in the records of the range.
 *
 * Of a field with few values all are counted by the store. A field that may have many (addresses, paths) would make a series
 * each, which stores limit; of these the values in the newest records are given.
 */
import { type RecordSource } from '@bpfnet/flow-model';
import { hasField } from '../plan/line-filters';
import { logql } from '../plan/logql';
import { countByField, countByLabel } from '../plan/metric-logql';
import { FEW_VALUES, isRequestField } from '../plan/value-fields';
import { type TimeWindow, windowSeconds } from '../plan/time-window';
import { type LokiClient } from '../loki/loki-client';

/** Counting reads every record; a longer range is cut to its newest part. */
const MAX_SECONDS = 6 * 3600;
const MAX_VALUES = 1000;
/** Records from which the values of a field with many are taken. */
const SAMPLED_LINES = 1000;

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
  const source: RecordSource = isRequestField(field) ? 'bpf_net_l7_log' : 'bpf_net_l4_log';
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
