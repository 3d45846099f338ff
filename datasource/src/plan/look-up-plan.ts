/**
 * Look-ups by id as LogQL: which shard to read and which line filter finds the records.
 */
import { type RecordSource, shardOfClientIsn, toSeq } from '@bpfnet/flow-model';
import { type LookUp } from '../query/interpolate';
import { fieldIs, fieldStartsWith, type LineFilter, logql, type Logql } from './logql';

/** The first number of `<client's seq>_<server's seq>`, decimal; undefined where the id is none. */
export function clientSeqOf(id: string): string | undefined {
  return /^(\d{1,10})_\d{1,10}$/.exec(id)?.[1];
}

/** Shards that an id names by itself; none where it does not tell. */
export function shardsOf(lookUp: LookUp, flowShard: number | undefined, shardCount: number): readonly number[] {
  if (flowShard !== undefined) {
    return [flowShard];
  }
  const isn = lookUp.by === 'connection' ? clientSeqOf(lookUp.id) : undefined;
  return isn === undefined ? [] : [shardOfClientIsn(toSeq(Number(isn)), shardCount)];
}

/** Requests that a look-up names; of a connection, all of them. */
export function spansLogql(lookUp: LookUp, shards: readonly number[]): Logql {
  return logql({ source: 'bpf_net_l7_log', shards, lineFilters: idFilters(lookUp) });
}

/** Chunks that a look-up by connection names. */
export function chunksLogql(lookUp: Extract<LookUp, { by: 'connection' | 'inner' }>, shards: readonly number[]): Logql {
  return logql({ source: 'bpf_net_l4_log', shards, lineFilters: idFilters(lookUp) });
}

/** Chunks of a five-tuple: what joins NICs where there was no handshake to number a connection by (UDP). */
export function fiveTupleLogql(communityIds: readonly string[], shards: readonly number[]): Logql {
  return logql({
    source: 'bpf_net_l4_log',
    shards,
    lineFilters: fieldIs('community_id', { kind: 'oneOf', values: communityIds }),
  });
}

/** Records of connections at single NICs. */
export function innerLogql(source: RecordSource, innerTraceIds: readonly string[], shards: readonly number[]): Logql {
  return logql({
    source,
    shards,
    lineFilters: fieldIs('inner_traceid', { kind: 'oneOf', values: innerTraceIds }),
  });
}

function idFilters(lookUp: LookUp): readonly LineFilter[] {
  const one = (field: string) => fieldIs(field, { kind: 'oneOf', values: [lookUp.id] });
  switch (lookUp.by) {
    case 'request':
      return one('request_id');
    case 'l7Trace': {
      // Likewise for a NIC that did not see the response.
      const requestSeq = clientSeqOf(lookUp.id);
      return requestSeq === undefined ? one('l7_traceid') : [fieldStartsWith('l7_traceid', `${requestSeq}_`)];
    }
    case 'inner':
      return one('inner_traceid');
    case 'connection': {
      // A NIC that did not see the SYN-ACK has `_0` there: the SYN's part is what all agree on.
      const isn = clientSeqOf(lookUp.id);
      return isn === undefined ? one('nic_traceid') : [fieldStartsWith('nic_traceid', `${isn}_`)];
    }
  }
}
