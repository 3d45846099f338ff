/** The present chunk of a flow as its two records: the counters, and the packets. */
import { encodePacketColumns, type PacketColumns, SENT_BY_DST, SENT_BY_SRC } from '@bpfnet/flow-model/packet-columns';
import { SCHEMA_VERSION, type L4PacketsRecord } from '@bpfnet/flow-model/records';
import { toSeq, type Seq } from '@bpfnet/flow-model/seq';
import { type Flow } from '../flow/flow';
import { type Half } from '../flow/half';
import { connectionState } from '../flow/tcp-state';
import { IpProtocol } from '../wire/decoded';
import { connectionText, type RecordContext } from './connection-fields';
import { LineText } from './line-text';

/** The line of the chunk's counters. @param kernelDrops packets that the kernel dropped until now */
export function l4Line(context: RecordContext, flow: Flow, kernelDrops: number): string {
  const tx = flow.halves[flow.ownSide === 1 ? 1 : 0];
  const rx = flow.halves[flow.ownSide === 1 ? 0 : 1];
  const t = line
    .begin(connectionText(context, flow))
    .ifAny('capture_drops', kernelDrops - flow.kernelDropsBefore)
    .number('chunk_id', flow.chunkId)
    .ms('duration_ms', flow.chunkLastNs - flow.chunkFirstNs)
    .number('tx_packets', tx.packets)
    .number('rx_packets', rx.packets)
    .number('tx_bytes', tx.bytes)
    .number('rx_bytes', rx.bytes);
  if (flow.protocol === IpProtocol.Tcp) {
    addSide(t, 'tx', tx);
    addSide(t, 'rx', rx);
    addTimings(t, flow, tx);
  }
  return t
    .plain('conn_state', connectionState(flow))
    .plain('end_reason', flow.endReason)
    .ifAny('truncated_packets', flow.truncated)
    .line();
}

const line = new LineText();

function addSide(t: LineText, d: 'tx' | 'rx', half: Half): void {
  if (half.seqKnown) {
    t.number(`${d}_seq_min`, toSeq(half.seqMin)).number(`${d}_seq_max`, toSeq(half.seqMax));
  }
  t.ifAny(`${d}_retrans`, half.retrans)
    .ifAny(`${d}_fast_retrans`, half.fastRetrans)
    .ifAny(`${d}_out_of_order`, half.outOfOrder)
    .ifAny(`${d}_dup_ack`, half.dupAck)
    .ifAny(`${d}_zero_window`, half.zeroWindow)
    .ifAny(`${d}_unseen_segments`, half.unseen)
    .ifAny(`${d}_rst`, half.rst);
}

function addTimings(t: LineText, flow: Flow, tx: Half): void {
  t.ifAny('tcp_syn_retrans', flow.synRetrans);
  // What src sent until dst's ACK came: the way from this NIC to the other side and back.
  if (tx.rttCount > 0) {
    t.ms('tcp_rtt', tx.rttSumNs / tx.rttCount)
      .ms('tcp_rtt_min', tx.rttMinNs)
      .ms('tcp_rtt_max', tx.rttMaxNs);
  }
  if (flow.established && flow.chunkSyn && flow.handshakeNs === flow.handshakeNs) {
    t.ms('tcp_3whs_cost', flow.handshakeNs);
  }
  if (flow.chunkFin && flow.endReason === 'closed' && flow.firstFinNs === flow.firstFinNs) {
    t.ms('tcp_4whs_cost', flow.closedNs - flow.firstFinNs);
  }
  if (flow.chunkSyn) {
    t.flag('chunk_syn', true);
  }
  if (flow.chunkFin) {
    t.flag('chunk_fin', true);
  }
}

/** Changes `rows`, the chunk's packets, in place. @param firstNs time of the first packet since the epoch */
export function l4PacketsRecord(
  context: RecordContext,
  flow: Flow,
  rows: PacketColumns,
  firstNs: bigint
): L4PacketsRecord {
  const own = flow.ownSide === 1 ? 1 : 0;
  const start = rows.tNs[0];
  for (let i = 0; i < flow.rowCount; i++) {
    rows.tNs[i] -= start;
    rows.dir[i] = rows.dir[i] === own ? SENT_BY_SRC : SENT_BY_DST;
  }
  const tx = flow.halves[own];
  const rx = flow.halves[1 - own];
  const isTcp = flow.protocol === IpProtocol.Tcp;
  return {
    v: SCHEMA_VERSION,
    host: context.host,
    nic_name: context.nics[flow.nicId].name,
    inner_traceid: flow.innerTraceId ?? '',
    chunk_id: flow.chunkId,
    ...encodePacketColumns(
      rows,
      {
        timePosNs: firstNs,
        txSeqPos: isTcp ? position(tx, rx) : toSeq(0),
        rxSeqPos: isTcp ? position(rx, tx) : toSeq(0),
      },
      flow.rowCount
    ),
  };
}

/** What a side's sequence numbers count from: its initial one, else the first that was seen of it, by itself or in an ACK. */
function position(half: Half, other: Half): Seq {
  if (half.isnKnown) {
    return toSeq(half.isn);
  }
  return toSeq(half.started ? half.firstSeq : other.ackStarted ? other.lastAck : 0);
}
