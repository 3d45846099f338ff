/** The present chunk of a flow as its two records: the counters, and the packets. */
import { packColumns, type PacketColumns, SENT_BY_DST, SENT_BY_SRC } from '@bpfnet/flow-model/packet-columns';
import { SCHEMA_VERSION } from '@bpfnet/flow-model/records';
import { toSeq, type Seq } from '@bpfnet/flow-model/seq';
import { type Flow } from '../flow/flow';
import { type Half } from '../flow/half';
import { connectionState, isOneSided } from '../flow/tcp-state';
import { IpProtocol } from '../wire/decoded';
import { beginLine, type RecordContext } from './connection-fields';
import { type EpochTime } from './epoch-time';
import { type LineText } from './line-text';

/** The line of the chunk's counters. @param kernelDrops packets that the kernel dropped until now */
export function writeL4(line: LineText, context: RecordContext, flow: Flow, kernelDrops: number): void {
  const tx = flow.halves[flow.ownSide === 1 ? 1 : 0];
  const rx = flow.halves[flow.ownSide === 1 ? 0 : 1];
  const t = beginLine(context, flow, line)
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
  if (isOneSided(flow)) {
    t.flag('one_sided', true);
  }
  t.plain('conn_state', connectionState(flow))
    .plain('end_reason', flow.endReason)
    .ifAny('truncated_packets', flow.truncated)
    .end();
}

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
  const tx = flow.halves[own];
  const rx = flow.halves[1 - own];
  const isTcp = flow.protocol === IpProtocol.Tcp;
  const txSeqPos = isTcp ? position(tx, rx) : toSeq(0);
  const rxSeqPos = isTcp ? position(rx, tx) : toSeq(0);
  line
    .begin()
    .number('v', SCHEMA_VERSION)
    .text('host', context.host)
    .text('nic_name', context.nics[flow.nicId].name)
    .plain('inner_traceid', flow.innerTraceId)
    .number('chunk_id', flow.chunkId)
    .number('packets', count)
    .nanoseconds('time_pos', first.seconds, first.nanoseconds)
    .number('tx_seq_pos', txSeqPos)
    .number('rx_seq_pos', rxSeqPos);
  packColumns(rows, count, { txSeqPos, rxSeqPos }, line);
  line.end();
}

/** What a side's sequence numbers count from: its initial one, else the first that was seen of it, by itself or in an ACK. */
function position(half: Half, other: Half): Seq {
  if (half.isnKnown) {
    return toSeq(half.isn);
  }
  return toSeq(half.started ? half.firstSeq : other.ackStarted ? other.lastAck : 0);
}
