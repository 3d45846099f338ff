/**
 * What `Save & test` reports: whether the store responds, how many records of each kind it has and how recent they are, which hosts
 * write, and whether the number of flow shards is that of the collectors.
 */
import { RECORD_SOURCES, type RecordSource } from '@bpfnet/flow-model';
import { logql } from '../plan/logql';
import { countByLabel, countBySource } from '../plan/metric-logql';
import { windowOfMs } from '../plan/time-window';
import { type LokiClient, type Sample } from '../loki/loki-client';
import { readValues } from './value-reader';

interface Health {
  readonly status: 'success' | 'error';
  readonly message: string;
}

const KIND_WORDS: Readonly<Record<RecordSource, string>> = {
  bpf_net_l7_log: 'requests',
  bpf_net_l4_log: 'connection chunks',
  bpf_net_l4_packets: 'packet chunks',
};

const DAY_MS = 24 * 3600 * 1000;
const HOUR_SECONDS = 3600;
const HOSTS_SHOWN = 10;

/** @param nowMs the time now, ms since the Unix epoch */
export async function readHealth(
  client: LokiClient,
  { nowMs, shardCount, signal }: { readonly nowMs: number; readonly shardCount: number; readonly signal: AbortSignal }
): Promise<Health> {
  const window = windowOfMs(nowMs - DAY_MS, nowMs + 60_000);
  const hour = windowOfMs(nowMs - HOUR_SECONDS * 1000, nowMs);
  const [hosts, counts, shards, ...newest] = await Promise.all([
    readValues(client, 'host', { window: hour, signal }),
    client.instant(countBySource(HOUR_SECONDS), hour.toNs, signal),
    client.instant(countByLabel('flow_shard', HOUR_SECONDS), hour.toNs, signal),
    ...RECORD_SOURCES.map((source) =>
      client.lines({ logql: logql({ source, lineFilters: [] }), window, maxLines: 1 }, signal)
    ),
  ]);
  const found = RECORD_SOURCES.map((source, i) => ({ source, entry: newest[i][0] }));
  if (found.every(({ entry }) => entry === undefined)) {
    return {
      status: 'error',
      message:
        'Loki responds, but has no records of the last 24 hours: is the collector running, and does it write to this Loki?',
    };
  }
  const kinds = found.map(({ source, entry }) =>
    entry === undefined
      ? `no ${KIND_WORDS[source]}`
      : `${countOf(counts, source)} ${KIND_WORDS[source]}, newest ${ageText(nowMs - Number(entry.tsNs / 1_000_000n))}`
  );
  const { status, text } = shardHealth(shards, shardCount);
  return { status, message: `Loki responds. In the last hour: ${kinds.join('; ')}. ${hostsText(hosts)} ${text}` };
}

function countOf(counts: readonly Sample[], source: RecordSource): string {
  const count = counts.find(({ labels }) => labels.source === source)?.value ?? 0;
  return count.toLocaleString('en-US');
}

/**
 * A record is in shard `hash % count`, counted from 0. With another count here, look-ups by id search the wrong shards; a shard that
 * this count does not have proves it, while one that is not in use may only be idle.
 */
function shardHealth(
  shards: readonly Sample[],
  shardCount: number
): { readonly status: Health['status']; readonly text: string } {
  const used = new Set(shards.map(({ labels }) => Number(labels.flow_shard)).filter((n) => Number.isInteger(n)));
  const atLeast = Math.max(-1, ...used) + 1;
  if (atLeast > shardCount) {
    return {
      status: 'error',
      text: `Flow shards do not match: this datasource is set to ${shardCount}, but the collectors use at least ${atLeast}. Set "Flow shards" to the collectors' --flow-shards.`,
    };
  }
  const none = atLeast < shardCount && atLeast > 1 && used.size === atLeast;
  const hint = none
    ? ` None above ${atLeast - 1}: if the collectors run with --flow-shards ${atLeast}, set that here.`
    : '';
  return { status: 'success', text: `Flow shards: ${used.size} of ${shardCount} in use.${hint}` };
}

function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) {
    return `${seconds} s ago`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3600)} h ago`;
}

function hostsText(hosts: readonly string[]): string {
  if (hosts.length === 0) {
    return 'No host wrote in the last hour.';
  }
  const shown = hosts.slice(0, HOSTS_SHOWN).join(', ');
  return `Hosts: ${shown}${hosts.length > HOSTS_SHOWN ? ` and ${hosts.length - HOSTS_SHOWN} more` : ''}.`;
}
