/**
 * Look-ups as LogQL: which shard to read, which line filter finds the records, and of which kind they may be.
 *
 * A sequence number is looked for where a request, a response or a handshake begins with it, which line filters decide; and where there is none,
 * in chunks whose first is not above it and whose last is not below, which takes a parser. A chunk in which numbers pass 2^32 is
 * found by the former only.
 */
import { type L4Record, type L7Record, type RecordSource, shardOfClientIsn, toSeq } from '@bpfnet/flow-model';
import { type LookUp } from '../query/look-up';
import {
  anyFieldIs,
  anyNumberIs,
  fieldIs,
  fieldStartsWith,
  idHolds,
  type LineFilter,
  listHas,
  someFieldIs,
  someFieldStartsWith,
} from './line-filters';
import { type FieldCondition, logql, type Logql } from './logql';

/** The first number of `<client's seq>_<server's seq>`, decimal; undefined where the id is none. */
export function clientSeqOf(id: string): string | undefined {
  return /^(\d{1,10})_\d{1,10}$/.exec(id)?.[1];
}

/** Shards that an id implies; none where it does not. */
export function shardsOf(lookUp: LookUp, flowShard: number | undefined, shardCount: number): readonly number[] {
  if (flowShard !== undefined) {
    return [flowShard];
  }
  const isn = lookUp.by === 'connection' ? clientSeqOf(lookUp.id) : undefined;
  return isn === undefined ? [] : [shardOfClientIsn(toSeq(Number(isn)), shardCount)];
}

/** How a sequence number is looked for: where a request or connection begins with it, or among all that a chunk holds. */
export type SeqSearch = 'first' | 'covering';

/** Requests that a look-up names; of a connection, all of them. */
export function spansLogql(lookUp: LookUp, shards: readonly number[]): Logql {
  return logql({ source: 'bpf_net_l7_log', shards, lineFilters: spanFilters(lookUp) });
}

/** Chunks that a look-up names by itself; undefined where only its requests lead to them. */
export function chunksLogql(
  lookUp: LookUp,
  shards: readonly number[],
  search: SeqSearch = 'covering'
): Logql | undefined {
  const source: RecordSource = 'bpf_net_l4_log';
  const one = (field: string) => fieldIs(field, { kind: 'oneOf', values: [lookUp.id] });
  switch (lookUp.by) {
    case 'request':
    case 'l7Trace':
    case 'trace':
    case 'requestOrTrace':
      return undefined;
    case 'inner':
    case 'traceOrInner':
      return logql({ source, shards, lineFilters: one('inner_traceid') });
    case 'connection':
    case 'numbers': {
      // A NIC that did not see the SYN-ACK has `_0` there: the SYN's part is what all agree on.
      const isn = clientSeqOf(lookUp.id);
      const lineFilters = isn === undefined ? one('nic_traceid') : [fieldStartsWith('nic_traceid', `${isn}_`)];
      return logql({ source, shards, lineFilters });
    }
    case 'endpoint':
      return logql({ source, shards, lineFilters: endpointFilters(lookUp) });
    case 'seq':
      return search === 'first'
        ? logql({ source, shards, lineFilters: [idHolds('nic_traceid', lookUp.id)] })
        : logql({ source, shards, lineFilters: [], conditions: [coveringSeq(lookUp.seq)] });
  }
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

/** Name look-ups whose answer held one of the addresses, sent by one of the clients. */
export function nameLookUpsLogql(clients: readonly string[], addresses: readonly string[]): Logql {
  return logql({
    source: 'bpf_net_l7_log',
    lineFilters: [
      ...fieldIs('l7_proto', { kind: 'oneOf', values: ['dns'] }),
      ...anyFieldIs(['client_ip', 'src_ip', 'dst_ip'], { kind: 'oneOf', values: clients }),
      listHas('dns_addresses', addresses),
    ],
  });
}

/** Chunks of connections from one of the clients to one of the servers; closed ones, so that both directions were seen. */
export function betweenLogql(clients: readonly string[], servers: readonly string[]): Logql {
  return logql({
    source: 'bpf_net_l4_log',
    lineFilters: [
      ...anyFieldIs(['client_ip'], { kind: 'oneOf', values: clients }),
      ...anyFieldIs(['server_ip'], { kind: 'oneOf', values: servers }),
      ...fieldIs('end_reason', { kind: 'oneOf', values: ['closed'] }),
    ],
  });
}

type NamedRecord = Pick<L7Record, 'src_ip' | 'src_port' | 'dst_ip' | 'dst_port' | 'inner_traceid' | 'nic_traceid'> &
  Partial<Pick<L7Record, 'request_id' | 'trace_id' | 'l7_traceid'>>;

/** What of a chunk says which sequence numbers it holds. */
type SeqRanges = Partial<Pick<L4Record, 'tx_seq_min' | 'tx_seq_max' | 'rx_seq_min' | 'rx_seq_max'>>;

/** Whether a chunk begins with a number, or holds it. Where numbers pass 2^32 in a chunk, its last is below its first. */
export function holdsSeq(seq: number, record: NamedRecord & SeqRanges): boolean {
  const within = (first: number | undefined, last: number | undefined) =>
    first !== undefined && last !== undefined && first <= seq && seq <= last;
  return (
    (record.nic_traceid ?? '').split('_').includes(String(seq)) ||
    within(record.tx_seq_min, record.tx_seq_max) ||
    within(record.rx_seq_min, record.rx_seq_max)
  );
}

/**
 * Whether a record that was found is one that the look-up names. Line filters for search terms look for a text wherever it is, since
 * that is the cheapest there is; here it counts in which field.
 */
export function isNamed(lookUp: LookUp, record: NamedRecord): boolean {
  const { id } = lookUp;
  switch (lookUp.by) {
    case 'request':
    case 'trace':
    case 'connection':
    case 'inner':
    case 'seq':
      return true;
    case 'l7Trace':
      return sameFirst(id, record.l7_traceid);
    case 'requestOrTrace':
      return record.request_id === id || record.trace_id === id;
    case 'traceOrInner':
      return record.trace_id === id || record.inner_traceid === id;
    case 'numbers':
      return sameFirst(id, record.l7_traceid) || sameFirst(id, record.nic_traceid);
    case 'endpoint': {
      const is = (ip: string, port: number) =>
        ip === lookUp.address && (lookUp.port === undefined || port === lookUp.port);
      return is(record.src_ip, record.src_port) || is(record.dst_ip, record.dst_port);
    }
  }
}

function sameFirst(id: string, other: string | undefined): boolean {
  return other !== undefined && clientSeqOf(other) !== undefined && clientSeqOf(other) === clientSeqOf(id);
}

function spanFilters(lookUp: LookUp): readonly LineFilter[] {
  const one = (field: string) => fieldIs(field, { kind: 'oneOf', values: [lookUp.id] });
  // Of numbers the first is what all NICs agree on, also those that did not see the answer.
  const first = `${clientSeqOf(lookUp.id) ?? lookUp.id}_`;
  switch (lookUp.by) {
    case 'request':
      return one('request_id');
    case 'trace':
      return one('trace_id');
    case 'inner':
      return one('inner_traceid');
    case 'connection':
      return [fieldStartsWith('nic_traceid', first)];
    case 'requestOrTrace':
    case 'traceOrInner':
      return [someFieldIs(lookUp.id)];
    case 'l7Trace':
    case 'numbers':
      return [someFieldStartsWith(first)];
    case 'endpoint':
      return endpointFilters(lookUp);
    case 'seq':
      return anyNumberIs(['req_seq', 'resp_seq'], [lookUp.seq]);
  }
}

function endpointFilters({ address, port }: Extract<LookUp, { by: 'endpoint' }>): readonly LineFilter[] {
  return [someFieldIs(address), ...anyNumberIs(['src_port', 'dst_port'], port === undefined ? [] : [port])];
}

function coveringSeq(seq: number): FieldCondition {
  return {
    kind: 'within',
    anyOf: [
      ['tx_seq_min', 'tx_seq_max'],
      ['rx_seq_min', 'rx_seq_max'],
    ],
    value: seq,
  };
}
