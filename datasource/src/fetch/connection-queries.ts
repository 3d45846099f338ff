/**
 * The queries of rounds 2 and 3 (connection-reader.ts): by shard, time and connection, each of what earlier rounds did not bring.
 */
import {
  betweenLogql,
  chunksLogql,
  clientSeqOf,
  fiveTupleLogql,
  innerLogql,
  nameLookUpsLogql,
} from '../plan/look-up-plan';
import { type Note } from '../plan/note-text';
import { clockWindow, nameWindow, type TimeWindow, windowAround } from '../plan/time-window';
import { type ChunkCache } from './chunk-cache';
import { endsOf } from './clock-connections';
import { distinct, happened, hasSyn, innerOf, shardsFound, withinRanges } from './connection-records';
import { type LokiClient } from '../loki/loki-client';
import { readRecords, type ReadRecords, type StoredL4, type StoredL7, type StoredPackets } from './record-reader';

/** What is wanted of a connection beside the records that the id names. */
export interface Wanted {
  readonly chunks: boolean;
  readonly packets: boolean;
  readonly names?: boolean;
  /** Other connections between the same hosts, for their clocks. */
  readonly clocks?: boolean;
}

/** Where the rest is. */
export interface Scope {
  readonly window: TimeWindow;
  readonly shards: readonly number[];
}

export interface OfConnections {
  readonly chunks: readonly StoredL4[];
  readonly exchanges: readonly StoredL7[];
  readonly packets: readonly StoredPackets[];
  readonly notes: readonly Note[];
}

interface InnerOptions {
  readonly scope: Scope;
  readonly focus: readonly StoredL7[];
  /** Of these, chunks too. */
  readonly chunksOf: readonly string[];
  /** All requests of the connections too. */
  readonly spans: boolean;
}

/** Some tens of connections at some NICs: enough to choose from. */
const MAX_NEIGHBOUR_LINES = 200;
const NO_TIME: TimeWindow = { fromNs: 0n, toNs: 0n };

/** Connections of one look-up by number of SYN; a request has one unless numbers collide. */
const MAX_CONNECTIONS = 4;

export const NOTHING: ReadRecords<never> = { records: [], notes: [], limitHit: false };
export const EMPTY: OfConnections = { exchanges: [], chunks: [], packets: [], notes: [] };

export class ConnectionQueries {
  constructor(
    private readonly client: LokiClient,
    private readonly cache: ChunkCache,
    private readonly want: Wanted,
    private readonly signal: AbortSignal
  ) {}

  /** Chunks at every NIC that the connections of these records cross. */
  async chunksOfConnection(
    records: ReadonlyArray<StoredL7 | StoredL4>,
    { window, shards }: Scope
  ): Promise<ReadRecords<StoredL4['record']>> {
    const ids = distinct(records.map(({ record }) => record.nic_traceid ?? '')).filter(
      (id) => clientSeqOf(id) !== undefined
    );
    const bySyn = [...new Map(ids.map((id) => [clientSeqOf(id), id])).values()].slice(0, MAX_CONNECTIONS);
    const queries = bySyn.flatMap((id) => chunksLogql({ by: 'connection', id }, shards) ?? []);
    const tuples = distinct(
      records.filter(({ record }) => !hasSyn(record)).map(({ record }) => record.community_id)
    ).filter((id) => id !== '');
    if (bySyn.length === 0 && tuples.length > 0) {
      queries.push(fiveTupleLogql(tuples.slice(0, MAX_CONNECTIONS), shards));
    }
    const answers = await Promise.all(
      queries.map((logql) => readRecords(this.client, { source: 'bpf_net_l4_log', logql, window }, this.signal))
    );
    return {
      records: answers.flatMap((answer) => answer.records),
      notes: answers.flatMap((answer) => answer.notes),
      limitHit: answers.some((answer) => answer.limitHit),
    };
  }

  /** Chunks, requests and packets of connections at single NICs. */
  async ofInner(inner: readonly string[], options: InnerOptions): Promise<OfConnections> {
    const { scope, focus, chunksOf, spans: wantSpans } = options;
    const { want, signal } = this;
    const cached: StoredPackets[] = [];
    const missing = inner.filter((id) => {
      const ranges = focus.filter((span) => innerOf(span) === id).map(({ record }) => record.pkt_chunk_range);
      const parts = ranges.map((range) => this.cache.range(id, range));
      const complete = parts.length > 0 && parts.every((part) => part !== undefined);
      cached.push(...(complete ? parts.flatMap((part) => part ?? []) : []));
      return !complete;
    });
    const ofInner = <S extends 'bpf_net_l4_log' | 'bpf_net_l7_log' | 'bpf_net_l4_packets'>(
      source: S,
      ids: readonly string[]
    ) =>
      readRecords(this.client, { source, logql: innerLogql(source, ids, scope.shards), window: scope.window }, signal);
    const [chunks, spans, packets] = await Promise.all([
      want.chunks && chunksOf.length > 0 ? ofInner('bpf_net_l4_log', chunksOf) : NOTHING,
      want.packets && wantSpans && inner.length > 0 ? ofInner('bpf_net_l7_log', inner) : NOTHING,
      want.packets && missing.length > 0 ? ofInner('bpf_net_l4_packets', missing) : NOTHING,
    ]);
    this.cache.add(packets.records);
    return {
      chunks: chunks.records,
      exchanges: spans.records,
      packets: [...(want.packets ? cached : []), ...withinRanges(packets.records, focus)],
      notes: [...chunks.notes, ...spans.notes, ...packets.notes],
    };
  }

  /** Chunks of other connections between the same ends, at the same time; in any shard. */
  async neighbours(focus: readonly StoredL7[]): Promise<ReadRecords<StoredL4['record']>> {
    const ends = endsOf(focus);
    return ends === undefined
      ? NOTHING
      : readRecords(
          this.client,
          {
            source: 'bpf_net_l4_log',
            logql: betweenLogql(ends.clients, ends.servers),
            window: clockWindow(focus.map(happened)),
            maxLines: MAX_NEIGHBOUR_LINES,
          },
          this.signal
        );
  }

  /** Their packets. */
  packetsOf(chunks: readonly StoredL4[]): Promise<ReadRecords<StoredPackets['record']>> {
    return readRecords(
      this.client,
      {
        source: 'bpf_net_l4_packets',
        logql: innerLogql('bpf_net_l4_packets', distinct(chunks.map(innerOf)), shardsFound(chunks)),
        window: windowAround(
          chunks.map(({ tsNs, record }) => ({ tsNs, latencyMs: record.duration_ms })),
          NO_TIME
        ),
      },
      this.signal
    );
  }

  /** They are other flows in other shards, so all shards are read, over the little time before the request. */
  nameLookUps(focus: readonly StoredL7[]): Promise<ReadRecords<StoredL7['record']>> {
    const clients = distinct(focus.flatMap(({ record }) => record.client_ip ?? []));
    const servers = distinct(focus.flatMap(({ record }) => record.server_ip ?? []));
    if (clients.length === 0 || servers.length === 0 || focus[0].record.l7_proto === 'dns') {
      return Promise.resolve(NOTHING);
    }
    const query = {
      source: 'bpf_net_l7_log',
      logql: nameLookUpsLogql(clients, servers),
      window: nameWindow(focus.map(happened)),
    } as const;
    return readRecords(this.client, query, this.signal);
  }
}
