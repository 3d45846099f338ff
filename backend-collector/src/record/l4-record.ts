/** The present chunk of a flow as its two records: the counters, and the packets. */
import { encodePacketColumns, SENT_BY_DST, SENT_BY_SRC } from '@bpfnet/flow-model/packet-columns';
import { SCHEMA_VERSION, type L4PacketsRecord, type L4Record } from '@bpfnet/flow-model/records';
import { toSeq, type Seq } from '@bpfnet/flow-model/seq';
import { type Flow } from '../flow/flow';
import { type Half } from '../flow/half';
import { connectionState } from '../flow/tcp-state';
import { IpProtocol } from '../wire/decoded';
import { connectionFields, type RecordContext } from './connection-fields';

/** Zero is the ordinary case of these counters and is left out. */
function ifAny(count: number): number | undefined {
  return count > 0 ? count : undefined;
}

function ms(ns: number): number {
  return Math.max(0, Math.round(ns)) / 1e6;
}

/** @param kernelDrops packets that the kernel dropped until now */
export function l4Record(context: RecordContext, flow: Flow, kernelDrops: number): L4Record {
  const tx = flow.halves[flow.ownSide === 1 ? 1 : 0];
  const rx = flow.halves[flow.ownSide === 1 ? 0 : 1];
  const base = {
    ...connectionFields(context, flow),
    capture_drops: ifAny(kernelDrops - flow.kernelDropsBefore),
    chunk_id: flow.chunkId,
    duration_ms: ms(flow.chunkLastNs - flow.chunkFirstNs),
    tx_packets: tx.packets,
    rx_packets: rx.packets,
    tx_bytes: tx.bytes,
    rx_bytes: rx.bytes,
    conn_state: connectionState(flow),
    end_reason: flow.endReason,
    truncated_packets: ifAny(flow.truncated),
  };
  return flow.protocol === IpProtocol.Tcp ? { ...base, ...tcpFields(flow, tx, rx) } : base;
}

function tcpFields(flow: Flow, tx: Half, rx: Half): Partial<L4Record> {
  return {
    tx_seq_min: tx.seqKnown ? toSeq(tx.seqMin) : undefined,
    tx_seq_max: tx.seqKnown ? toSeq(tx.seqMax) : undefined,
    rx_seq_min: rx.seqKnown ? toSeq(rx.seqMin) : undefined,
    rx_seq_max: rx.seqKnown ? toSeq(rx.seqMax) : undefined,
    tx_retrans: ifAny(tx.retrans),
    rx_retrans: ifAny(rx.retrans),
    tx_fast_retrans: ifAny(tx.fastRetrans),
    rx_fast_retrans: ifAny(rx.fastRetrans),
    tx_out_of_order: ifAny(tx.outOfOrder),
    rx_out_of_order: ifAny(rx.outOfOrder),
    tx_dup_ack: ifAny(tx.dupAck),
    rx_dup_ack: ifAny(rx.dupAck),
    tx_zero_window: ifAny(tx.zeroWindow),
    rx_zero_window: ifAny(rx.zeroWindow),
    tx_unseen_segments: ifAny(tx.unseen),
    rx_unseen_segments: ifAny(rx.unseen),
    tx_rst: ifAny(tx.rst),
    rx_rst: ifAny(rx.rst),
    tcp_syn_retrans: ifAny(flow.synRetrans),
    // What src sent until dst's ACK came: the way from this NIC to the other side and back.
    tcp_rtt: tx.rttCount === 0 ? undefined : ms(tx.rttSumNs / tx.rttCount),
    tcp_rtt_min: tx.rttCount === 0 ? undefined : ms(tx.rttMinNs),
    tcp_rtt_max: tx.rttCount === 0 ? undefined : ms(tx.rttMaxNs),
    tcp_3whs_cost: onceInChunk(flow.established && flow.chunkSyn, flow.handshakeNs),
    tcp_4whs_cost: onceInChunk(flow.chunkFin && flow.endReason === 'closed', flow.closedNs - flow.firstFinNs),
    chunk_syn: flow.chunkSyn ? true : undefined,
    chunk_fin: flow.chunkFin ? true : undefined,
  };
}

function onceInChunk(isHere: boolean, ns: number): number | undefined {
  return isHere && !Number.isNaN(ns) ? ms(ns) : undefined;
}

/** Changes the chunk's rows in place: they are done with after this. @param firstNs time of the first packet since the epoch */
export function l4PacketsRecord(context: RecordContext, flow: Flow, firstNs: bigint): L4PacketsRecord | undefined {
  const { rows } = flow;
  if (rows === undefined) {
    return undefined;
  }
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
