import { type DataSourceJsonData } from '@grafana/data';
import { DEFAULT_SHARD_COUNT } from '@bpfnet/flow-model';

export type LokiMode = 'datasource' | 'url';

/** `jsonData` of the datasource. */
export interface FlowsOptions extends DataSourceJsonData {
  /** `datasource` (the default): through a Loki datasource of this Grafana. `url`: through the URL of this datasource. */
  mode?: LokiMode;
  /** uid of the Loki datasource, for mode `datasource`. */
  lokiUid?: string;
  /** Number of flow shards that the collectors are configured with. */
  shardCount?: number;
  /** Label matchers that select our streams among others, `cluster="a"`; on top of `source`. */
  extraLabels?: Readonly<Record<string, string>>;
  /** Tracing datasource that links of `trace_id` open. */
  tracingUid?: string;
  /** Dashboards that links of a pod, a host and a request open; `${value}` is replaced by the name, `${namespace}` for the pod's namespace. */
  podUrl?: string;
  hostUrl?: string;
  storyUrl?: string;
  /** Log lines per request; fewer where the store allows fewer. */
  pageLines?: number;
  /** Query timeout, s. */
  timeoutSeconds?: number;
}

export function modeOf(options: FlowsOptions): LokiMode {
  return options.mode ?? 'datasource';
}

/** The shard count, whatever was typed. */
export function shardCountOf(options: FlowsOptions): number {
  return wholeOr(options.shardCount, 1024, DEFAULT_SHARD_COUNT);
}

/** At 0.8 KB per line these are 1.6 MB: Loki's components exchange messages of 4 MB at most by default. */
export const DEFAULT_PAGE_LINES = 2000;
const MOST_PAGE_LINES = 5000;
export const DEFAULT_TIMEOUT_SECONDS = 60;

/** The page size, whatever was typed. */
export function pageLinesOf(options: FlowsOptions): number {
  return wholeOr(options.pageLines, MOST_PAGE_LINES, DEFAULT_PAGE_LINES);
}

/** Whatever was typed. */
export function timeoutMsOf(options: FlowsOptions): number {
  return wholeOr(options.timeoutSeconds, 3600, DEFAULT_TIMEOUT_SECONDS) * 1000;
}

function wholeOr(typed: number | undefined, most: number, otherwise: number): number {
  return typed !== undefined && Number.isInteger(typed) && typed >= 1 && typed <= most ? typed : otherwise;
}

/** Label matchers with names that LogQL takes; others are left out. */
export function extraLabelsOf({ extraLabels = {} }: FlowsOptions): ReadonlyArray<readonly [string, string]> {
  return Object.entries(extraLabels).filter(([name, value]) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && value !== '');
}
