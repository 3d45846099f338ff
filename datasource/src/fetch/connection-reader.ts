/**
 * Everything that the store holds of a request or connection, in at most three round trips:
 *
 *   1. the records that the id itself names (a shard where the id or the link gives it, else all shards by line filter)
 *   2. by what these say (shard, time, connection): chunks at every NIC, requests of the same connections, packets, name look-ups
 *   3. the same for NICs that only the chunks of round 2 named; packets of other connections between the same ends, for the clocks
 *
 * Queries of one round run side by side. What is searched for by address or sequence number is looked for in the newest part of the window first,
 * which is one round more where it is older; a number that begins nothing takes another. Where a link named a shard or a time that holds nothing, round 1 is repeated over
 * all shards and the whole range: a shard count that changed, or NAT without a handshake, may have moved the records.
 */
import { orderPath } from '../path/path-order';
import { oncePerNic, pathPointOf } from '../path/exchange-at-nic';
import { chunksLogql, holdsSeq, isNamed, spansLogql } from '../plan/look-up-plan';
import { type Note } from '../plan/note-text';
import { type TimeWindow, windowAround } from '../plan/time-window';
import { isId, type LookUp, type ResolvedLookUp } from '../query/look-up';
import { chosenConnection, chosenRequest, isSearchTerm } from './choose-request';
import { type ChunkCache } from './chunk-cache';
import { comparable } from './clock-connections';
import { ConnectionQueries, EMPTY, NOTHING, type OfConnections, type Scope, type Wanted } from './connection-queries';
import {
  chunkKey,
  type LookUpResult,
  type LookUpRead,
  distinct,
  happened,
  hasSyn,
  innerOf,
  packetsKey,
  shardsFound,
  spanKey,
  unique,
  withinRanges,
} from './connection-records';
import { countedLoki } from '../loki/counted-loki';
import { type LokiClient } from '../loki/loki-client';
import { packetsInChunks, readRecords, type ReadRecords, type StoredL4, type StoredL7 } from './record-reader';
import { mayBeAnywhere, SEARCH_LINES, type Search, searchesFor } from '../plan/search-plan';

export interface ReadOptions {
  readonly window: TimeWindow;
  readonly shardCount: number;
  /** What is wanted beside the records that the id names. */
  readonly want: Wanted;
  readonly nics: 'all' | 'one';
  readonly signal: AbortSignal;
}

export class ConnectionReader {
  constructor(
    private readonly client: LokiClient,
    private readonly cache: ChunkCache
  ) {}

  async read(resolved: ResolvedLookUp, options: ReadOptions): Promise<LookUpRead> {
    const { lookUp } = resolved;
    if (lookUp === undefined) {
      return { ok: false, problem: { kind: 'no-id' } };
    }
    if (lookUp.by !== 'seq' && !isId(lookUp.id)) {
      return { ok: false, problem: { kind: 'bad-id', id: lookUp.id.slice(0, 80) } };
    }
    const client = countedLoki(this.client);
    return new Reading(client, this.cache, { ...options, resolved, lookUp }).read(client.cost);
  }
}

interface Asked extends ReadOptions {
  readonly resolved: ResolvedLookUp;
  readonly lookUp: LookUp;
}

/** What round 1 found. */
interface Named {
  readonly exchanges: ReadRecords<StoredL7['record']>;
  readonly chunks: ReadRecords<StoredL4['record']>;
}

/** One look-up on its way. */
class Reading {
  private roundTrips = 0;
  private readonly notes: Note[] = [];

  private readonly queries: ConnectionQueries;

  constructor(
    private readonly client: LokiClient,
    cache: ChunkCache,
    private readonly asked: Asked
  ) {
    this.queries = new ConnectionQueries(client, cache, asked.want, asked.signal);
  }

  async read(costOf: () => Omit<LookUpResult['cost'], 'roundTrips'>): Promise<LookUpRead> {
    const { lookUp } = this.asked;
    const found = await this.named();
    if (isEmpty(found)) {
      return { ok: false, problem: { kind: 'not-found', what: `${WORDS[lookUp.by]} ${lookUp.id}` } };
    }
    this.notes.push(...found.exchanges.notes, ...found.chunks.notes);
    const focus = this.atNics(chosenRequest(lookUp, found.exchanges.records));
    const rest = await this.around(focus, {
      exchanges: focus.length > 0 || !isSearchTerm(lookUp) ? found.exchanges : NOTHING,
      chunks: focus.length > 0 ? NOTHING : { ...found.chunks, records: chosenConnection(lookUp, found.chunks.records) },
    });
    const value: LookUpResult = {
      ...rest,
      focus,
      candidates: found.exchanges.records,
      notes: [...this.notes, ...rest.notes],
      cost: { ...costOf(), roundTrips: this.roundTrips },
    };
    return { ok: true, value };
  }

  /** Round 1, again where it found nothing and there is more to search. */
  private async named(): Promise<Named> {
    let found: Named = { exchanges: NOTHING, chunks: NOTHING };
    for (const search of searchesFor(this.asked)) {
      found = await this.namedIn(search);
      if (!isEmpty(found)) {
        this.notes.push(...search.notesOf(shardsFound([...found.exchanges.records, ...found.chunks.records])));
        return found;
      }
    }
    return found;
  }

  private async namedIn({ shards, window, seq }: Search): Promise<Named> {
    const { lookUp, signal } = this.asked;
    this.roundTrips++;
    const limits = mayBeAnywhere(lookUp) ? SEARCH_LINES : {};
    const ofSpans = seq === 'covering' ? undefined : spansLogql(lookUp, shards);
    const ofChunks = chunksLogql(lookUp, shards, seq);
    const [spans, chunks] = await Promise.all([
      ofSpans === undefined
        ? NOTHING
        : readRecords(
            this.client,
            { source: 'bpf_net_l7_log', logql: ofSpans, window, maxLines: limits.spans },
            signal
          ),
      ofChunks === undefined
        ? NOTHING
        : readRecords(
            this.client,
            { source: 'bpf_net_l4_log', logql: ofChunks, window, maxLines: limits.chunks },
            signal
          ),
    ]);
    if (mayBeAnywhere(lookUp)) {
      const lines = spans.records.length;
      if (lines > 0 && spans.limitHit) {
        this.notes.push({ kind: 'more-requests', lines });
      } else if (lines === 0 && chunks.limitHit) {
        this.notes.push({ kind: 'more-connections' });
      }
    }
    return {
      exchanges: { ...spans, records: spans.records.filter(({ record }) => isNamed(lookUp, record)) },
      chunks: {
        ...chunks,
        records: chunks.records.filter(({ record }) =>
          lookUp.by === 'seq' ? holdsSeq(lookUp.seq, record) : isNamed(lookUp, record)
        ),
      },
    };
  }

  /** Rounds 2 and 3. */
  private async around(
    focus: readonly StoredL7[],
    found: Named
  ): Promise<OfConnections & Pick<LookUpResult, 'nameLookUps' | 'others'>> {
    const { want, window, nics } = this.asked;
    if (!want.chunks && !want.packets) {
      return {
        exchanges: found.exchanges.records,
        chunks: [],
        packets: [],
        nameLookUps: [],
        others: NO_OTHERS,
        notes: [],
      };
    }
    const byRequest = focus.length > 0;
    const start = byRequest ? focus : found.exchanges.records;
    const scope: Scope = {
      window: windowAround([...focus.map(happened), ...(byRequest ? [] : found.chunks.records.map(lasted))], window),
      shards: shardsFound([...start, ...found.chunks.records]),
    };
    const known = distinct([...start, ...found.chunks.records].map(innerOf));
    const wholePath = nics === 'all';
    // What the chunks of the whole connection will hold need not be read twice.
    const bySyn = new Set(wholePath ? focus.filter(({ record }) => hasSyn(record)).map(innerOf) : []);
    const haveChunks = found.chunks.records.length > 0 && !found.chunks.limitHit;
    const haveSpans = !byRequest && found.exchanges.records.length > 0;

    this.roundTrips++;
    const [siblings, ofKnown, nameLookUps, neighbours] = await Promise.all([
      wholePath ? this.queries.chunksOfConnection(byRequest ? focus : found.chunks.records, scope) : NOTHING,
      this.queries.ofInner(known, {
        scope,
        focus,
        chunksOf: haveChunks ? [] : known.filter((inner) => !bySyn.has(inner)),
        spans: !haveSpans,
      }),
      want.names === true && byRequest ? this.queries.nameLookUps(focus) : NOTHING,
      want.clocks === true && byRequest ? this.queries.neighbours(focus) : NOTHING,
    ]);
    const others = distinct(siblings.records.map(innerOf)).filter((inner) => !known.includes(inner));
    // Where the search took more than one round trip, none is made for the clocks alone.
    const compared =
      others.length > 0 || this.roundTrips < MOST_FOR_CLOCKS
        ? comparable(neighbours.records, [...siblings.records, ...ofKnown.chunks])
        : [];
    this.roundTrips += others.length > 0 || compared.length > 0 ? 1 : 0;
    const [ofOthers, comparedPackets] = await Promise.all([
      others.length === 0 ? EMPTY : this.queries.ofInner(others, { scope, focus: [], chunksOf: [], spans: true }),
      compared.length === 0 ? NOTHING : this.queries.packetsOf(compared),
    ]);

    const chunks = unique([...found.chunks.records, ...siblings.records, ...ofKnown.chunks], chunkKey);
    return {
      exchanges: unique([...start, ...ofKnown.exchanges, ...ofOthers.exchanges], spanKey),
      chunks,
      packets: unique(
        [
          ...ofKnown.packets,
          ...ofOthers.packets,
          ...(want.packets ? withinRanges(packetsInChunks(chunks), focus) : []),
        ],
        packetsKey
      ),
      nameLookUps: nameLookUps.records,
      others: {
        chunks: compared,
        packets: comparedPackets.records.filter(({ record }) => record.chunk_id === 1),
      },
      notes: [...siblings.notes, ...ofKnown.notes, ...ofOthers.notes],
    };
  }

  private atNics(spans: readonly StoredL7[]): readonly StoredL7[] {
    const { nics, resolved } = this.asked;
    if (nics === 'all' || spans.length === 0) {
      return spans;
    }
    const named = spans.filter(({ record }) => record.inner_traceid === resolved.innerTraceId);
    return named.length > 0
      ? named
      : orderPath(oncePerNic(spans).map(pathPointOf))
          .points.slice(0, 1)
          .map(({ span }) => span);
  }
}

const MOST_FOR_CLOCKS = 3;

const NO_OTHERS: LookUpResult['others'] = { chunks: [], packets: [] };

const WORDS: Readonly<Record<LookUp['by'], string>> = {
  request: 'request',
  l7Trace: 'request',
  connection: 'connection',
  inner: 'connection',
  trace: 'trace',
  requestOrTrace: 'request or trace',
  traceOrInner: 'trace or connection',
  numbers: 'request or connection',
  endpoint: 'address',
  seq: 'sequence number',
};

function isEmpty({ exchanges: spans, chunks }: Named): boolean {
  return spans.records.length === 0 && chunks.records.length === 0;
}

function lasted({ record, tsNs }: StoredL4) {
  return { tsNs, latencyMs: record.duration_ms };
}
