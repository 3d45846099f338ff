/**
 * The requests of a NIC graph: all of the range where one answer holds them, else those of some shards.
 *
 * A shard holds whole connections at every NIC, so a sample by shard keeps paths whole where the newest lines would cut them;
 * which connections share a shard is chance.
 */
import { logql, type LogqlParts } from '../plan/logql';
import { sumCount } from '../plan/metric-logql';
import { type Note } from '../plan/note-text';
import { type TimeWindow, windowSeconds } from '../plan/time-window';
import { MAX_LINES } from '../query/flow-query';
import { type LokiClient, type Sample } from '../loki/loki-client';
import { PAGE_LINES } from '../loki/paged-loki';
import { readRecords, type ReadRecords, type StoredL7 } from './record-reader';

interface GraphRead {
  readonly spans: readonly StoredL7[];
  /** How many records of the range each one read represents. */
  readonly scale: number;
  readonly notes: readonly Note[];
}

interface Options {
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
}

export async function readGraph(client: LokiClient, parts: LogqlParts, options: Options): Promise<GraphRead> {
  const first = await read(client, parts, { ...options, maxLines: PAGE_LINES });
  if (!first.limitHit) {
    return { spans: first.records, scale: 1, notes: first.notes };
  }
  const { window, signal } = options;
  const counts = await client.instant(sumCount(parts, ['flow_shard'], windowSeconds(window)), window.toNs, signal);
  const total = counts.reduce((sum, { value }) => sum + value, 0);
  const { shards, lines } = shardsWithin(counts, MAX_LINES);
  const sampled = await read(client, { ...parts, shards }, { ...options, maxLines: MAX_LINES });
  const readLines = Math.max(1, sampled.records.length);
  const notes: readonly Note[] =
    lines < total
      ? [{ kind: 'sampled-shards', records: total, read: readLines, shards: shards.length, ofShards: counts.length }]
      : [];
  return { spans: sampled.records, scale: total / readLines, notes: [...notes, ...sampled.notes] };
}

function read(
  client: LokiClient,
  parts: LogqlParts,
  { window, signal, maxLines }: Options & { readonly maxLines: number }
): Promise<ReadRecords<StoredL7['record']>> {
  return readRecords(client, { source: 'bpf_net_l7_log', logql: logql(parts), window, maxLines }, signal);
}

/** As many shards as one answer holds, one at least, in order of number, whatever is in them. */
function shardsWithin(
  counts: readonly Sample[],
  maxLines: number
): { readonly shards: readonly number[]; readonly lines: number } {
  const shards: number[] = [];
  let lines = 0;
  const known = counts.map(({ labels, value }) => ({ shard: Number(labels.flow_shard), value }));
  for (const { shard, value } of known.sort((a, b) => a.shard - b.shard)) {
    if (shards.length === 0 || lines + value <= maxLines) {
      shards.push(shard);
      lines += value;
    }
  }
  return { shards: shards.filter(Number.isInteger), lines };
}
