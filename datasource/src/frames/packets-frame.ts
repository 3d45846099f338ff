import { type DataFrame } from '@grafana/data';
import { FrameKind, PACKET_COLUMNS, type PacketsMeta, type PacketsPart } from '@bpfnet/flow-model/frames';
import { type PacketTable } from '../correlate/tables/packet-table';
import { type LookUpResult } from '../fetch/connection-records';
import { columnsFrame } from './columns-frame';
import { costStats, warnings } from './frame-parts';

interface PacketsFrameOptions {
  readonly refId: string;
  readonly notes: readonly string[];
  readonly cost?: LookUpResult['cost'];
  readonly part?: PacketsPart;
}

export function packetsFrame(table: PacketTable, { refId, notes, cost, part }: PacketsFrameOptions): DataFrame {
  const custom: PacketsMeta = { kind: FrameKind.Packets, flows: table.flows, ...(part && { part }) };
  return columnsFrame(table.rows, PACKET_COLUMNS, {
    name: FrameKind.Packets,
    refId,
    meta: {
      preferredVisualisationPluginId: 'bpfnet-packetsequence-panel',
      preferredVisualisationType: 'table',
      notices: warnings([...table.notes, ...notes]),
      custom,
      stats: costStats(cost),
    },
  });
}
