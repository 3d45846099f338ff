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

/**
 * Of the flows that a look-up found, those of one connection: the request's, else the one with the most. Records of a request are of
 * its connection whatever NAT made of the addresses; its other NICs are found by the first SYN.
 */
export function flowsOfOneConnection(
  flows: readonly FlowRecords[],
  requestId: string | undefined
): readonly FlowRecords[] {
  const withRequest = flows.filter(({ exchanges: spans }) =>
    spans.some(({ record }) => record.request_id === requestId)
  );
  const keys = new Set(withRequest.length > 0 ? withRequest.map(connectionKey) : [commonest(flows.map(connectionKey))]);
  return flows.filter((flow) => withRequest.includes(flow) || keys.has(connectionKey(flow)));
}

/** The client's initial number, equal at every NIC; without a handshake the five-tuple. */
function connectionKey({ chunks, exchanges: spans, flowId }: FlowRecords): string {
  const records = [...chunks, ...spans.map(({ record }) => record)];
  const handshake = records.find(({ nic_traceid }) => nic_traceid !== undefined)?.nic_traceid;
  return handshake?.split('_')[0] ?? records[0]?.community_id ?? flowId;
}

function commonest(keys: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  keys.forEach((key) => counts.set(key, (counts.get(key) ?? 0) + 1));
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
