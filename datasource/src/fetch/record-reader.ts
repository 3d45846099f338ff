/**
 * Log lines as records. The only border at which what a store gives is checked: a line that is no valid record is counted and reported,
 * never shown half read.
 */
import {
  decodeLine,
  type FlowRecord,
  type L4PacketsRecord,
  type L4Record,
  type L7Record,
  type RecordSource,
} from '@bpfnet/flow-model';
import { type Logql } from '../plan/logql';
import { type Note } from '../plan/note-text';
import { type TimeWindow } from '../plan/time-window';
import { MAX_LINES } from '../query/flow-query';
import { DATAKIT_VERSION, datakitChunk, datakitPackets, datakitExchange } from './datakit/datakit-records';
import { type LogEntry, type LokiClient } from '../loki/loki-client';

type RecordOf<S extends RecordSource> = Extract<FlowRecord, { readonly source: S }>['record'];

/** A record with its place in the store. */
export interface Stored<R> {
  readonly record: R;
  /** ns since the Unix epoch. */
  readonly tsNs: bigint;
  /** `flow_shard` of its stream. */
  readonly shard: number | undefined;
  /** As stored. */
  readonly line: string;
}

export type StoredL7 = Stored<L7Record>;
export type StoredL4 = Stored<L4Record>;
export type StoredPackets = Stored<L4PacketsRecord>;

/** What a query read. */
export interface ReadRecords<R> {
  readonly records: ReadonlyArray<Stored<R>>;
  readonly notes: readonly Note[];
  readonly limitHit: boolean;
}

/** Packet lines are thirty times as long as others: 30 KB where a chunk is full. */
const MAX_PACKET_LINES = 500;
const PACKET_PAGE_LINES = 100;

interface RecordQuery<S extends RecordSource> {
  readonly source: S;
  readonly logql: Logql;
  readonly window: TimeWindow;
  readonly maxLines?: number;
}

/** Newest first. */
export async function readRecords<S extends RecordSource>(
  client: LokiClient,
  query: RecordQuery<S>,
  signal: AbortSignal
): Promise<ReadRecords<RecordOf<S>>> {
  const { source, logql, window } = query;
  const ofPackets = source === 'bpf_net_l4_packets';
  const maxLines = query.maxLines ?? (ofPackets ? MAX_PACKET_LINES : MAX_LINES);
  const pageLines = ofPackets ? PACKET_PAGE_LINES : undefined;
  return decodeEntries(source, await client.lines({ logql, window, maxLines, pageLines }, signal), maxLines);
}

function decodeEntries<S extends RecordSource>(
  source: S,
  entries: readonly LogEntry[],
  maxLines: number
): ReadRecords<RecordOf<S>> {
  const records: Array<Stored<RecordOf<S>>> = [];
  const notes: Note[] = [];
  let unread = 0;
  let problem = '';
  for (const entry of entries) {
    const decoded = decodeLine(source, entry.line);
    const record = decoded.ok ? decoded.value.record : datakitRecord(source, entry);
    if (record !== undefined) {
      records.push({ record: record as RecordOf<S>, tsNs: entry.tsNs, shard: shardOf(entry), line: entry.line });
    } else {
      unread++;
      problem = decoded.ok ? '' : decoded.problem.message;
    }
  }
  if (unread > 0) {
    notes.push({ kind: 'unreadable', source, lines: unread, ofLines: entries.length, problem });
  }
  const limitHit = entries.length >= maxLines;
  if (limitHit && maxLines >= MAX_PACKET_LINES) {
    notes.push({ kind: 'limit', source, lines: maxLines });
  }
  return { records, notes, limitHit };
}

/** A DataKit record as one of ours. */
function datakitRecord(source: RecordSource, entry: LogEntry): FlowRecord['record'] | undefined {
  switch (source) {
    case 'bpf_net_l7_log':
      return datakitExchange(entry);
    case 'bpf_net_l4_log':
      return datakitChunk(entry);
    case 'bpf_net_l4_packets':
      return undefined;
  }
}

/** The packets inside the chunks' own lines, as DataKit writes them. */
export function packetsInChunks(chunks: readonly StoredL4[]): readonly StoredPackets[] {
  return chunks.flatMap(({ record, tsNs, shard, line }) => {
    const packets = record.v === DATAKIT_VERSION ? datakitPackets(record, line) : undefined;
    return packets === undefined ? [] : [{ record: packets, tsNs, shard, line }];
  });
}

function shardOf(entry: LogEntry): number | undefined {
  const shard = entry.labels.flow_shard ?? '';
  return /^\d{1,4}$/.test(shard) ? Number(shard) : undefined;
}
