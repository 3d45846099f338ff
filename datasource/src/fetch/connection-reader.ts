/**
 * Everything that the store holds of a request or connection, in at most three round trips:
 *
 *   1. the records that the id itself names (a shard where the id or the link tells it, else all shards by line filter)
 *   2. by what these say (shard, time, connection): chunks at every NIC, requests of the same connections, packets
 *   3. the same for NICs that only the chunks of round 2 told of
 *
 * Queries of one round run side by side. Where a named shard holds nothing, round 1 is repeated over all shards: a shard
 * count that changed, or NAT without a handshake, may have moved the records.
 */
import { orderPath } from '../correlate/path-order';
import { oncePerNic, pathPointOf } from '../correlate/span-at-nic';
import { type DataProblem } from '../data-error';
import { chunksLogql, clientSeqOf, fiveTupleLogql, innerLogql, shardsOf, spansLogql } from '../plan/look-up-plan';
import { type TimeWindow, windowAround } from '../plan/time-window';
import { isId, type LookUp, type ResolvedLookUp } from '../query/interpolate';
import { type ChunkCache } from './chunk-cache';
import { type LokiClient } from './loki-client';
import {
  readRecords,
  type ReadRecords,
  type Stored,
  type StoredL4,
  type StoredL7,
  type StoredPackets,
} from './record-reader';

export interface Connections {
  /** The request that was asked for, at every NIC that saw it; empty where a connection was asked for. */
  readonly focus: readonly StoredL7[];
  /** All requests of the connections, those of `focus` among them. */
  readonly spans: readonly StoredL7[];
  readonly chunks: readonly StoredL4[];
  readonly packets: readonly StoredPackets[];
  readonly notes: readonly string[];
}

export type ConnectionsRead =
  { readonly ok: true; readonly value: Connections } | { readonly ok: false; readonly problem: DataProblem };

export interface ReadOptions {
  readonly window: TimeWindow;
  readonly shardCount: number;
  /** What is wanted beside the records that the id names. */
  readonly want: { readonly chunks: boolean; readonly packets: boolean };
  readonly nics: 'all' | 'one';
  readonly signal: AbortSignal;
}

export class ConnectionReader {
  constructor(
    private readonly client: LokiClient,
    private readonly cache: ChunkCache
  ) {}

  async read(resolved: ResolvedLookUp, options: ReadOptions): Promise<ConnectionsRead> {
    const { lookUp } = resolved;
    if (lookUp === undefined) {
      return { ok: false, problem: { kind: 'no-id' } };
    }
    if (!isId(lookUp.id)) {
      return { ok: false, problem: { kind: 'bad-id', id: lookUp.id.slice(0, 80) } };
    }
    const notes: string[] = [];
    const shards = shardsOf(lookUp, resolved.flowShard, options.shardCount);
    let found = await this.named(lookUp, shards, options);
    if (isEmpty(found) && shards.length > 0) {
      found = await this.named(lookUp, [], options);
      if (!isEmpty(found)) {
        notes.push(
          `The records lie in another shard than ${shards.join(', ')}: check the shard count of this datasource.`
        );
      }
    }
    if (isEmpty(found)) {
      return { ok: false, problem: { kind: 'not-found', what: `${WORDS[lookUp.by]} ${lookUp.id}` } };
    }
    notes.push(...found.spans.notes, ...found.chunks.notes);
    return { ok: true, value: await this.around(resolved, { lookUp, found, notes }, options) };
  }

  /** Round 1. */
  private async named(lookUp: LookUp, shards: readonly number[], options: ReadOptions): Promise<Named> {
    const { window, signal } = options;
    const [spans, chunks] = await Promise.all([
      readRecords(this.client, { source: 'bpf_net_l7_log', logql: spansLogql(lookUp, shards), window }, signal),
      lookUp.by === 'request' || lookUp.by === 'l7Trace'
        ? NOTHING
        : readRecords(this.client, { source: 'bpf_net_l4_log', logql: chunksLogql(lookUp, shards), window }, signal),
    ]);
    return { spans, chunks };
  }

  /** Rounds 2 and 3. */
  private async around(
    resolved: ResolvedLookUp,
    { lookUp, found, notes }: { readonly lookUp: LookUp; readonly found: Named; readonly notes: string[] },
    options: ReadOptions
  ): Promise<Connections> {
    const byRequest = lookUp.by === 'request' || lookUp.by === 'l7Trace';
    const focus = byRequest ? this.atNics(ofOneRequest(found.spans.records), resolved.innerTraceId, options.nics) : [];
    if (!options.want.chunks && !options.want.packets) {
      return { focus, spans: found.spans.records, chunks: [], packets: [], notes };
    }
    const scope: Scope = {
      window: byRequest
        ? windowAround(focus.map(happened), options.window)
        : windowAround(found.chunks.records.map(lasted), options.window),
      shards: shardsFound([...focus, ...found.spans.records, ...found.chunks.records]),
      signal: options.signal,
    };
    const known = distinct([...(byRequest ? focus : found.spans.records), ...found.chunks.records].map(innerOf));
    const wholePath = options.nics === 'all';
    // What the chunks of the whole connection will hold need not be read twice.
    const bySyn = new Set(focus.filter(({ record }) => wholePath && hasSyn(record)).map(innerOf));
    const withoutSyn = known.filter((inner) => !bySyn.has(inner));

    const [siblings, ofKnown] = await Promise.all([
      wholePath ? this.chunksOfConnection(byRequest ? focus : found.chunks.records, scope) : NOTHING,
      this.ofInner(known, { scope, focus, want: options.want, have: found, byRequest, chunksOf: withoutSyn }),
    ]);
    const others = distinct(siblings.records.map(innerOf)).filter((inner) => !known.includes(inner));
    const ofOthers =
      others.length === 0
        ? EMPTY
        : await this.ofInner(others, {
            scope,
            focus: [],
            want: options.want,
            have: { spans: NOTHING, chunks: siblings },
            byRequest,
            chunksOf: [],
          });

    notes.push(...siblings.notes, ...ofKnown.notes, ...ofOthers.notes);
    return {
      focus,
      spans: unique(
        [...focus, ...(byRequest ? [] : found.spans.records), ...ofKnown.spans, ...ofOthers.spans],
        spanKey
      ),
      chunks: unique([...found.chunks.records, ...siblings.records, ...ofKnown.chunks], chunkKey),
      packets: [...ofKnown.packets, ...ofOthers.packets],
      notes: distinct(notes),
    };
  }

  private atNics(spans: readonly StoredL7[], innerTraceId: string, nics: 'all' | 'one'): readonly StoredL7[] {
    if (nics === 'all') {
      return spans;
    }
    const named = spans.filter(({ record }) => record.inner_traceid === innerTraceId);
    if (named.length > 0) {
      return named;
    }
    return orderPath(oncePerNic(spans).map(pathPointOf))
      .points.slice(0, 1)
      .map(({ span }) => span);
  }

  /** Chunks at every NIC that the connections of these records cross. */
  private async chunksOfConnection(
    records: ReadonlyArray<StoredL7 | StoredL4>,
    { window, shards, signal }: Scope
  ): Promise<ReadRecords<StoredL4['record']>> {
    const ids = distinct(
      records.map(({ record }) => record.nic_traceid).filter((id): id is string => clientSeqOf(id ?? '') !== undefined)
    );
    const bySyn = [...new Map(ids.map((id) => [clientSeqOf(id), id])).values()].slice(0, MAX_CONNECTIONS);
    const queries = bySyn.map((id) => chunksLogql({ by: 'connection', id }, shards));
    const tuples = distinct(records.filter(({ record }) => !hasSyn(record)).map(({ record }) => record.community_id));
    if (bySyn.length === 0 && tuples.length > 0) {
      queries.push(fiveTupleLogql(tuples.slice(0, MAX_CONNECTIONS), shards));
    }
    const answers = await Promise.all(
      queries.map((query) => readRecords(this.client, { source: 'bpf_net_l4_log', logql: query, window }, signal))
    );
    return {
      records: answers.flatMap((answer) => answer.records),
      notes: answers.flatMap((answer) => answer.notes),
      limitHit: answers.some((answer) => answer.limitHit),
    };
  }

  /** Chunks, requests and packets of connections at single NICs. */
  private async ofInner(
    inner: readonly string[],
    { scope, focus, want, have, byRequest, chunksOf }: InnerOptions
  ): Promise<OfInner> {
    const { window, shards, signal } = scope;
    const cached: StoredPackets[] = [];
    const missing = inner.filter((id) => {
      const ranges = focus.filter((span) => innerOf(span) === id).map(({ record }) => record.pkt_chunk_range);
      const parts = ranges.map((range) => this.cache.range(id, range));
      const complete = parts.length > 0 && parts.every((part) => part !== undefined);
      cached.push(...(complete ? parts.flatMap((part) => part ?? []) : []));
      return !complete;
    });
    const [chunks, spans, packets] = await Promise.all([
      want.chunks && have.chunks.records.length === 0 && chunksOf.length > 0
        ? readRecords(
            this.client,
            { source: 'bpf_net_l4_log', logql: innerLogql('bpf_net_l4_log', chunksOf, shards), window },
            signal
          )
        : NOTHING,
      want.packets && inner.length > 0 && (byRequest || have.spans.records.length === 0)
        ? readRecords(
            this.client,
            { source: 'bpf_net_l7_log', logql: innerLogql('bpf_net_l7_log', inner, shards), window },
            signal
          )
        : NOTHING,
      want.packets && missing.length > 0
        ? readRecords(
            this.client,
            { source: 'bpf_net_l4_packets', logql: innerLogql('bpf_net_l4_packets', missing, shards), window },
            signal
          )
        : NOTHING,
    ]);
    this.cache.add(packets.records);
    return {
      chunks: chunks.records,
      spans: spans.records,
      packets: [...(want.packets ? cached : []), ...withinRanges(packets.records, focus)],
      notes: [...chunks.notes, ...spans.notes, ...packets.notes],
    };
  }
}

/** Connections of one look-up by number of SYN; a request has one unless numbers collide. */
const MAX_CONNECTIONS = 4;

const WORDS: Readonly<Record<LookUp['by'], string>> = {
  request: 'request',
  l7Trace: 'request',
  connection: 'connection',
  inner: 'connection',
};

interface Named {
  readonly spans: ReadRecords<StoredL7['record']>;
  readonly chunks: ReadRecords<StoredL4['record']>;
}

interface Scope {
  readonly window: TimeWindow;
  readonly shards: readonly number[];
  readonly signal: AbortSignal;
}

interface InnerOptions {
  readonly scope: Scope;
  readonly focus: readonly StoredL7[];
  readonly want: ReadOptions['want'];
  readonly have: Named;
  readonly byRequest: boolean;
  /** Of these, chunks too. */
  readonly chunksOf: readonly string[];
}

type OfInner = Omit<Connections, 'focus'>;

const NOTHING: ReadRecords<never> = { records: [], notes: [], limitHit: false };
const EMPTY: OfInner = { spans: [], chunks: [], packets: [], notes: [] };

function isEmpty({ spans, chunks }: Named): boolean {
  return spans.records.length === 0 && chunks.records.length === 0;
}

/** Only the chunks that hold the request; of NICs that did not see it, all that lie in the window. */
function withinRanges(packets: readonly StoredPackets[], focus: readonly StoredL7[]): readonly StoredPackets[] {
  return packets.filter(({ record }) => {
    const ranges = focus
      .filter((span) => innerOf(span) === record.inner_traceid)
      .map((span) => span.record.pkt_chunk_range);
    return ranges.length === 0 || ranges.some(([first, last]) => record.chunk_id >= first && record.chunk_id <= last);
  });
}

function shardsFound(stored: ReadonlyArray<Stored<unknown>>): readonly number[] {
  const shards = stored.map(({ shard }) => shard);
  const known = shards.filter((shard): shard is number => shard !== undefined);
  return known.length === shards.length ? [...new Set(known)].sort((a, b) => a - b) : [];
}

/** Sequence numbers may be those of two requests; the newest is meant. */
function ofOneRequest(spans: readonly StoredL7[]): readonly StoredL7[] {
  return spans.filter(({ record }) => record.request_id === spans[0].record.request_id);
}

function happened({ record, tsNs }: StoredL7) {
  return { tsNs, latencyMs: record.latency_ms };
}

function innerOf({ record }: Stored<{ readonly inner_traceid: string }>): string {
  return record.inner_traceid;
}

function hasSyn({ nic_traceid }: { readonly nic_traceid?: string }): boolean {
  return clientSeqOf(nic_traceid ?? '') !== undefined;
}

function lasted({ record, tsNs }: StoredL4) {
  return { tsNs, latencyMs: record.duration_ms };
}

function spanKey({ record, tsNs }: StoredL7): string {
  return `${record.inner_traceid}/${record.request_id}/${tsNs}`;
}

function chunkKey({ record }: StoredL4): string {
  return `${record.inner_traceid}/${record.chunk_id}`;
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function unique<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}
