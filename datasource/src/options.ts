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
}

export function modeOf(options: FlowsOptions): LokiMode {
  return options.mode ?? 'datasource';
}

/** The shard count, whatever was typed. */
export function shardCountOf(options: FlowsOptions): number {
  const n = options.shardCount;
  return n !== undefined && Number.isInteger(n) && n >= 1 && n <= 1024 ? n : DEFAULT_SHARD_COUNT;
}
