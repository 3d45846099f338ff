/**
 * What `Save & test` says: whether the store answers, the newest record of each kind, and which hosts write.
 */
import { RECORD_SOURCES, type RecordSource } from '@bpfnet/flow-model';
import { logql } from '../plan/logql';
import { windowOfMs } from '../plan/time-window';
import { type LokiClient } from './loki-client';
import { readValues } from './value-reader';

export interface Health {
  readonly status: 'success' | 'error';
  readonly message: string;
}

const KIND_WORDS: Readonly<Record<RecordSource, string>> = {
  bpf_net_l7_log: 'request',
  bpf_net_l4_log: 'connection',
  bpf_net_l4_packets: 'packets',
};

const DAY_MS = 24 * 3600 * 1000;
const HOSTS_SHOWN = 10;

/** @param nowMs the time now, ms since the Unix epoch */
export async function readHealth(client: LokiClient, nowMs: number, signal: AbortSignal): Promise<Health> {
  const window = windowOfMs(nowMs - DAY_MS, nowMs + 60_000);
  const [hosts, ...newest] = await Promise.all([
    readValues(client, 'host', { window: windowOfMs(nowMs - DAY_MS / 24, nowMs + 60_000), signal }),
    ...RECORD_SOURCES.map((source) =>
      client.lines({ logql: logql({ source, lineFilters: [] }), window, maxLines: 1 }, signal)
    ),
  ]);
  const found = RECORD_SOURCES.map((source, i) => ({ word: KIND_WORDS[source], entry: newest[i][0] }));
  if (found.every(({ entry }) => entry === undefined)) {
    return {
      status: 'error',
      message:
        'Loki answers, but holds no records of the last 24 hours: is the collector running, and does it write to this Loki?',
    };
  }
  const ages = found.map(({ word, entry }) =>
    entry === undefined
      ? `no ${word} record`
      : `newest ${word} record ${ageText(nowMs - Number(entry.tsNs / BigInt(1_000_000)))}`
  );
  return { status: 'success', message: `Loki answers: ${ages.join(', ')}. ${hostsText(hosts)}` };
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
  return `Hosts of the last hour: ${shown}${hosts.length > HOSTS_SHOWN ? ` and ${hosts.length - HOSTS_SHOWN} more` : ''}.`;
}
