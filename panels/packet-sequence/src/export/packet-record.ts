/** One packet as plain data, for JSON and CSV: the fields of the frame and where it was seen. */
import { analysisWords, flagNames } from '@bpfnet/flow-model/analysis';
import { csvText } from '../../../shared/csv';
import { sideNames } from '../model/packet-text';
import { NO_TAG, type PacketTable } from '../model/packets';

export function packetRecord(table: PacketTable, packet: number): Readonly<Record<string, string | number>> {
  const lane = table.lanes[table.lane[packet]];
  const fromFar = table.fromFar[packet] === 1;
  const [from, to] = fromFar ? [lane.far, lane.near] : [lane.near, lane.far];
  const tag = table.tag[packet] === NO_TAG ? undefined : table.tags[table.tag[packet]];
  return {
    ts_ns: String(table.baseNs + BigInt(Math.round(table.tNs[packet]))),
    host: lane.host,
    nic: lane.nicName,
    pod: lane.podName,
    sender: sideNames(table, packet)[fromFar ? 1 : 0],
    src_ip: from.ip,
    src_port: from.port,
    dst_ip: to.ip,
    dst_port: to.port,
    proto: lane.tcp ? 'tcp' : 'udp',
    flags: flagNames(table.flags[packet]),
    seq: table.seq[packet],
    ack: table.ack[packet],
    seq_rel: table.seqRel[packet],
    ack_rel: table.ackRel[packet],
    len: table.len[packet],
    win: table.win[packet],
    analysis: analysisWords(table.ana[packet]).join(', '),
    l7_kind: tag?.kind ?? '',
    l7_label: tag?.label ?? '',
    request_id: tag?.requestId ?? '',
    inner_traceid: lane.id,
    chunk_id: table.chunk[packet],
  };
}

export function packetsCsv(table: PacketTable, packets: Uint32Array): string {
  return csvText(rowsWithHead(table, packets));
}

/** One by one: a million records at once would not fit. */
function* rowsWithHead(table: PacketTable, packets: Uint32Array): Generator<ReadonlyArray<string | number>> {
  for (const [i, packet] of packets.entries()) {
    const record = packetRecord(table, packet);
    if (i === 0) {
      yield Object.keys(record);
    }
    yield Object.values(record);
  }
}
