/** Records of one request or connection at all its NICs, and what identifies each. */
import { type DataProblem } from '../data-error';
import { clientSeqOf } from '../plan/look-up-plan';
import { type Note } from '../plan/note-text';
import { type ReadCost } from '../loki/counted-loki';
import { type Stored, type StoredL4, type StoredL7, type StoredPackets } from './record-reader';

export interface LookUpResult {
  /** The request that was asked for, at every NIC that saw it; empty where a connection was asked for. */
  readonly focus: readonly StoredL7[];
  /** All requests that the look-up itself named, those of `focus` among them; several where it was a search term. */
  readonly candidates: readonly StoredL7[];
  /** All requests of the connections, those of `focus` among them. */
  readonly exchanges: readonly StoredL7[];
  readonly chunks: readonly StoredL4[];
  readonly packets: readonly StoredPackets[];
  /** Name look-ups of the client whose answers held the server's address. */
  readonly nameLookUps: readonly StoredL7[];
  /** Other connections between the same ends, for the clocks of their hosts. */
  readonly others: { readonly chunks: readonly StoredL4[]; readonly packets: readonly StoredPackets[] };
  readonly notes: readonly Note[];
  readonly cost: ReadCost & { readonly roundTrips: number };
}

export type LookUpRead =
  { readonly ok: true; readonly value: LookUpResult } | { readonly ok: false; readonly problem: DataProblem };

/** Only the chunks that hold the request; of NICs that did not see it, all that lie in the window. */
export function withinRanges(packets: readonly StoredPackets[], focus: readonly StoredL7[]): readonly StoredPackets[] {
  return packets.filter(({ record }) => {
    const ranges = focus
      .filter((span) => innerOf(span) === record.inner_traceid)
      .map((span) => span.record.pkt_chunk_range);
    return ranges.length === 0 || ranges.some(([first, last]) => record.chunk_id >= first && record.chunk_id <= last);
  });
}

/** None where a record lacks its shard. */
export function shardsFound(stored: ReadonlyArray<Stored<unknown>>): readonly number[] {
  const shards = stored.map(({ shard }) => shard);
  const known = shards.filter((shard): shard is number => shard !== undefined);
  return known.length === shards.length ? [...new Set(known)].sort((a, b) => a - b) : [];
}

export function innerOf({ record }: Stored<{ readonly inner_traceid: string }>): string {
  return record.inner_traceid;
}

export function hasSyn({ nic_traceid }: { readonly nic_traceid?: string }): boolean {
  return clientSeqOf(nic_traceid ?? '') !== undefined;
}

export function spanKey({ record, tsNs }: StoredL7): string {
  return `${record.inner_traceid}/${record.request_id}/${tsNs}`;
}

export function chunkKey({ record }: Pick<StoredL4, 'record'>): string {
  return `${record.inner_traceid}/${record.chunk_id}`;
}

export function packetsKey({ record }: StoredPackets): string {
  return `${record.inner_traceid}/${record.chunk_id}`;
}

export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

export function unique<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

export function happened({ record, tsNs }: StoredL7) {
  return { tsNs, latencyMs: record.latency_ms };
}
