/**
 * One connection at one NIC: its records, its packets unpacked, and what they say of it.
 */
import {
  decodePacketColumns,
  type L4PacketsRecord,
  type L4Record,
  type L7Record,
  type PacketColumns,
  type PacketPositions,
} from '@bpfnet/flow-model';
import { clientIsSrc, type ExchangeAtNic } from './exchange-at-nic';

/** Everything known of one connection at one NIC. */
export interface FlowRecords {
  /** `inner_traceid`. */
  readonly flowId: string;
  /** Chunks with packets, any order. */
  readonly packets: readonly L4PacketsRecord[];
  readonly chunks: readonly L4Record[];
  readonly exchanges: readonly ExchangeAtNic[];
}

export interface DecodedChunk {
  readonly record: L4PacketsRecord;
  readonly columns: PacketColumns;
  readonly positions: PacketPositions;
}

export interface DecodedFlow extends FlowRecords {
  /** In order. */
  readonly decoded: readonly DecodedChunk[];
  /** What any record says of the connection at this NIC; undefined where there are packets alone. */
  readonly facts: L4Record | L7Record | undefined;
  /** Whether the client is src; undefined where the client is not known. */
  readonly clientIsSrc: boolean | undefined;
  readonly l4Proto: 'tcp' | 'udp';
  readonly host: string;
  readonly nicName: string;
}

/** @param problems takes a sentence for each chunk that cannot be read */
export function decodeFlow(records: FlowRecords, problems: string[]): DecodedFlow {
  const decoded: DecodedChunk[] = [];
  for (const record of [...records.packets].sort((a, b) => a.chunk_id - b.chunk_id)) {
    const result = decodePacketColumns(record);
    if (result.ok) {
      decoded.push({ record, columns: result.columns, positions: result.positions });
    } else {
      problems.push(
        `The packets of chunk ${record.chunk_id} on ${record.nic_name} cannot be read (${result.problem}).`
      );
    }
  }
  const facts = factsOf(records);
  return {
    ...records,
    decoded,
    facts,
    clientIsSrc: facts === undefined ? undefined : clientIsSrc(facts),
    l4Proto: facts?.l4_proto ?? 'tcp',
    host: facts?.host ?? records.packets[0]?.host ?? '',
    nicName: facts?.nic_name ?? records.packets[0]?.nic_name ?? '',
  };
}

/** A record that knows the client goes first. */
function factsOf({ exchanges: spans, chunks }: FlowRecords): L4Record | L7Record | undefined {
  const records: ReadonlyArray<L4Record | L7Record> = [...spans.map(({ record }) => record), ...chunks];
  return records.find((record) => record.client_ip !== undefined) ?? records[0];
}

/** The earliest chunk's first packet: what times in a table of several flows count from. */
export function earliestNs(flows: readonly DecodedFlow[]): bigint {
  const times = flows.flatMap(({ decoded }) => decoded.map(({ positions }) => positions.timePosNs));
  return times.reduce((a, b) => (b < a ? b : a), times[0] ?? BigInt(0));
}
