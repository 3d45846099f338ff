/** What matching needs to know of every packet, as columns. */
import { segmentSpan } from '@bpfnet/flow-model/packet-columns';
import { seqDiff, toSeq } from '@bpfnet/flow-model/seq';
import { type PacketKeys } from './packet-keys';
import { type PacketTable } from './packets';

export interface Transmissions {
  readonly keys: PacketKeys;
  /** Aligned times, ns. */
  readonly tNs: Float64Array;
  /** First bytes, counted on beyond 2^32. */
  readonly start: Float64Array;
  /** Sequence space that matching goes by. */
  readonly span: Uint32Array;
}

/** Sequence space that matching goes by: none for datagrams, which have no sequence numbers. */
export function rangeSpan(table: PacketTable, packet: number): number {
  return table.lanes[table.lane[packet]].tcp ? segmentSpan(table.flags[packet], table.len[packet]) : 0;
}

export function rangeSpans(table: PacketTable): Uint32Array {
  const spans = new Uint32Array(table.length);
  for (let i = 0; i < table.length; i++) {
    spans[i] = rangeSpan(table, i);
  }
  return spans;
}

/** First bytes of all packets of one direction as plain growing numbers, so that ranges can be sorted across 2^32. */
export function unwrapStarts(table: PacketTable, packets: Uint32Array, { start, span }: Transmissions): void {
  let last: number | undefined;
  for (const packet of packets) {
    const seq = table.seq[packet];
    // Half of the space lies ahead of the last number and half behind it, RFC 9293 section 3.4.
    const here: number = last === undefined ? seq : last + seqDiff(toSeq(seq), toSeq(last));
    start[packet] = here;
    // A reset may carry any number, so only what takes sequence space moves on.
    last = span[packet] > 0 ? here : last;
  }
}
