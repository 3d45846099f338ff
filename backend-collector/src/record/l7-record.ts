/** An exchange of a flow as its record: the span. */
import { l7TraceId } from '@bpfnet/flow-model/ids';
import { type L7Record } from '@bpfnet/flow-model/records';
import { toSeq } from '@bpfnet/flow-model/seq';
import { type Flow } from '../flow/flow';
import { type Exchange } from '../l7/exchange';
import { connectionFields, type RecordContext } from './connection-fields';

function ms(ns: number): number {
  return Math.max(0, Math.round(ns)) / 1e6;
}

export function l7Record(context: RecordContext, flow: Flow, x: Exchange): L7Record {
  const clientIsSrc = flow.clientSide === flow.ownSide;
  const client = flow.halves[flow.clientSide === 1 ? 1 : 0];
  const server = flow.halves[flow.clientSide === 1 ? 0 : 1];
  const requestSeq = toSeq(x.requestSeq);
  const responseSeq = x.answered ? toSeq(x.responseSeq) : undefined;
  const clientSent = {
    packets: client.totalPackets - x.clientPacketsBefore,
    bytes: x.requestBytes,
    retrans: client.totalRetrans - x.clientRetransBefore,
    seq: requestSeq as number | undefined,
  };
  const serverSent = {
    packets: server.totalPackets - x.serverPacketsBefore,
    bytes: x.responseBytes,
    retrans: server.totalRetrans - x.serverRetransBefore,
    seq: responseSeq as number | undefined,
  };
  const tx = clientIsSrc ? clientSent : serverSent;
  const rx = clientIsSrc ? serverSent : clientSent;
  const { facts } = x;
  return {
    ...connectionFields(context, flow),
    request_id: x.requestId,
    l7_traceid: l7TraceId(requestSeq, responseSeq),
    trace_id: x.traceId,
    parent_id: x.parentId,
    trace_source: x.traceSource,
    req_seq: requestSeq,
    resp_seq: responseSeq,
    tx_seq: tx.seq,
    rx_seq: rx.seq,
    latency_ms: ms(Math.max(x.responseLastNs, x.requestLastNs) - x.requestFirstNs),
    cost_req_sent: ms(x.requestLastNs - x.requestFirstNs),
    cost_resp_wait: x.answered ? ms(x.responseFirstNs - x.requestLastNs) : undefined,
    cost_cnt_dl: x.answered ? ms(x.responseLastNs - x.responseFirstNs) : undefined,
    tx_packets: tx.packets,
    rx_packets: rx.packets,
    tx_bytes: tx.bytes,
    rx_bytes: rx.bytes,
    tx_retrans: tx.retrans > 0 ? tx.retrans : undefined,
    rx_retrans: rx.retrans > 0 ? rx.retrans : undefined,
    pkt_chunk_range: [x.firstChunk, flow.chunkId],
    outcome: x.outcome,
    l7_op: x.op,
    l7_resource: x.resource,
    l7_status: x.status === '' ? undefined : x.status,
    http_method: facts.method,
    http_path: facts.path,
    http_host: facts.host,
    http_status_code: facts.statusCode,
    http_version: facts.version,
    http_content_type: facts.contentType,
  };
}
