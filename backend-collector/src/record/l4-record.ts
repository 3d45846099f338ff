/** The present chunk of a flow as its two records: the counters, and the packets. */
import {
  packColumns,
  type PacketColumnName,
  type PacketColumns,
  SENT_BY_DST,
  SENT_BY_SRC,
} from '@bpfnet/flow-model/packet-columns';
import { type L4PacketsRecord, type L4Record, SCHEMA_VERSION } from '@bpfnet/flow-model/records';
import { toSeq, type Seq } from '@bpfnet/flow-model/seq';
import { type Flow } from '../flow/flow';
import { type FlowDirection } from '../flow/flow-direction';
import { connectionState, isOneSided } from '../flow/tcp-state';
import { IpProtocol } from '../wire/decoded';
import { type ConnectionField, connectionFields, innerTraceId, type RecordContext } from './connection-fields';
import { type EpochTime } from './epoch-time';
import { fieldNames, type LineText, type NamesOf } from './line-text';

const N = fieldNames(
  'capture_drops',
  'chunk_id',
  'duration_ms',
  'tx_packets',
  'rx_packets',
  'tx_bytes',
  'rx_bytes',
  'one_sided',
  'conn_state',
  'end_reason',
  'truncated_packets',
  'tcp_syn_retrans',
  'tcp_rtt',
  'tcp_rtt_min',
  'tcp_rtt_max',
  'tcp_3whs_cost',
  'tcp_4whs_cost',
  'chunk_syn',
  'chunk_fin',
  'v',
  'host',
  'nic_name',
  'packets',
  'time_pos',
  'tx_seq_pos',
  'rx_seq_pos',
  'tx_seq_min',
  'tx_seq_max',
  'tx_retrans',
  'tx_fast_retrans',
  'tx_out_of_order',
  'tx_dup_ack',
  'tx_zero_window',
  'tx_unseen_segments',
  'tx_rst',
  'rx_seq_min',
  'rx_seq_max',
  'rx_retrans',
  'rx_fast_retrans',
  'rx_out_of_order',
  'rx_dup_ack',
  'rx_zero_window',
  'rx_unseen_segments',
  'rx_rst'
) satisfies NamesOf<L4Record, ConnectionField> & NamesOf<L4PacketsRecord, ConnectionField | PacketColumnName>;

const TX = {
  seq_min: N.tx_seq_min,
  seq_max: N.tx_seq_max,
  retrans: N.tx_retrans,
  fast_retrans: N.tx_fast_retrans,
  out_of_order: N.tx_out_of_order,
  dup_ack: N.tx_dup_ack,
  zero_window: N.tx_zero_window,
  unseen_segments: N.tx_unseen_segments,
  rst: N.tx_rst,
};
const RX: SideNames = {
  seq_min: N.rx_seq_min,
  seq_max: N.rx_seq_max,
  retrans: N.rx_retrans,
  fast_retrans: N.rx_fast_retrans,
  out_of_order: N.rx_out_of_order,
  dup_ack: N.rx_dup_ack,
  zero_window: N.rx_zero_window,
  unseen_segments: N.rx_unseen_segments,
  rst: N.rx_rst,
};
type SideNames = typeof TX;

/** The line of the chunk's counters. @param kernelDrops packets that the kernel dropped until now */
export function writeL4(line: LineText, context: RecordContext, flow: Flow, kernelDrops: number): void {
  const tx = flow.directions[flow.ownSide === 1 ? 1 : 0];
  const rx = flow.directions[flow.ownSide === 1 ? 0 : 1];
  const t = connectionFields(context, flow, flow.l7Proto, line)
    .ifAny(N.capture_drops, kernelDrops - flow.kernelDropsBefore)
    .number(N.chunk_id, flow.chunkId)
    .ms(N.duration_ms, flow.chunkLastNs - flow.chunkFirstNs)
    .number(N.tx_packets, tx.packets)
    .number(N.rx_packets, rx.packets)
    .number(N.tx_bytes, tx.bytes)
    .number(N.rx_bytes, rx.bytes);
  if (flow.protocol === IpProtocol.Tcp) {
    addSide(t, TX, tx);
    addSide(t, RX, rx);
    addTimings(t, flow, tx);
  }
  if (isOneSided(flow)) {
    t.flag(N.one_sided, true);
  }
  t.plain(N.conn_state, connectionState(flow))
    .plain(N.end_reason, flow.endReason)
    .ifAny(N.truncated_packets, flow.truncated);
}

function addSide(t: LineText, n: SideNames, direction: FlowDirection): void {
  if (direction.seqKnown) {
    t.uint32(n.seq_min, direction.seqMin).uint32(n.seq_max, direction.seqMax);
  }
  t.ifAny(n.retrans, direction.retrans)
    .ifAny(n.fast_retrans, direction.fastRetrans)
    .ifAny(n.out_of_order, direction.outOfOrder)
    .ifAny(n.dup_ack, direction.dupAck)
    .ifAny(n.zero_window, direction.zeroWindow)
    .ifAny(n.unseen_segments, direction.unseen)
    .ifAny(n.rst, direction.rst);
}

function addTimings(t: LineText, flow: Flow, tx: FlowDirection): void {
  t.ifAny(N.tcp_syn_retrans, flow.synRetrans);
  // What src sent until dst's ACK came: the way from this NIC to the other side and back.
  if (tx.rttCount > 0) {
    t.ms(N.tcp_rtt, tx.rttSumNs / tx.rttCount)
      .ms(N.tcp_rtt_min, tx.rttMinNs)
      .ms(N.tcp_rtt_max, tx.rttMaxNs);
  }
  if (flow.established && flow.chunkSyn && flow.handshakeNs === flow.handshakeNs) {
    t.ms(N.tcp_3whs_cost, flow.handshakeNs);
  }
  if (flow.chunkFin && flow.endReason === 'closed' && flow.firstFinNs === flow.firstFinNs) {
    t.ms(N.tcp_4whs_cost, flow.closedNs - flow.firstFinNs);
  }
  if (flow.chunkSyn) {
    t.flag(N.chunk_syn, true);
  }
  if (flow.chunkFin) {
    t.flag(N.chunk_fin, true);
  }
}

/** The line of the chunk's packets. Changes `rows`, in place. @param first time of the first packet */
export function writeL4Packets(
  line: LineText,
  context: RecordContext,
  flow: Flow,
  { rows, first }: { readonly rows: PacketColumns; readonly first: EpochTime }
): void {
  const own = flow.ownSide === 1 ? 1 : 0;
  const count = flow.rowCount;
  const { tNs, dir } = rows;
  const start = tNs[0];
  for (let i = 0; i < count; i++) {
    tNs[i] -= start;
    dir[i] = dir[i] === own ? SENT_BY_SRC : SENT_BY_DST;
  }
  const tx = flow.directions[own];
  const rx = flow.directions[1 - own];
  const isTcp = flow.protocol === IpProtocol.Tcp;
  const txSeqPos = isTcp ? position(tx, rx) : toSeq(0);
  const rxSeqPos = isTcp ? position(rx, tx) : toSeq(0);
  line.number(N.v, SCHEMA_VERSION).text(N.host, context.host).text(N.nic_name, context.nics[flow.nicId].name);
  innerTraceId(line, flow)
    .number(N.chunk_id, flow.chunkId)
    .number(N.packets, count)
    .nanoseconds(N.time_pos, first.seconds, first.nanoseconds)
    .number(N.tx_seq_pos, txSeqPos)
    .number(N.rx_seq_pos, rxSeqPos);
  packColumns(rows, count, { txSeqPos, rxSeqPos }, line);
}

/** What a side's sequence numbers count from: its initial one, else the first that was seen of it, by itself or in an ACK. */
function position(direction: FlowDirection, other: FlowDirection): Seq {
  if (direction.isnKnown) {
    return toSeq(direction.isn);
  }
  return toSeq(direction.started ? direction.firstSeq : other.ackStarted ? other.lastAck : 0);
}
