import { createDataFrame, type DataFrame, FieldType } from '@grafana/data';
import { FrameKind, type PacketRow, type PacketsMeta, type PacketsPart } from '@bpfnet/flow-model';
import { type PacketTable } from '../correlate/tables/packet-table';
import { type LookUpResult } from '../fetch/connection-records';
import { costStats, field, warnings } from './frame-parts';

const FIELDS: ReadonlyArray<{
  readonly name: keyof PacketRow;
  readonly type: FieldType;
  readonly displayName: string;
  readonly unit?: string;
}> = [
  { name: 'time', type: FieldType.time, displayName: 'Time' },
  { name: 'tsNs', type: FieldType.string, displayName: 'Time (ns)' },
  { name: 'flowId', type: FieldType.string, displayName: 'Connection id (this NIC)' },
  { name: 'sender', type: FieldType.string, displayName: 'Sender' },
  { name: 'flags', type: FieldType.number, displayName: 'Flags' },
  { name: 'seq', type: FieldType.number, displayName: 'Seq', unit: 'none' },
  { name: 'ack', type: FieldType.number, displayName: 'Ack', unit: 'none' },
  { name: 'seqRel', type: FieldType.number, displayName: 'Seq (relative)', unit: 'none' },
  { name: 'ackRel', type: FieldType.number, displayName: 'Ack (relative)', unit: 'none' },
  { name: 'len', type: FieldType.number, displayName: 'Payload', unit: 'decbytes' },
  { name: 'win', type: FieldType.number, displayName: 'Window', unit: 'decbytes' },
  { name: 'ana', type: FieldType.number, displayName: 'Analysis' },
  { name: 'l7Label', type: FieldType.string, displayName: 'Request or response' },
  { name: 'l7Kind', type: FieldType.string, displayName: 'Kind' },
  { name: 'l7RequestId', type: FieldType.string, displayName: 'Request id' },
  { name: 'chunkId', type: FieldType.number, displayName: 'Chunk', unit: 'none' },
  { name: 'transmission', type: FieldType.string, displayName: 'Transmission' },
  { name: 'fate', type: FieldType.string, displayName: 'What became of it' },
  { name: 'fateFrom', type: FieldType.string, displayName: 'Last seen at' },
  { name: 'fateTo', type: FieldType.string, displayName: 'Not seen at' },
  { name: 'fateBytes', type: FieldType.number, displayName: 'Did not arrive', unit: 'decbytes' },
];

export interface PacketsFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
  readonly cost?: LookUpResult['cost'];
  readonly part?: PacketsPart;
}

export function packetsFrame(table: PacketTable, { refId, notes, cost, part }: PacketsFrameOptions): DataFrame {
  const custom: PacketsMeta = { kind: FrameKind.Packets, flows: table.flows, ...(part && { part }) };
  return createDataFrame({
    name: FrameKind.Packets,
    refId,
    meta: {
      preferredVisualisationPluginId: 'bpfnet-packetsequence-panel',
      preferredVisualisationType: 'table',
      notices: warnings([...table.notes, ...notes]),
      custom,
      stats: costStats(cost),
    },
    fields: FIELDS.map(({ name, type, displayName, unit }) =>
      field<unknown>(
        name,
        type,
        table.rows.map((row) => row[name]),
        { displayName, unit }
      )
    ),
  });
}
